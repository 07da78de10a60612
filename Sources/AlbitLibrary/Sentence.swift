/// A sentence that was chosen for a summary.
public struct Sentence: Sendable, Equatable {
    /// Its words.
    public let text: String
    /// Where it stands in the text that was given.
    public let range: Range<String.Index>
    /// How much of the text it says, 0...1, 1 for the best.
    public let score: Float
}

/// How sentences are chosen.
public enum SummaryMethod: Sendable, CaseIterable {
    /// Sentences that many others are like (Erkan and Radev, "LexRank", 2004; the continuous form).
    case lexRank
    /// Sentences like the whole text but unlike each other (Carbonell and Goldstein, "MMR", 1998).
    case mmr
}

extension Albert {
    /// Takes the sentences out of a text that say most of it. They are chosen, not written: an encoder does not
    /// generate text. Any model does; one trained for sentence embeddings does it well.
    ///
    /// - Parameters:
    ///   - text: Up to 4096 sentences.
    ///   - sentences: Sentences to keep, 1 or more; nil: one in five, at least one.
    ///   - method: How they are chosen.
    /// - Returns: The chosen sentences in the order of the text; none for a text without words.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/invalidArgument`` for too many sentences or `sentences` below
    /// 1,   ``AlbertError/Code/missingTokenizer``, or ``AlbertError/Code/textTooLong`` for a single sentence.
    public func summarize(
        _ text: String, sentences: Int? = nil, method: SummaryMethod = .lexRank
    ) throws(AlbertError) -> [Sentence] {
        try ask(.summarize(text, sentences: sentences, method: method))
    }
}
