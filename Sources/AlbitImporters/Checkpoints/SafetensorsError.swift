import AlbitModel

/// Every way in which a safetensors file can be wrong.
package enum SafetensorsError: AlbitError {
    case truncatedHeader(path: String, size: Int, needed: Int)
    case headerTooLarge(path: String, length: UInt64, limit: Int)
    case badHeader(path: String, problem: String)
    case headerNotObject(path: String)
    case tooManyTensors(path: String, count: Int, limit: Int)
    case badMetadata(path: String)
    case duplicateName(path: String, name: String)
    case badDescription(path: String, tensor: String)
    case unknownType(path: String, tensor: String, type: String)
    case badShape(path: String, tensor: String)
    case badOffsets(path: String, tensor: String, available: Int)
    case sizeMismatch(path: String, tensor: String, shape: [Int], type: String, bytes: Int)
    case overlap(path: String, first: String, second: String)
    case hole(path: String, offset: Int, bytes: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .truncatedHeader(let path, let size, let needed):
            "\(path): has \(size) bytes, but its safetensors header needs \(needed); copy or download the file again"
        case .headerTooLarge(let path, let length, let limit):
            "\(path): claims a safetensors header of \(length) bytes, more than the limit of \(limit); the file is damaged"
        case .badHeader(let path, let problem): "\(path): the safetensors header is wrong: \(problem); copy or download the file again"
        case .headerNotObject(let path): "\(path): the safetensors header is not a JSON object; copy or download the file again"
        case .tooManyTensors(let path, let count, let limit): "\(path): describes \(count) tensors, more than the limit of \(limit); the file is damaged or hostile"
        case .badMetadata(let path): "\(path): __metadata__ is not an object of strings; save the model again"
        case .duplicateName(let path, let name): "\(path): '\(name)' stands twice in the header, so its meaning is open; save the model again"
        case .badDescription(let path, let tensor):
            "\(path): tensor '\(tensor)' is not described by dtype, shape and two data_offsets; save the model again"
        case .unknownType(let path, let tensor, let type):
            "\(path): tensor '\(tensor)' has dtype '\(type)', expected F64, F32, F16 or BF16 for a weight"
        case .badShape(let path, let tensor):
            "\(path): the shape of tensor '\(tensor)' has a negative, fractional or overflowing dimension; copy or download the file again"
        case .badOffsets(let path, let tensor, let available):
            "\(path): the data_offsets of tensor '\(tensor)' are no range within the \(available) bytes of data; "
                + "copy or download the file again"
        case .sizeMismatch(let path, let tensor, let shape, let type, let bytes):
            "\(path): tensor '\(tensor)' of shape \(shape) and dtype \(type) does not fill the \(bytes) bytes it has; copy or download the file again"
        case .overlap(let path, let first, let second): "\(path): tensors '\(first)' and '\(second)' overlap; copy or download the file again"
        case .hole(let path, let offset, let bytes):
            "\(path): \(bytes) bytes at data offset \(offset) belong to no tensor, which safetensors forbids; copy or download the file again"
        }
    }
}
