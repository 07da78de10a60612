/// CRC-32 as in zlib, zip and PNG (polynomial 0xEDB88320, reflected), fed piece by piece, eight bytes a step.
package struct CRC32 {
    private var remainder: UInt32 = 0xFFFF_FFFF
    /// Eight tables of 256: table t holds the effect of a byte that t more bytes follow.
    private let tables: [UInt32]

    package init() {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 != 0 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            tables[byte] = value
        }
        for t in 1..<8 {
            for byte in 0..<256 {
                let before = tables[(t - 1) * 256 + byte]
                tables[t * 256 + byte] = before >> 8 ^ tables[Int(before & 0xFF)]
            }
        }
        self.tables = tables
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = remainder
        tables.withUnsafeBufferPointer { t in
            var i = 0
            while i + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ UInt64(crc)
                var next: UInt32 = 0
                for k in 0..<8 { next ^= t[(7 - k) << 8 | Int(truncatingIfNeeded: word >> UInt64(8 * k) & 0xFF)] }
                crc = next
                i += 8
            }
            while i < bytes.count {
                crc = crc >> 8 ^ t[Int((crc ^ UInt32(bytes[i])) & 0xFF)]
                i += 1
            }
        }
        remainder = crc
    }

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The checksum of everything fed so far.
    package var checksum: UInt32 { ~remainder }

    package static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes)
        return crc.checksum
    }
}
