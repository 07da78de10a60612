import AlbitModel
import AlbitTasks
import AlbitText

/// What the answers of two models are judged as.
package enum JudgedTask: Sendable, Equatable {
    case classifier, tagger, answers, choices, order, words, vectors

    /// The task that the model's card and the data's form are for. Throws where data and head do not fit, telling what
    /// the head would read.
    package init(_ card: ModelCard, _ reader: ExampleReader) throws(Fault) {
        func require(_ head: Head, for data: String) throws(Fault) {
            guard card.heads.contains(head) else {
                throw Fault(
                    .comparisonNoHead, in: reader.path,
                    "holds \(data), but the models have no \(head.name) head; they have "
                        + Head.names(card.heads), advice: JudgedTask.reads(card.head))
            }
        }
        switch reader.form {
        case .questions:
            try require(.questionAnswering, for: "questions")
            self = .answers
        case .tagged:
            try require(.tokenClassification, for: "tags of words")
            self = .tagger
        case .choices:
            try require(.multipleChoice, for: "choices")
            self = .choices
        case .plain:
            switch card.head {
            case .sequenceClassification?: self = .classifier
            case .tokenClassification?: self = .tagger
            case .maskedLanguageModel?: self = .words
            case .sentenceOrder?: self = .order
            case nil: self = .vectors
            case .multipleChoice?, .questionAnswering?:
                throw Fault(
                    .comparisonNoHead, in: reader.path, "holds single texts", advice: JudgedTask.reads(card.head))
            }
        }
    }

    private static func reads(_ head: Head?) -> String {
        switch head {
        case .sequenceClassification?: "give texts, or pairs, with their labels: columns text, pair, label"
        case .tokenClassification?: "give words with their tags: columns words, tags, or a CoNLL file"
        case .questionAnswering?:
            "give questions with contexts and answers: columns question, context, answers, or a SQuAD file"
        case .multipleChoice?:
            "give texts with their choices and the number of the right one: columns text, choices, label"
        case .sentenceOrder?:
            "give pairs of texts, with 0 where they stand in order and 1 where they do not: columns text, pair, label"
        case .maskedLanguageModel?: "give texts: column text"
        case nil: "give texts, or pairs of texts with scores: columns text, pair, label"
        }
    }

    /// Hands the visitor the judge of this task.
    func visit<Visitor: JudgeVisitor>(_ visitor: inout Visitor) throws(Fault) -> Visitor.Result {
        switch self {
        case .classifier: try visitor.visit(ClassifierJudge.self)
        case .tagger: try visitor.visit(TaggerJudge.self)
        case .answers: try visitor.visit(AnswerJudge.self)
        case .choices: try visitor.visit(ChoiceJudge.self)
        case .order: try visitor.visit(OrderJudge.self)
        case .words: try visitor.visit(HiddenWordJudge.self)
        case .vectors: try visitor.visit(EmbeddingJudge.self)
        }
    }
}

/// Something that is done with the judge of whichever task.
protocol JudgeVisitor {
    associatedtype Result
    mutating func visit<Judge: HeadJudge>(_ type: Judge.Type) throws(Fault) -> Result
}
