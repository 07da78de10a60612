import AlbitModel

/// What can go wrong between a model that opened and its answers.
package enum RuntimeError: AlbitError {
    case unknownKernel(name: String, available: String)
    case kernelNotAvailable(name: String, available: String)
    case outOfMemory(bytes: Int, purpose: String)
    case noThreads(count: Int)
    case emptySequence
    case idOutOfRange(id: Int, vocabSize: Int)
    case typeOutOfRange(id: Int, typeVocabSize: Int)
    case tooLong(length: Int, limit: Int)
    case unequalLengths(ids: Int, other: Int, what: String)
    case notFinite(step: Int, site: String)
    case readFailed(path: String)
    case noHead(wanted: String, present: String)

    package var failure: Failure {
        switch self {
        case .unknownKernel, .kernelNotAvailable, .noHead: .usage
        case .outOfMemory, .noThreads, .readFailed: .machine
        default: .input
        }
    }

    package var description: String {
        switch self {
        case .unknownKernel(let name, let available):
            "there is no kernel '" + name + "'; this program has " + available
        case .kernelNotAvailable(let name, let available):
            "this CPU cannot run kernel '" + name + "'; it runs " + available
        case .outOfMemory(let bytes, let purpose):
            "no memory for " + String(bytes) + " bytes of " + purpose + "; use shorter texts, fewer threads or a smaller batch"
        case .noThreads(let count):
            "the system refuses to start " + String(count) + " threads; use a smaller --threads"
        case .emptySequence:
            "a sequence without a single unmasked token cannot be encoded"
        case .idOutOfRange(let id, let vocabSize):
            "token id " + String(id) + " is outside 0 ..< " + String(vocabSize) + "; was it made with another tokenizer?"
        case .typeOutOfRange(let id, let typeVocabSize):
            "token type " + String(id) + " is outside 0 ..< " + String(typeVocabSize)
        case .tooLong(let length, let limit):
            "a sequence of " + String(length) + " tokens is longer than the model's " + String(limit) + " positions"
        case .unequalLengths(let ids, let other, let what):
            String(ids) + " ids but " + String(other) + " " + what
        case .notFinite(let step, let site):
            "NaN or Inf after layer " + String(step) + ", site " + site + "; the weights or the input are damaged"
        case .readFailed(let path):
            path + ": reading an embedding row failed; the medium may be worn"
        case .noHead(let wanted, let present):
            "the model has no head for " + wanted + "; it has " + (present.isEmpty ? "none" : present)
        }
    }
}
