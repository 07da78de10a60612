/// Walks bytes in memory, little-endian, each step checked; a step over the end throws `ByteSourceError.outside`.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private let path: String
    private(set) var offset = 0

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes[...]
        self.path = path
    }

    var remaining: Int { bytes.count - offset }

    private func check(_ count: Int) throws {
        guard count >= 0, count <= remaining else {
            throw ByteSourceError.outside(path: path, offset: offset, count: count, size: bytes.count)
        }
    }

    mutating func skip(_ count: Int) throws {
        try check(count)
        offset += count
    }

    mutating func bytes(_ count: Int) throws -> ArraySlice<UInt8> {
        try check(count)
        defer { offset += count }
        return bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + count)]
    }

    private mutating func integer(_ count: Int) throws -> UInt64 {
        try check(count)
        var value: UInt64 = 0
        for i in 0..<count { value |= UInt64(bytes[bytes.startIndex + offset + i]) << UInt64(8 * i) }
        offset += count
        return value
    }

    mutating func uint8() throws -> UInt8 { UInt8(truncatingIfNeeded: try integer(1)) }
    mutating func uint16() throws -> UInt16 { UInt16(truncatingIfNeeded: try integer(2)) }
    mutating func uint32() throws -> UInt32 { UInt32(truncatingIfNeeded: try integer(4)) }
    mutating func uint64() throws -> UInt64 { try integer(8) }

    /// An unsigned little-endian integer of 1 to 8 bytes.
    mutating func unsigned(bytes count: Int) throws -> UInt64 {
        guard (1...8).contains(count) else {
            throw ByteSourceError.outside(path: path, offset: offset, count: count, size: bytes.count)
        }
        return try integer(count)
    }
}
