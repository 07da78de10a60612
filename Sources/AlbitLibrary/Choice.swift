/// Which of several endings or answers fits a text.
public struct Choice: Sendable, Equatable {
    /// Place of the best among the choices, from 0.
    public let index: Int
    /// Probability of each choice, 0...1 and 1 in sum.
    public let scores: [Float]
}

extension Albert {
    /// Chooses what goes on with a text best.
    ///
    /// - Parameters:
    ///   - text: A question or the beginning of a text.
    ///   - choices: One or more.
    /// - Returns: The best choice and the probability of each.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingHead`` where the model has no head for multiple choice,
    ///   ``AlbertError/Code/invalidArgument`` without choices, ``AlbertError/Code/missingTokenizer`` or
    ///   ``AlbertError/Code/textTooLong``.
    ///
    /// Source: `AlbertForMultipleChoice` of transformers.
    public func choose(_ text: String, among choices: [String]) throws(AlbertError) -> Choice {
        try ask(.choose(text, among: choices))
    }

    /// Tells how likely a text follows another.
    ///
    /// - Parameters:
    ///   - second: What may come next.
    ///   - first: What comes before.
    /// - Returns: Probability that they are in this order, 0...1.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingHead`` where the model has no head for sentence order,
    ///   ``AlbertError/Code/missingTokenizer`` or ``AlbertError/Code/textTooLong``.
    ///
    /// Source: sentence order prediction (Lan et al. 2019); next sentence prediction for BERT (Devlin et al. 2018).
    public func probability(that second: String, follows first: String) throws(AlbertError) -> Float {
        try ask(.probability(that: second, follows: first))
    }
}
