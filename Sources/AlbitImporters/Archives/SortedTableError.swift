import AlbitModel

/// Every way in which a table can be wrong.
package enum SortedTableError: AlbitError {
    case noFooter(path: String)
    case blockOutside(path: String, offset: UInt64, size: UInt64)
    case wrongChecksum(path: String, offset: Int)
    case badSnappy(path: String, offset: Int)
    case unknownCompression(path: String, type: UInt8, offset: Int)
    case badBlock(path: String, offset: Int)
    case tooMany(path: String, limit: Int)
    case unsorted(path: String, key: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .noFooter(let path): "\(path): does not end with the footer of a TensorFlow index; it is truncated, download it again"
        case .blockOutside(let path, let offset, let size): "\(path): a block of \(size) bytes at \(offset) lies outside the file; download it again"
        case .wrongChecksum(let path, let offset): "\(path): the block at byte \(offset) has a wrong CRC-32C; download the file again"
        case .badSnappy(let path, let offset): "\(path): the snappy block at byte \(offset) cannot be unpacked; download the file again"
        case .unknownCompression(let path, let type, let offset):
            "\(path): the block at byte \(offset) has compression \(type), expected 0 (none) or 1 (snappy); download the file again"
        case .badBlock(let path, let offset): "\(path): a table block is damaged at its byte \(offset); download the file again"
        case .tooMany(let path, let limit): "\(path): has more than \(limit) entries; the file is damaged or hostile"
        case .unsorted(let path, let key): "\(path): key '\(key)' is out of order, which no TensorFlow writer does; download the file again"
        }
    }
}
