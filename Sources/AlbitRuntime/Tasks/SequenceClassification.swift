import AlbitModel
import AlbitText
import AlbitTokenizers

/// How classifier logits become scores: `problem_type` of a Hugging Face configuration.
package enum ProblemType: String, Sendable, Equatable {
    /// Softmax over the labels.
    case singleLabel = "single_label_classification"
    /// A sigmoid for every label by itself.
    case multiLabel = "multi_label_classification"
    /// The logits are the answer.
    case regression

    /// By name; where none is stored, one label means a sigmoid and several mean softmax, as in transformers'
    /// `TextClassificationPipeline`.
    package init(name: String?, labelCount: Int) {
        self = name.flatMap { ProblemType(rawValue: $0) } ?? (labelCount == 1 ? .multiLabel : .singleLabel)
    }
}

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
package struct SequenceClassification {
    package let tasks: TaskSession
    package let problemType: ProblemType
    private let classifier: Linear

    /// Throws where the model has no classifier or no pooler before it.
    package init(_ tasks: TaskSession, problemType: String?) throws(Fault) {
        self.tasks = tasks
        classifier = try tasks.require(tasks.session.weights.classifier, .sequenceClassification)
        guard tasks.session.weights.pooler != nil else {
            throw Fault(.taskNoPooler, "the model has no pooler", advice: "use --pooling mean or cls")
        }
        self.problemType = ProblemType(name: problemType, labelCount: classifier.rows)
    }

    package var labelCount: Int { classifier.rows }

    /// One answer for each text, in order.
    package func classify(_ texts: [TaskText]) throws(Fault) -> [Classification] {
        var encodings: [Encoding] = []
        for text in texts { encodings.append(try tasks.tokenize(text)) }
        var answers: [Classification] = []
        var encoded = tasks.encoded(encodings, reading: .first)
        while let (_, sequence) = try encoded.next() {
            answers.append(Classification(
                logits: tasks.session.apply(classifier, vector: try tasks.pooled(sequence)), problemType: problemType,
                kernel: tasks.kernel))
        }
        return answers
    }
}
