import AlbitModel

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
    private var window: [UInt8] = []
    private var windowStart = 0
    /// Bytes of text that may be read in all.
    private var textBudget = 256 << 20

    init(_ source: any ByteSource) { self.source = source }

    private func byte(_ offset: Int) throws -> UInt8 {
        let index = offset - windowStart
        if index >= 0 && index < window.count { return window[index] }
        let count = min(WireScanner.windowBytes, source.count - offset)
        window = try source.bytes(at: offset, count: count, what: "a part", limit: WireScanner.windowBytes)
        windowStart = offset
        guard let first = window.first else { throw WireError.truncated(path: source.path, offset: offset) }
        return first
    }

    func varint(_ position: inout Int, end: Int) throws -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = try byte(position)
            position += 1
            guard shift < 63 || byte <= 1 else { throw WireError.badVarint(path: source.path, offset: position) }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw WireError.truncated(path: source.path, offset: position)
    }

    private func fixed(_ position: inout Int, end: Int, bytes: Int) throws -> UInt64 {
        guard end - position >= bytes else { throw WireError.truncated(path: source.path, offset: position) }
        var value: UInt64 = 0
        for i in 0..<bytes { value |= UInt64(try byte(position + i)) << UInt64(8 * i) }
        position += bytes
        return value
    }

    /// The next field of the message that ends at `end`; nil at its end.
    func field(_ position: inout Int, end: Int) throws -> Field? {
        guard position < end else { return nil }
        let tag = try varint(&position, end: end)
        guard let number = Int(exactly: tag >> 3), number > 0, number < 1 << 29 else {
            throw WireError.badField(path: source.path, offset: position)
        }
        switch tag & 7 {
        case 0: return Field(number: number, payload: .varint(try varint(&position, end: end)))
        case 1: return Field(number: number, payload: .fixed64(try fixed(&position, end: end, bytes: 8)))
        case 2:
            let count = try varint(&position, end: end)
            guard count <= UInt64(end - position) else { throw WireError.truncated(path: source.path, offset: position) }
            let start = position
            position += Int(count)
            return Field(number: number, payload: .bytes(start..<position))
        case 5:
            return Field(number: number, payload: .fixed32(UInt32(truncatingIfNeeded: try fixed(&position, end: end, bytes: 4))))
        default: throw WireError.badField(path: source.path, offset: position)
        }
    }

    /// Visits the fields of a message.
    func fields(_ range: Range<Int>, _ visit: (Field) throws -> Void) throws {
        var position = range.lowerBound
        while let field = try field(&position, end: range.upperBound) { try visit(field) }
    }

    /// A name or another short text; broken UTF-8 is mended.
    func text(_ range: Range<Int>, limit: Int = 1 << 16) throws -> String {
        textBudget -= range.count
        guard textBudget >= 0 else {
            throw ByteSourceError.tooLarge(path: source.path, what: "all names together", size: (256 << 20) + 1, limit: 256 << 20)
        }
        if range.lowerBound >= windowStart && range.upperBound <= windowStart + window.count {
            return String(decoding: window[(range.lowerBound - windowStart)..<(range.upperBound - windowStart)], as: UTF8.self)
        }
        return String(
            decoding: try source.bytes(at: range.lowerBound, count: range.count, what: "a name", limit: limit), as: UTF8.self)
    }
}
