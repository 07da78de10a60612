import AlbitModel

/// Why a file is not a SentencePiece model that Albit runs.
package enum SentencePieceError: AlbitError, Equatable {
    case empty(path: String)
    case tooLarge(path: String, bytes: Int, limit: Int)
    case truncated(path: String, offset: Int)
    case badField(path: String, offset: Int)
    case tooManyFields(path: String, limit: Int)
    case malformed(path: String)
    case unsupportedModelType(path: String, name: String)
    case unsupportedOption(path: String, option: String)
    case emptyPiece(path: String, id: Int)
    case duplicatePiece(path: String, piece: String, first: Int, second: Int)
    case unknownPieceType(path: String, id: Int, type: Int)
    case scoreNotFinite(path: String, id: Int)
    case unknownPieceCount(path: String, count: Int)
    case badBytePiece(path: String, id: Int)
    case missingBytePieces(path: String, count: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .empty(let path): "\(path): is empty or holds no pieces; expected a SentencePiece model"
        case .tooLarge(let path, let bytes, let limit): "\(path): has \(bytes) bytes, more than the limit of \(limit) for a SentencePiece model"
        case .truncated(let path, let offset):
            "\(path): ends inside the field at byte \(offset) of the SentencePiece model; copy or download the file again"
        case .badField(let path, let offset):
            "\(path): byte \(offset) is no field of a SentencePiece model; the file is damaged or of another kind"
        case .tooManyFields(let path, let limit): "\(path): has more than \(limit) fields; no SentencePiece model has; the file is damaged or hostile"
        case .malformed(let path): "\(path): is damaged: its fields do not have the types of a SentencePiece model; download it again"
        case .unsupportedModelType(let path, let name):
            "\(path): is a SentencePiece model of type \(name), expected unigram (the type of all ALBERT models)"
        case .unsupportedOption(let path, let option): "\(path): uses \(option), which no ALBERT model does and Albit does not support; give the spiece.model of an ALBERT"
        case .emptyPiece(let path, let id): "\(path): piece \(id) is empty; the file is damaged, download it again"
        case .duplicatePiece(let path, let piece, let first, let second):
            "\(path): piece '\(piece)' stands twice, as \(first) and \(second); the file is damaged"
        case .unknownPieceType(let path, let id, let type): "\(path): piece \(id) has type \(type), expected 1 to 6; download it again"
        case .scoreNotFinite(let path, let id): "\(path): the score of piece \(id) is NaN or infinite; the file is damaged, download it again"
        case .unknownPieceCount(let path, let count): "\(path): has \(count) pieces for unknown text, expected one; download it again"
        case .badBytePiece(let path, let id): "\(path): piece \(id) is of type byte but not written as <0x00> to <0xFF>; download it again"
        case .missingBytePieces(let path, let count): "\(path): falls back to bytes but has \(count) byte pieces, expected 256; download it again"
        }
    }
}
