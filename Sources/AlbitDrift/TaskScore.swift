import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// What the answers of a model are judged as.
package enum DriftTask: Sendable, Equatable {
    case classification, regression, tagging, answering, maskedWords, embedding

    /// The task that the model's heads and the data's columns are for.
    package init(_ card: ModelCard, _ data: DataFile) throws(Fault) {
        func require(_ head: Head, for data: String) throws(Fault) {
            guard card.heads.contains(head) else {
                throw Fault(
                    .comparisonNoHead,
                    "the data hold \(data), but the models have not a \(head.name) head; they have "
                        + Head.names(card.heads))
            }
        }
        switch data.form {
        case .questions:
            try require(.questionAnswering, for: "questions")
            self = .answering
        case .tagged:
            try require(.tokenClassification, for: "tags of words")
            self = .tagging
        case .plain:
            switch card.head {
            case .sequenceClassification?: self = card.problemType == .regression ? .regression : .classification
            case .maskedLanguageModel?: self = .maskedWords
            default: self = .embedding
            }
        }
    }

    /// Hands the visitor the score of this task.
    func visit<Visitor: ScoreVisitor>(_ visitor: inout Visitor) throws(Fault) -> Visitor.Result {
        switch self {
        case .classification, .regression: try visitor.visit(ClassificationScore.self)
        case .tagging: try visitor.visit(TaggingScore.self)
        case .answering: try visitor.visit(AnsweringScore.self)
        case .maskedWords: try visitor.visit(HiddenWordScore.self)
        case .embedding: try visitor.visit(EmbeddingScore.self)
        }
    }
}

/// Something that is done with the score of whichever task.
protocol ScoreVisitor {
    associatedtype Result
    mutating func visit<Score: TaskScore>(_ type: Score.Type) throws(Fault) -> Result
}

/// What a model answered to one example.
struct TaskAnswer {
    /// Compared number by number between the models.
    var logits: [Float] = []
    /// What must be equal for the models to agree: a label, a tag for each word, a span.
    var units: [Int] = []
    /// For people.
    var text = ""
}

/// What the answers of one model are worth. The answers themselves are those of its task, which the commands ask too; a
/// score knows truth and metrics only.
protocol TaskScore {
    associatedtype Task: TextTask

    init(_ context: TaskContext) throws(Fault)

    var task: Task { get }
    /// Of examples, or masked words, with a known truth: 1 right, 0 wrong. For intervals and McNemar's test.
    var marks: [Int8] { get }
    /// Of tagged sentences: entities found right, found, and there.
    var counts: [(correct: Int32, predicted: Int32, expected: Int32)] { get }
    /// Sentence vectors, for nearest neighbours.
    var vectors: [[Float]] { get }
    /// Percent, but for those that `DriftReport.Metric` lists otherwise; the first one decides. Empty without labels.
    var metrics: [(name: String, value: Double)] { get }

    /// The sequences that an example becomes.
    func plan(_ example: Example, _ path: String) throws(Fault) -> Task.Plan
    /// Counts what the model answers to an example.
    mutating func judge(
        _ example: Example, _ plan: Task.Plan, _ readings: [Task.Reading], _ path: String
    ) throws(Fault) -> TaskAnswer
}

extension TaskScore {
    var marks: [Int8] { [] }
    var counts: [(correct: Int32, predicted: Int32, expected: Int32)] { [] }
    var vectors: [[Float]] { [] }
    var metrics: [(name: String, value: Double)] { [] }
}

extension TaskContext {
    /// An example as one sequence. Throws where it is text and there is no tokenizer.
    package func sequence(_ example: Example, _ path: String) throws(Fault) -> EncodedText {
        switch example.input {
        case .ids(let ids, let typeIds): return EncodedText(EncoderInput(ids: ids, typeIds: typeIds))
        case .text(let text, let pair):
            try requireTokenizer(example, path)
            return try sequence(TaskText(text, pair: pair))
        }
    }

    /// Throws for a text that the model cannot take.
    func requireTokenizer(_ example: Example, _ path: String) throws(Fault) {
        guard model.tokenizer == nil else { return }
        throw Fault(
            .dataNeedsTokenizer, in: path, at: "line \(example.line)", "is text, but the model has no tokenizer",
            advice: "give ids")
    }
}
