/// What a model's answers are, for metrics and gates.
package enum MeasuredHead: String, Sendable, CaseIterable {
    /// One label of a text or of a pair.
    case label
    /// A set of labels of a text.
    case labels
    /// One number.
    case value
    /// Tags of words.
    case tags
    /// A part of a text, or none.
    case answers
    /// A vector.
    case embedding
    /// One of several continuations.
    case choice
    /// Whether two sentences stand in their order.
    case order
    /// Hidden words.
    case words
    /// Documents by how well they answer a query.
    case ranking

    /// The gates that `--gate` alone sets. Every one has a gate on the outputs themselves, which any sabotage of head
    /// or encoder moves; where answers can be counted, also on those, and where truths are known on what they are
    /// worth. Drops are in points of the first metric, agreement in percent, errors relative.
    package func recommendedGates(hasTruth: Bool) -> [Gate] {
        let agreement: Double? =
            switch self {
            case .label, .choice, .order: 98
            case .labels, .tags, .answers, .words: 95
            case .value, .embedding, .ranking: nil
            }
        return (hasTruth ? [Gate.maxDrop(1)] : []) + (agreement.map { [Gate.minAgreement($0)] } ?? []) + [
            .maxError(0.1)
        ]
    }
}
