import AlbitText

/// CRC-32C as LevelDB and TensorFlow store it.
extension CRC32 {
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
        var crc = CRC32(.castagnoli)
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
