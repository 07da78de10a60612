import AlbitText
import CPlatform

/// CRC-32C (Castagnoli, polynomial 0x82F63B78 reflected), as LevelDB and TensorFlow store it: by the CPU's own
/// instruction where it has one, else by tables, eight bytes a step.
package struct CRC32C {
    private var remainder: UInt32 = 0xFFFF_FFFF
    private static let isBuiltIn = platform_has_crc32c()
    /// For tests: false takes the tables.
    private let usesInstructions: Bool

    /// Eight tables of 256: table t holds the effect of a byte that t more bytes follow.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 != 0 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            tables[byte] = value
        }
        for i in 256..<(8 * 256) {
            let before = tables[i - 256]
            tables[i] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    package init(usesInstructions: Bool = true) { self.usesInstructions = usesInstructions }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if CRC32C.isBuiltIn, usesInstructions {
            remainder = platform_crc32c(remainder, bytes.baseAddress, bytes.count)
            return
        }
        var crc = remainder
        CRC32C.tables.withUnsafeBufferPointer { t in
            var i = 0
            while i &+ 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ UInt64(crc)
                crc = t[1792 | Int(word & 0xFF)] ^ t[1536 | Int(word >> 8 & 0xFF)] ^ t[1280 | Int(word >> 16 & 0xFF)]
                    ^ t[1024 | Int(word >> 24 & 0xFF)] ^ t[768 | Int(word >> 32 & 0xFF)] ^ t[512 | Int(word >> 40 & 0xFF)]
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

    package var checksum: UInt32 { ~remainder }

    /// LevelDB stores checksums rotated and offset, so that a checksum of checksums is not trivial.
    package var masked: UInt32 {
        let crc = checksum
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }

    /// The masked checksum of part of a source, read block by block.
    static func masked(of source: any ByteSource, at start: Int, count: Int) throws(Fault) -> UInt32 {
        try source.check(offset: start, count: count)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var crc = CRC32C()
        var done = 0
        while done < count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, count - done)])
            try source.read(at: start + done, into: part)
            crc.update(UnsafeRawBufferPointer(part))
            done += part.count
        }
        return crc.masked
    }
}
