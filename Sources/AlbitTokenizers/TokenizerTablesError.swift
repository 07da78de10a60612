import AlbitModel

/// Why a vocabulary and its settings cannot become a tokenizer, whatever file they came from.
package enum TokenizerTablesError: AlbitError, Equatable {
    case noPieces(path: String)
    case tooManyPieces(path: String, count: Int, limit: Int)
    case pieceTooLong(path: String, id: Int, bytes: Int, limit: Int)
    case zeroByte(path: String, id: Int)
    case scoreCount(path: String, pieces: Int, scores: Int)
    case scoreNotFinite(path: String, id: Int)
    case badCharsmap(path: String)
    case idOutsideVocabulary(path: String, what: String, id: Int, count: Int)
    case noUnknownPiece(path: String)
    case vocabularyTooLarge(path: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .noPieces(let path): path + ": holds no pieces, expected a vocabulary"
        case .tooManyPieces(let path, let count, let limit):
            path + ": holds " + String(count) + " pieces, more than the limit of " + String(limit) + "; the file is damaged"
        case .pieceTooLong(let path, let id, let bytes, let limit):
            path + ": piece " + String(id) + " has " + String(bytes) + " bytes, more than the limit of " + String(limit)
        case .zeroByte(let path, let id): path + ": piece " + String(id) + " holds a zero byte"
        case .scoreCount(let path, let pieces, let scores):
            path + ": has " + String(pieces) + " pieces but " + String(scores) + " scores or types"
        case .scoreNotFinite(let path, let id): path + ": the score of piece " + String(id) + " is NaN or infinite"
        case .badCharsmap(let path): path + ": the precompiled charsmap is damaged (its parts do not fit its size)"
        case .idOutsideVocabulary(let path, let what, let id, let count):
            path + ": the " + what + " has id " + String(id) + ", but the vocabulary has " + String(count) + " pieces"
        case .noUnknownPiece(let path): path + ": has no piece for unknown text; expected <unk> or [UNK]"
        case .vocabularyTooLarge(let path): path + ": the vocabulary is too large for the trie of Albit files (4 million units)"
        }
    }
}
