import AlbitModel
import AlbitRuntime
import AlbitText

/// What a classifier says of one text.
package struct Classification: Sendable, Equatable {
    /// Id of the label with the highest score; nil for regression.
    package let label: Int?
    /// Per label, 0...1; the values themselves for regression.
    package let scores: [Float]
    package let logits: [Float]

    package init(logits: [Float], problemType: ProblemType, kernel: Kernel) {
        self.logits = logits
        switch problemType {
        case .singleLabel: scores = Scores.softmax(logits, kernel: kernel)
        case .multiLabel: scores = Scores.sigmoid(logits, kernel: kernel)
        case .regression: scores = logits
        }
        label = problemType == .regression ? nil : Scores.largest(scores[...])
    }
}

/// `AlbertForSequenceClassification`: a classifier on the pooled output.
package struct SequenceClassification: TextTask {
    package let problemType: ProblemType
    /// A name for each row of the classifier.
    package let labels: [String]
    private let context: TaskContext
    private let classifier: Linear

    /// Throws where the model has no such head.
    package init(_ context: TaskContext) throws(Fault) {
        self.context = context
        classifier = try context.model.linear(.sequenceClassification)
        problemType = context.model.card.problemType(labelCount: classifier.rows)
        labels = context.model.card.labelNames(count: classifier.rows)
    }

    package var tokensRead: TokensRead { .first }

    package func prepare(_ text: TaskText) throws(Fault) -> EncodedText { try context.sequence(text) }

    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedText) throws(Fault) -> [Float] {
        sequence.pooledLogits(classifier) ?? []
    }

    package func answer(_ plan: EncodedText, _ logits: [[Float]]) throws(Fault) -> Classification {
        Classification(logits: logits[0], problemType: problemType, kernel: context.kernel)
    }
}
