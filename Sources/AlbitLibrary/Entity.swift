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

extension Albert {
    /// Finds the entities of a text. Text longer than the model is read in windows that overlap.
    ///
    /// - Parameter text: The text, of any length up to 64 MB.
    /// - Returns: Entities in the order of the text; none where nothing is found.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingHead`` where the model has no classifier on tokens, or
    ///   ``AlbertError/Code/missingTokenizer``.
    ///
    /// Source: `AlbertForTokenClassification` of transformers; words take the label of their first token.
    public func tag(_ text: String) throws(AlbertError) -> [Entity] {
        let bytes = [UInt8](text.utf8)
        let place = TextRange(text)
        return try answer(to: bytes) { context in try TokenClassification(context) }.entities.map { entity in
            let range = place.indices(entity.range)
            return Entity(label: entity.label, text: String(text[range]), range: range, score: entity.score)
        }
    }
}
