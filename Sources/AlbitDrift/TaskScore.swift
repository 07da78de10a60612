import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// What the answers of a model are judged as.
package enum DriftTask: Sendable, Equatable {
    case classification, regression, tagging, answering, maskedWords, embedding

    /// The task that the model's heads and the data's columns are for.
    package init(_ model: Contender, _ data: DataFile) throws(Fault) {
        let weights = model.weights
        switch data.form {
        case .questions:
            guard weights.answer != nil else { throw .noHead(data: "questions", needed: "a question-answering head") }
            self = .answering
        case .tagged:
            guard weights.classifier != nil, weights.pooler == nil else {
                throw .noHead(data: "tags of words", needed: "a token-classification head")
            }
            self = .tagging
        case .plain:
            if weights.classifier != nil, weights.pooler != nil {
                self = model.problemType == "regression" ? .regression : .classification
            } else {
                self = weights.prediction != nil && weights.classifier == nil && weights.answer == nil ? .maskedWords : .embedding
            }
        }
    }

    func score(_ model: Contender, labels: [String]) -> TaskScore {
        switch self {
        case .classification, .regression: ClassificationScore(model, labels: labels, isRegression: self == .regression)
        case .tagging: TaggingScore(model, labels: labels)
        case .answering: AnsweringScore(model, labels: labels)
        case .maskedWords: MaskedWordScore(model, labels: labels)
        case .embedding: EmbeddingScore(model, labels: labels)
        }
    }
}

/// An example as the sequences that both models read.
struct PreparedExample {
    let example: Example
    var inputs: [EncoderInput] = []
    /// Tokens of each sequence; empty where ids were given.
    var encodings: [Encoding] = []
    var isTruncated = false
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

/// The answers of one model, and what they are worth. Subclasses know one task each.
class TaskScore {
    let model: Contender
    let labels: [String]
    /// Of examples, or masked words, with a known truth: 1 right, 0 wrong. For intervals and McNemar's test.
    var marks: [Int8] = []
    /// Of tagged sentences: entities found right, found, and there.
    var counts: [(correct: Int32, predicted: Int32, expected: Int32)] = []
    /// Sentence vectors, for nearest neighbours.
    var vectors: [[Float]] = []

    init(_ model: Contender, labels: [String]) {
        self.model = model
        self.labels = labels
    }

    /// Percent, but for those that `DriftReport.Metric` lists otherwise; the first one decides. Empty without labels.
    var metrics: [(name: String, value: Double)] { [] }

    /// The sequences that an example becomes.
    func prepare(_ example: Example, _ path: String, tokenizer: Tokenizer?) throws(Fault) -> PreparedExample {
        var prepared = PreparedExample(example: example)
        switch example.input {
        case .ids(let ids, let typeIds): prepared.inputs = [EncoderInput(ids: ids, typeIds: typeIds)]
        case .text(let text, let pair):
            guard let tokenizer else {
                throw Fault(
                    .dataNeedsTokenizer, in: path, at: "line \(example.line)",
                    "is text, but the model has no tokenizer", advice: "give ids")
            }
            let encoding = tokenizer.encode(text, pair: pair, maxLength: model.weights.configuration.maxPositionEmbeddings)
            prepared.encodings = [encoding]
            prepared.inputs = [EncoderInput(encoding, model.weights.configuration)]
            prepared.isTruncated = encoding.truncatedCount > 0
        }
        return prepared
    }

    /// The answer to an example whose sequences are `first` and those behind it in the session's batch.
    func answer(_ prepared: PreparedExample, _ session: Session, first: Int, _ path: String) throws(Fault) -> TaskAnswer {
        TaskAnswer()
    }

    static func largest(_ values: some Collection<Float>) -> Int {
        var (best, most) = (0, -Float.infinity)
        for (index, value) in values.enumerated() where value > most { (best, most) = (index, value) }
        return best
    }

    func name(_ label: Int) -> String { label < labels.count ? labels[label] : String(label) }
}

/// Faults that are found in several places of this file.
private extension Fault {
    static func noHead(data: String, needed: String) -> Fault {
        Fault(.comparisonNoHead, "the data hold \(data), but the models have not \(needed)")
    }
}
