internal import AlbitTasks

/// A part of a text with a label: a name, a place, a part of speech.
public struct Entity: Sendable, Equatable {
    /// The label without `B-` or `I-`, such as `PER`.
    public let label: String
    /// The words of the text.
    public let text: String
    /// Where they stand in the text that was given.
    public let range: Range<String.Index>
    /// Mean probability over its words, 0...1.
    public let score: Float
}

/// How labels of tokens become entities. All but `word` do exactly what transformers' `aggregation_strategy` of the
/// same name does.
public enum Aggregation: String, Sendable, CaseIterable {
    /// `first`, and punctuation at the ends of an entity is left out of it.
    case word
    /// A word has the label of its first token.
    case first
    /// A word has the label with the highest mean score over its tokens.
    case average
    /// A word has the label of its token with the highest score.
    case max
    /// Every token has its own label; neighbours with the same label are joined, words may be cut.
    case simple
    /// Every token with its own label, nothing is joined.
    case none

    var stored: EntityAggregation { EntityAggregation(rawValue: rawValue) ?? .word }
}

extension Albert {
    /// Finds the entities of a text. Text longer than the model is read in windows that overlap.
    ///
    /// - Parameters:
    ///   - text: The text, of any length up to 64 MB.
    ///   - aggregation: How labels of tokens become entities.
    /// - Returns: Entities in the order of the text; none where nothing is found.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingHead`` where the model has no classifier on tokens, or
    ///   ``AlbertError/Code/missingTokenizer``.
    ///
    /// Source: `AlbertForTokenClassification` of transformers; words take the label of their first token.
    public func tag(_ text: String, aggregation: Aggregation = .word) throws(AlbertError) -> [Entity] {
        try ask(.tag(text, aggregation: aggregation))
    }
}
