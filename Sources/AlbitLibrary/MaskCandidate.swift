/// A piece of the vocabulary that may stand at a [MASK].
public struct MaskCandidate: Sendable, Equatable {
    /// The piece as text, without the mark of a blank before it.
    public let text: String
    /// Its id in the vocabulary.
    public let id: Int
    /// Probability over the whole vocabulary, 0...1.
    public let score: Float
}

extension Albert {
    /// Finds words for each `[MASK]` of a text, every mask by itself.
    ///
    /// - Parameters:
    ///   - text: A text with `[MASK]` in it.
    ///   - top: Candidates for each mask, 1 or more.
    /// - Returns: For each mask in the order of the text its candidates, best first; empty for a text without one.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingHead`` where the model has no head for masked words,
    ///   ``AlbertError/Code/missingTokenizer``, ``AlbertError/Code/textTooLong`` or
    /// ``AlbertError/Code/invalidArgument``.
    ///
    /// Source: `AlbertForMaskedLM` of transformers.
    public func fillMask(_ text: String, top: Int = 5) throws(AlbertError) -> [[MaskCandidate]] {
        try ask(.fillMask(text, top: top))
    }
}
