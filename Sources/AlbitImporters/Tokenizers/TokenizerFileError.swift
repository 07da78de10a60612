import AlbitModel
import AlbitText
import AlbitTokenizers

/// Why the tokenizer files beside a model do not make a tokenizer; what is wrong inside a SentencePiece model or with
/// the vocabulary as such comes with its own error inside.
package enum TokenizerFileError: AlbitError {
    case sentencePiece(SentencePieceError)
    case tables(TokenizerTablesError)
    case notJSON(path: String, error: JSONError)
    case notText(path: String, offset: Int)
    case notTokenizer(path: String)
    case missingMember(path: String, member: String)
    case unsupported(path: String, what: String, name: String, expected: String)
    case duplicatePiece(path: String, piece: String)
    case badVocabulary(path: String, problem: String)
    case addedTokenMismatch(path: String, token: String, id: Int)
    case missingSpecialToken(path: String, token: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .sentencePiece(let error): error.description
        case .tables(let error): error.description
        case .notJSON(let path, let error): "\(path): \(error.description)"
        case .notText(let path, let offset): "\(path): byte \(offset) is not UTF-8 text; expected a vocabulary with one piece a line"
        case .notTokenizer(let path):
            "\(path): is no tokenizer; expected a SentencePiece model, a tokenizer.json or a vocab.txt"
        case .missingMember(let path, let member): "\(path): member '\(member)' is missing or of another type; save the tokenizer again with save_pretrained"
        case .unsupported(let path, let what, let name, let expected):
            "\(path): the \(what) '\(name)' is not supported; expected \(expected)"
        case .duplicatePiece(let path, let piece): "\(path): piece '\(piece)' stands twice; the file is damaged"
        case .badVocabulary(let path, let problem): "\(path): the vocabulary \(problem); save the tokenizer again with save_pretrained"
        case .addedTokenMismatch(let path, let token, let id):
            "\(path): the added token '\(token)' has id \(id), where the vocabulary has another piece or none; do the files belong together?"
        case .missingSpecialToken(let path, let token):
            "\(path): the vocabulary has no piece '\(token)', which the model's input needs; expected the vocabulary of an ALBERT or BERT"
        }
    }
}
