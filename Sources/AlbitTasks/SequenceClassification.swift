import AlbitModel
import AlbitRuntime
import AlbitText

/// How logits become scores.
package enum ScoreFunction: String, Sendable, Equatable, CaseIterable {
    /// Shares of 1: one label holds.
    case softmax
    /// Each logit by itself, 0...1.
    case sigmoid
    /// The logits as they are.
    case none

    /// What a classifier of this kind is trained for.
    package init(_ problemType: ProblemType) {
        switch problemType {
        case .singleLabel: self = .softmax
        case .multiLabel: self = .sigmoid
        case .regression: self = .none
        }
    }

    package static var names: String { allCases.map { $0.rawValue }.joined(separator: ", ") }

    func scores(_ logits: [Float], kernel: Kernel) -> [Float] {
        switch self {
        case .softmax: Scores.softmax(logits, kernel: kernel)
        case .sigmoid: Scores.sigmoid(logits, kernel: kernel)
        case .none: logits
        }
    }
}

/// What a classifier says of one text.
package struct Classification: Sendable, Equatable {
    /// Id of the label with the highest score; nil for regression.
    package let label: Int?
    /// Per label, 0...1; the logits themselves for regression, and where no function is put on them.
    package let scores: [Float]
    package let logits: [Float]

    /// `function` nil: that of the problem type.
    package init(logits: [Float], problemType: ProblemType, function: ScoreFunction? = nil, kernel: Kernel) {
        self.logits = logits
        scores = (function ?? ScoreFunction(problemType)).scores(logits, kernel: kernel)
        label = problemType == .regression ? nil : Scores.largest(logits[...])
    }
}

/// `AlbertForSequenceClassification`: a classifier on the pooled output.
package struct SequenceClassification: TextTask {
    package let problemType: ProblemType
    /// A name for each row of the classifier.
    package let labels: [String]
    private let context: TaskContext
    private let classifier: Linear
    private let function: ScoreFunction?

    /// `function` nil: that of the model's problem type. Throws where the model has no such head.
    package init(_ context: TaskContext, function: ScoreFunction? = nil) throws(Fault) {
        self.context = context
        self.function = function
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
        Classification(logits: logits[0], problemType: problemType, function: function, kernel: context.kernel)
    }
}
