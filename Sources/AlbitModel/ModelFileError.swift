/// Every way in which a GGUF file can fail to be a model that Albit runs.
package enum ModelFileError: AlbitError {
    case cannotOpen(path: String, reason: String)
    case doesNotFit(path: String, bytes: UInt64, available: UInt64)
    case notGGUF(path: String)
    case unsupportedGGUFVersion(path: String, version: UInt32)
    case truncated(path: String, what: String, offset: Int)
    case tooMany(path: String, what: String, count: UInt64, limit: Int)
    case unknownValueType(path: String, key: String, type: UInt32)
    case nestedArray(path: String, key: String)
    case badKey(path: String, offset: Int)
    case duplicateKey(path: String, key: String)
    case badAlignment(path: String, alignment: UInt64)
    case badTensorName(path: String, offset: Int)
    case duplicateTensor(path: String, tensor: String)
    case unsupportedTensorType(path: String, tensor: String, type: UInt32)
    case badShape(path: String, tensor: String)
    case tensorOutsideFile(path: String, tensor: String, offset: UInt64, bytes: UInt64, available: Int)
    case misalignedTensor(path: String, tensor: String, offset: UInt64, alignment: Int)
    case overlappingTensors(path: String, first: String, second: String)
    case missingKey(path: String, key: String)
    case wrongKeyType(path: String, key: String, expected: String)
    case otherArchitecture(path: String, architecture: String)
    case newerFormat(path: String, version: Int, supported: Int)
    case notAlbit(path: String)
    case badConfiguration(path: String, problem: String)
    case missingTensor(path: String, tensor: String)
    case wrongTensor(path: String, tensor: String, expected: String, found: String)
    case notFinite(path: String, tensor: String, index: Int)
    case badValue(path: String, key: String, problem: String)
    case readFailed(path: String, offset: Int)

    package var failure: Failure {
        switch self {
        case .readFailed, .doesNotFit: .machine
        default: .input
        }
    }

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            path + ": cannot be opened: " + reason
        case .doesNotFit(let path, let bytes, let available):
            path + ": has " + String(bytes) + " bytes, but this process may map only "
                + (available == .max ? "less" : String(available)) + "; use a smaller model or raise the limit (ulimit -v)"
        case .notGGUF(let path):
            path + ": is not a GGUF file (its first four bytes are not 'GGUF'); expected a file made by 'albit quantize'"
        case .unsupportedGGUFVersion(let path, let version):
            path + ": GGUF version " + String(version) + ", expected 3; make it again with 'albit quantize'"
        case .truncated(let path, let what, let offset):
            path + ": ends inside " + what + " at byte " + String(offset) + "; copy or make the file again"
        case .tooMany(let path, let what, let count, let limit):
            path + ": claims " + String(count) + " " + what + ", more than the limit of " + String(limit) + "; the file is damaged"
        case .unknownValueType(let path, let key, let type):
            path + ": key '" + key + "' has value type " + String(type) + ", expected 0 to 12"
        case .nestedArray(let path, let key):
            path + ": key '" + key + "' is an array of arrays, which Albit files never hold"
        case .badKey(let path, let offset):
            path + ": the key at byte " + String(offset) + " is empty, too long or not UTF-8"
        case .duplicateKey(let path, let key):
            path + ": key '" + key + "' stands twice"
        case .badAlignment(let path, let alignment):
            path + ": general.alignment is " + String(alignment) + ", expected a power of two from 8 to 65536"
        case .badTensorName(let path, let offset):
            path + ": the tensor name at byte " + String(offset) + " is empty, longer than 63 bytes or not UTF-8"
        case .duplicateTensor(let path, let tensor):
            path + ": tensor '" + tensor + "' stands twice"
        case .unsupportedTensorType(let path, let tensor, let type):
            path + ": tensor '" + tensor + "' has GGML type " + String(type) + ", expected F32 (0), F16 (1), I8 (24) or I32 (26)"
        case .badShape(let path, let tensor):
            path + ": tensor '" + tensor + "' has no, more than four, zero or overflowing dimensions"
        case .tensorOutsideFile(let path, let tensor, let offset, let bytes, let available):
            path + ": tensor '" + tensor + "' needs " + String(bytes) + " bytes at data offset " + String(offset)
                + ", but only " + String(available) + " bytes of data are there; copy or make the file again"
        case .misalignedTensor(let path, let tensor, let offset, let alignment):
            path + ": tensor '" + tensor + "' starts at data offset " + String(offset) + ", not a multiple of " + String(alignment)
        case .overlappingTensors(let path, let first, let second):
            path + ": tensors '" + first + "' and '" + second + "' overlap"
        case .missingKey(let path, let key):
            path + ": key '" + key + "' is missing; make the file again with 'albit quantize'"
        case .wrongKeyType(let path, let key, let expected):
            path + ": key '" + key + "' is not " + expected
        case .otherArchitecture(let path, let architecture):
            path + ": holds a model of architecture '" + architecture + "', expected 'albert' or 'bert'"
        case .newerFormat(let path, let version, let supported):
            path + ": albit.format_version is " + String(version) + ", this program reads up to " + String(supported) + "; update Albit"
        case .notAlbit(let path):
            path + ": is a GGUF file without albit.format_version; make one with 'albit quantize' from the original checkpoint"
        case .badConfiguration(let path, let problem):
            path + ": " + problem
        case .missingTensor(let path, let tensor):
            path + ": tensor '" + tensor + "' is missing; make the file again with 'albit quantize'"
        case .wrongTensor(let path, let tensor, let expected, let found):
            path + ": tensor '" + tensor + "' is " + found + ", expected " + expected
        case .notFinite(let path, let tensor, let index):
            path + ": tensor '" + tensor + "' holds NaN or Inf at element " + String(index)
        case .badValue(let path, let key, let problem):
            path + ": key '" + key + "' " + problem
        case .readFailed(let path, let offset):
            path + ": reading at byte " + String(offset) + " failed; the medium may be worn"
        }
    }
}
