/// What a column of a data file is for.
package enum ColumnRole: String, Sendable, CaseIterable {
    case text, pair, label, words, tags, question, context, answers, choices, ids, typeIds
    /// What every choice begins with: SWAG's `sent2`.
    case stem
    /// Whether a question has no answer: SQuAD's `is_impossible`.
    case impossible

    /// The role that `--columns` calls so.
    init?(name: String) {
        switch name {
        case "answer": self = .answers
        case "choice": self = .choices
        case "labels", "score": self = .label
        default:
            guard let role = ColumnRole(rawValue: name) else { return nil }
            self = role
        }
    }

    /// Names that people give such a column, in small letters. The first is the role's own and goes before all others;
    /// two others in one file leave a choice. Pairs of texts stand in `pairs`.
    var names: [String] {
        switch self {
        case .text:
            [
                "text", "sentence", "review", "content", "comment", "comment_text", "tweet", "review_body", "utterance",
                "body",
                "document", "query", "question", "premise",
            ]
        case .pair: ["pair"]
        case .label:
            [
                "label", "labels", "gold_label", "quality", "is_duplicate", "class", "target", "category", "sentiment",
                "stars",
                "rating", "score", "similarity_score", "relatedness_score", "similarity", "emotion", "intent", "topic",
                "answerkey",
            ]
        case .words: ["words", "tokens"]
        case .tags: ["tags", "ner_tags", "pos_tags", "chunk_tags", "upos", "xpos", "ner", "pos", "labels", "label"]
        case .question: ["question", "query"]
        case .context: ["context", "passage"]
        case .answers: ["answers", "answer", "answer_text"]
        case .choices: ["choices", "endings", "options"]
        case .ids: ["ids", "input_ids"]
        case .typeIds: ["typeids", "token_type_ids", "type_ids", "segment_ids"]
        case .stem: ["sent2"]
        case .impossible: ["is_impossible"]
        }
    }

    /// Names of two texts that are read together: GLUE's, and those of other collections.
    static let pairs: [(text: String, pair: String)] = [
        ("text", "pair"), ("text", "text_pair"), ("text1", "text2"), ("text_a", "text_b"), ("sentence1", "sentence2"),
        ("sentence_a", "sentence_b"), ("premise", "hypothesis"), ("question", "sentence"), ("question1", "question2"),
        ("#1 string", "#2 string"), ("query", "passage"), ("query", "document"),
    ]

    /// Beginnings of the names of choices that have a column each, with a number from 0 or 1 behind.
    static let numberedChoices = ["choice", "ending", "option", "solution", "sol"]

    /// What choices are about. COPA's `question` says only whether a cause or an effect is wanted: its premise goes
    /// before it.
    static let prompts = ["text", "premise", "question", "context", "sent1", "ctx", "goal", "startphrase"]
    /// Where a question is about one of these, both are read, and which stands first in the model's input is a
    /// question of its training: a person has to say.
    static let passages = ["context", "article", "passage"]
}
