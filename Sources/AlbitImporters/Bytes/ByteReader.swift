import AlbitText

/// Walks bytes in memory, little-endian, each step checked; a step over the end throws `Fault.outside`.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private let path: String
    private(set) var offset = 0

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes[...]
        self.path = path
    }

    var remaining: Int { bytes.count - offset }

    private func check(_ count: Int) throws(Fault) {
        guard count >= 0, count <= remaining else {
            throw Fault(
                .fileOutside, in: path, "ends at byte \(bytes.count), but \(count) bytes at \(offset) are needed",
                advice: "copy or download the file again")
        }
    }

    mutating func skip(_ count: Int) throws(Fault) {
        try check(count)
        offset += count
    }

    mutating func bytes(_ count: Int) throws(Fault) -> ArraySlice<UInt8> {
        try check(count)
        defer { offset += count }
        return bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + count)]
    }

    private mutating func integer(_ count: Int) throws(Fault) -> UInt64 {
        try check(count)
        var value: UInt64 = 0
        for i in 0..<count { value |= UInt64(bytes[bytes.startIndex + offset + i]) << UInt64(8 * i) }
        offset += count
        return value
    }

    mutating func uint8() throws(Fault) -> UInt8 { UInt8(truncatingIfNeeded: try integer(1)) }
    mutating func uint16() throws(Fault) -> UInt16 { UInt16(truncatingIfNeeded: try integer(2)) }
    mutating func uint32() throws(Fault) -> UInt32 { UInt32(truncatingIfNeeded: try integer(4)) }
    mutating func uint64() throws(Fault) -> UInt64 { try integer(8) }

    /// An unsigned little-endian integer of 1 to 8 bytes.
    mutating func unsigned(bytes count: Int) throws(Fault) -> UInt64 {
        guard (1...8).contains(count) else {
            throw Fault(
                .fileOutside, in: path, "ends at byte \(bytes.count), but \(count) bytes at \(offset) are needed",
                advice: "copy or download the file again")
        }
        return try integer(count)
    }
}
