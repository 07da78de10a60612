import AlbitModel

/// Walks the wire format of protocol buffers, each step checked.
struct WireReader {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)
    }

    private let path: String
    private let start: Int
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>, path: String) {
        rest = bytes
        start = bytes.startIndex
        self.path = path
    }

    var consumed: Int { rest.startIndex - start }

    mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            guard shift < 63 || byte <= 1 else { throw WireError.badVarint(path: path, offset: consumed) }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw WireError.truncated(path: path, offset: consumed)
    }

    private mutating func take(_ count: UInt64) throws -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else { throw WireError.truncated(path: path, offset: consumed) }
        let part = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return part
    }

    private mutating func fixed(_ count: UInt64) throws -> UInt64 {
        try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The next field, nil at the end.
    mutating func field() throws -> (number: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        guard let number = Int(exactly: tag >> 3), number > 0 else { throw WireError.badField(path: path, offset: consumed) }
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed(8)))
        case 2: return (number, .bytes(try take(try varint())))
        case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default: throw WireError.badField(path: path, offset: consumed)
        }
    }
}

/// Why a protocol buffer cannot be read.
package enum WireError: AlbitError {
    case truncated(path: String, offset: Int)
    case badVarint(path: String, offset: Int)
    case badField(path: String, offset: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .truncated(let path, _), .badVarint(let path, _), .badField(let path, _): "\(path): \(reason); the file is damaged, download it again"
        }
    }

    /// The description without the file and what to do.
    var reason: String {
        switch self {
        case .truncated(_, let offset): "a protocol buffer ends at its byte \(offset) inside a field"
        case .badVarint(_, let offset): "a protocol buffer has a number beyond 64 bits at its byte \(offset)"
        case .badField(_, let offset): "a protocol buffer has a field of unknown kind at its byte \(offset)"
        }
    }
}
