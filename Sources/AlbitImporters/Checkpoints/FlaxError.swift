import AlbitModel

/// Every way in which a Flax checkpoint can be wrong.
package enum FlaxError: AlbitError {
    case truncated(path: String, offset: Int)
    case valueOutside(path: String, offset: Int, bytes: UInt64, size: Int)
    case unknownTag(path: String, tag: UInt8, offset: Int)
    case tooDeep(path: String, offset: Int, depth: Int, values: Int)
    case badName(path: String, offset: Int)
    case duplicateName(path: String, name: String)
    case badArray(path: String, tensor: String, offset: Int)
    case badChunks(path: String, tensor: String)
    case unknownType(path: String, tensor: String, type: String)
    case sizeMismatch(path: String, tensor: String, shape: [Int], type: String, bytes: Int)
    case trailingBytes(path: String, offset: Int, size: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .truncated(let path, let offset): "\(path): the msgpack data ends at byte \(offset) inside a value; download it again"
        case .valueOutside(let path, let offset, let bytes, let size):
            "\(path): a msgpack value of \(bytes) bytes at \(offset) reaches beyond the file's \(size); download it again"
        case .unknownTag(let path, let tag, let offset): "\(path): byte \(offset) is \(tag), which msgpack does not use; the file is damaged, download it again"
        case .tooDeep(let path, let offset, let depth, let values):
            "\(path): nests deeper than \(depth) levels or holds more than \(values) values at byte \(offset); the file is damaged or hostile"
        case .badName(let path, let offset): "\(path): the name at byte \(offset) is no short text in UTF-8; the file is damaged, download it again"
        case .duplicateName(let path, let name): "\(path): '\(name)' stands twice, so its meaning is open; save the model again"
        case .badArray(let path, let tensor, let offset):
            "\(path): the array '\(tensor)' at byte \(offset) is not [shape, type, bytes] as Flax writes it; download or save it again"
        case .badChunks(let path, let tensor): "\(path): the chunks of '\(tensor)' do not make up its shape; download it again"
        case .unknownType(let path, let tensor, let type): "\(path): the array '\(tensor)' has type '\(type)', expected float32, float64, float16 or bfloat16"
        case .sizeMismatch(let path, let tensor, let shape, let type, let bytes):
            "\(path): the array '\(tensor)' of shape \(shape) and type \(type) does not fill its \(bytes) bytes; download it again"
        case .trailingBytes(let path, let offset, let size): "\(path): \(size - offset) bytes follow the msgpack value at byte \(offset), expected the end; download it again"
        }
    }
}
