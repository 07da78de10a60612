/// An example with what both models said of it.
package struct WorstExample: Sendable {
    package let line: Int
    /// The text, or ids in words.
    package let text: String
    package let label: String?
    package let reference: String
    package let candidate: String
    /// Largest difference of a logit, or relative error of the hidden state without logits.
    package let error: Double
    package let flipped: Bool
}

/// The few examples that drifted most: flips first, then by error. Constant memory.
package struct WorstExamples: Sendable {
    private let limit: Int
    package private(set) var examples: [WorstExample] = []

    package init(limit: Int = 10) { self.limit = limit }

    package mutating func add(_ example: WorstExample) {
        let position = examples.firstIndex { WorstExamples.isWorse(example, $0) } ?? examples.count
        guard position < limit else { return }
        examples.insert(example, at: position)
        if examples.count > limit { examples.removeLast() }
    }

    private static func isWorse(_ a: WorstExample, _ b: WorstExample) -> Bool {
        a.flipped != b.flipped ? a.flipped : a.error > b.error
    }
}
