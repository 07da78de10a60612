import CPlatform

/// A CRC of 32 bits, reflected, fed piece by piece: eight bytes a step by tables, or by the CPU's own instruction where
/// it has one for the polynomial.
package struct CRC32 {
    package enum Polynomial: UInt32 {
        /// CRC-32 of zip, gzip and PNG, and of our own files.
        case zip = 0xEDB8_8320
        /// CRC-32C of LevelDB and TensorFlow, by Castagnoli.
        case castagnoli = 0x82F6_3B78
    }

    private static let zipTables = tables(.zip)
    private static let castagnoliTables = tables(.castagnoli)
    private static let hasInstructions = platform_has_crc32c()

    private var remainder: UInt32 = 0xFFFF_FFFF
    private let polynomial: Polynomial
    private let usesInstructions: Bool

    /// `usesInstructions` is for tests: false takes the tables everywhere.
    package init(_ polynomial: Polynomial = .zip, usesInstructions: Bool = true) {
        self.polynomial = polynomial
        self.usesInstructions = usesInstructions && polynomial == .castagnoli && CRC32.hasInstructions
    }

    /// Eight tables of 256: table t holds the effect of a byte that t more bytes follow.
    private static func tables(_ polynomial: Polynomial) -> [UInt32] {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 != 0 ? value >> 1 ^ polynomial.rawValue : value >> 1 }
            tables[byte] = value
        }
        for i in 256..<(8 * 256) {
            let before = tables[i - 256]
            tables[i] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if usesInstructions {
            remainder = platform_crc32c(remainder, bytes.baseAddress, bytes.count)
            return
        }
        var crc = remainder
        (polynomial == .zip ? CRC32.zipTables : CRC32.castagnoliTables).withUnsafeBufferPointer { t in
            var i = 0
            while i &+ 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ UInt64(crc)
                crc =
                    t[1792 | Int(word & 0xFF)] ^ t[1536 | Int(word >> 8 & 0xFF)] ^ t[1280 | Int(word >> 16 & 0xFF)]
                    ^ t[1024 | Int(word >> 24 & 0xFF)] ^ t[768 | Int(word >> 32 & 0xFF)]
                    ^ t[512 | Int(word >> 40 & 0xFF)]
                    ^ t[256 | Int(word >> 48 & 0xFF)] ^ t[Int(word >> 56)]
                i &+= 8
            }
            while i < bytes.count {
                crc = crc >> 8 ^ t[Int((crc ^ UInt32(bytes[i])) & 0xFF)]
                i &+= 1
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
