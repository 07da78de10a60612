import AlbitModel
import AlbitText

/// Walks protocol buffers that are too large to hold: fields come as places in the file, and only what is asked for
/// is read. A window of the file is kept, so that small fields cost no call each.
final class WireScanner {
    enum Payload {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(Range<Int>)
    }

    struct Field {
        var number: Int
        var payload: Payload
    }

    private static let windowBytes = 1 << 16

    let source: any ByteSource
    /// Where in the message the reader is, for errors; the reader says so.
    var place = ""
    private var window: [UInt8] = []
    private var windowStart = 0
    /// Bytes of text that may be read in all.
    private var textBudget = 256 << 20

    init(_ source: any ByteSource) { self.source = source }

    private func byte(_ offset: Int) throws(Fault) -> UInt8 {
        let index = offset - windowStart
        if index >= 0 && index < window.count { return window[index] }
        let count = min(WireScanner.windowBytes, source.count - offset)
        window = try source.bytes(at: offset, count: count, what: "a part", limit: WireScanner.windowBytes)
        windowStart = offset
        guard let first = window.first else { throw .truncated(path: source.path, place, offset: offset) }
        return first
    }

    func varint(_ position: inout Int, end: Int) throws(Fault) -> UInt64 {
        var number = Varint()
        while position < end {
            let byte = try byte(position)
            position += 1
            switch number.take(byte) {
            case .more: continue
            case .done: return number.value
            case .tooLarge:
                throw Fault(
                    .protobufBadVarint, in: source.path, at: place,
                    "a protocol buffer has a number beyond 64 bits at its byte \(position)",
                    advice: "the file is damaged, download it again")
            }
        }
        throw .truncated(path: source.path, place, offset: position)
    }

    private func fixed(_ position: inout Int, end: Int, bytes: Int) throws(Fault) -> UInt64 {
        guard end - position >= bytes else { throw .truncated(path: source.path, place, offset: position) }
        var value: UInt64 = 0
        for i in 0..<bytes { value |= UInt64(try byte(position + i)) << UInt64(8 * i) }
        position += bytes
        return value
    }

    /// The next field of the message that ends at `end`; nil at its end.
    func field(_ position: inout Int, end: Int) throws(Fault) -> Field? {
        guard position < end else { return nil }
        let tag = try varint(&position, end: end)
        guard let number = Int(exactly: tag >> 3), number > 0, number < 1 << 29 else {
            throw Fault(
                .protobufBadField, in: source.path, at: place,
                "a protocol buffer has a field of unknown kind at its byte \(position)",
                advice: "the file is damaged, download it again")
        }
        switch tag & 7 {
        case 0: return Field(number: number, payload: .varint(try varint(&position, end: end)))
        case 1: return Field(number: number, payload: .fixed64(try fixed(&position, end: end, bytes: 8)))
        case 2:
            let count = try varint(&position, end: end)
            guard count <= UInt64(end - position) else { throw .truncated(path: source.path, place, offset: position) }
            let start = position
            position += Int(count)
            return Field(number: number, payload: .bytes(start..<position))
        case 5:
            return Field(
                number: number, payload: .fixed32(UInt32(truncatingIfNeeded: try fixed(&position, end: end, bytes: 4))))
        default:
            throw Fault(
                .protobufBadField, in: source.path, at: place,
                "a protocol buffer has a field of unknown kind at its byte \(position)",
                advice: "the file is damaged, download it again")
        }
    }

    /// The fields of a message, one after the other.
    struct Message {
        fileprivate let scanner: WireScanner
        fileprivate var position: Int
        fileprivate let end: Int

        mutating func next() throws(Fault) -> Field? { try scanner.field(&position, end: end) }
    }

    func message(_ range: Range<Int>) -> Message {
        Message(scanner: self, position: range.lowerBound, end: range.upperBound)
    }

    /// A name or another short text; broken UTF-8 is mended.
    func text(_ range: Range<Int>, limit: Int = 1 << 16) throws(Fault) -> String {
        textBudget -= range.count
        guard textBudget >= 0 else {
            throw Fault(
                .fileTooLarge, in: source.path,
                "all names together has \((256 << 20) + 1) bytes, more than the limit of \(256 << 20)",
                advice: "the file is damaged or hostile")
        }
        if range.lowerBound >= windowStart && range.upperBound <= windowStart + window.count {
            return String(
                decoding: window[(range.lowerBound - windowStart)..<(range.upperBound - windowStart)], as: UTF8.self)
        }
        return String(
            decoding: try source.bytes(at: range.lowerBound, count: range.count, what: "a name", limit: limit),
            as: UTF8.self)
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func truncated(path: String, _ place: String, offset: Int) -> Fault {
        Fault(
            .protobufTruncated, in: path, at: place, "a protocol buffer ends at its byte \(offset) inside a field",
            advice: "the file is damaged, download it again")
    }
}
