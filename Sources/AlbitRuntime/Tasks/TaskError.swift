import AlbitModel

/// Why a task gives no answer.
package enum TaskError: AlbitError {
    case runtime(RuntimeError)
    /// The model comes without a tokenizer, so it takes ids only.
    case noTokenizer
    case noHead(wanted: String, present: String)
    case noPooler
    /// The tokenizer of the model has no token that stands for a hidden word.
    case noMaskToken
    case wrongWidth(head: String, expected: Int, found: Int)
    /// A text lost tokens where that is refused; texts count from 1.
    case tooLong(text: Int, excess: Int, limit: Int)
    /// The frame alone fills the model's positions.
    case noRoom(limit: Int)

    package var failure: Failure {
        switch self {
        case .runtime(let error): error.failure
        case .noTokenizer, .noHead, .noPooler, .noMaskToken: .usage
        case .wrongWidth, .tooLong, .noRoom: .input
        }
    }

    package var description: String {
        switch self {
        case .runtime(let error):
            error.description
        case .noTokenizer:
            "the model has no tokenizer, so it takes no text; give one with --tokenizer where the model is made, or token ids to 'encode'"
        case .noHead(let wanted, let present):
            "the model has no head for " + wanted + "; it has " + (present.isEmpty ? "none" : present)
        case .noPooler:
            "the model has no pooler; use --pooling mean or cls"
        case .noMaskToken:
            "the model's tokenizer has no [MASK] token"
        case .wrongWidth(let head, let expected, let found):
            "the " + head + " head answers " + String(found) + " values, expected " + String(expected)
        case .tooLong(let text, let excess, let limit):
            "text " + String(text) + " is " + String(excess) + " tokens longer than the " + String(limit)
                + " that the model takes; shorten it, or leave out --strict"
        case .noRoom(let limit):
            String(limit) + " tokens leave no room for text; use a larger --max-length"
        }
    }
}
