import AlbitModel
import AlbitText

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

    mutating func varint() throws(Fault) -> UInt64 {
        var number = Varint()
        while let byte = rest.popFirst() {
            switch number.take(byte) {
            case .more: continue
            case .done: return number.value
            case .tooLarge:
                throw Fault(
                    .protobufBadVarint, in: path,
                    "a protocol buffer has a number beyond 64 bits at its byte \(consumed)",
                    advice: "the file is damaged, download it again")
            }
        }
        throw Fault(
            .protobufTruncated, in: path, "a protocol buffer ends at its byte \(consumed) inside a field",
            advice: "the file is damaged, download it again")
    }

    private mutating func take(_ count: UInt64) throws(Fault) -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else {
            throw Fault(
                .protobufTruncated, in: path, "a protocol buffer ends at its byte \(consumed) inside a field",
                advice: "the file is damaged, download it again")
        }
        let part = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return part
    }

    private mutating func fixed(_ count: UInt64) throws(Fault) -> UInt64 {
        try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The next field, nil at the end.
    mutating func field() throws(Fault) -> (number: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        guard let number = Int(exactly: tag >> 3), number > 0 else {
            throw Fault(
                .protobufBadField, in: path, "a protocol buffer has a field of unknown kind at its byte \(consumed)",
                advice: "the file is damaged, download it again")
        }
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed(8)))
        case 2: return (number, .bytes(try take(try varint())))
        case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default:
            throw Fault(
                .protobufBadField, in: path, "a protocol buffer has a field of unknown kind at its byte \(consumed)",
                advice: "the file is damaged, download it again")
        }
    }
}
