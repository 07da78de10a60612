/// What a model was trained to answer; decides which of its outputs a task reads.
package enum Head: UInt8, Sendable, Equatable, CaseIterable {
    /// `AlbertForSequenceClassification`: classifier on the pooled output.
    case sequenceClassification = 0
    /// `AlbertForTokenClassification`: classifier on every token.
    case tokenClassification = 1
    /// `AlbertForMultipleChoice`: one score per choice from the pooled output.
    case multipleChoice = 2
    /// `AlbertForQuestionAnswering`: start and end score of every token.
    case questionAnswering = 3
    /// `AlbertForMaskedLM`: vocabulary scores; the decoder is the word embedding.
    case maskedLanguageModel = 4
    /// Sentence order (ALBERT) or next sentence (BERT) from the pooled output.
    case sentenceOrder = 5

    /// Name in JSON, metadata and `--task`.
    package var name: String {
        switch self {
        case .sequenceClassification: "sequence-classification"
        case .tokenClassification: "token-classification"
        case .multipleChoice: "multiple-choice"
        case .questionAnswering: "question-answering"
        case .maskedLanguageModel: "masked-language-model"
        case .sentenceOrder: "sentence-order"
        }
    }

    package init?(name: String) {
        guard let head = Head.allCases.first(where: { $0.name == name }) else { return nil }
        self = head
    }

    /// Names of some heads in words; "none" for no head.
    package static func names(_ heads: [Head]) -> String {
        heads.isEmpty ? "none" : heads.map { $0.name }.joined(separator: ", ")
    }

    /// The command that asks the head.
    package var command: String {
        switch self {
        case .sequenceClassification: "classify"
        case .tokenClassification: "tag"
        case .multipleChoice: "choose"
        case .questionAnswering: "answer"
        case .maskedLanguageModel: "fill"
        case .sentenceOrder: "order"
        }
    }

    /// Whether it reads the pooled output of a text, so that the model needs a pooler; else the state of every token.
    package var readsPooled: Bool {
        switch self {
        case .sequenceClassification, .multipleChoice, .sentenceOrder: true
        case .tokenClassification, .questionAnswering, .maskedLanguageModel: false
        }
    }
}
