/// What a classifier says of a text.
public struct Classification: Sendable, Equatable {
    /// The label with the highest score; for regression, which has no labels to choose from, the first one.
    public let label: String
    /// Score of ``label``.
    public let score: Float
    /// A score for each of ``Albert/labels``, in their order: softmax, 0...1 and 1 in sum; 0...1 each by itself for a
    /// model of several labels at once; the logits themselves for regression.
    public let scores: [Float]
    /// What the classifier computed, in the order of ``Albert/labels``.
    public let logits: [Float]
}

extension Albert {
    /// Labels a text, or a pair of texts that the model reads together.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - pair: The second text of a pair, as in entailment or paraphrase.
    /// - Returns: Scores for each of ``labels``.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingHead`` where the model has no classifier on whole
    /// texts,   ``AlbertError/Code/missingTokenizer``, or ``AlbertError/Code/textTooLong``.
    ///
    /// Source: `AlbertForSequenceClassification` of transformers.
    public func classify(_ text: String, pair: String? = nil) throws(AlbertError) -> Classification {
        try ask(.classify(text, pair: pair))
    }

    /// Labels texts, several in one pass: faster than one by one, with the same scores.
    ///
    /// - Parameter texts: Any number of texts.
    /// - Returns: An answer for each text, in their order.
    /// - Throws: As ``classify(_:pair:)``.
    public func classify(_ texts: [String]) throws(AlbertError) -> [Classification] {
        try ask(texts.map { .classify($0) })
    }
}
