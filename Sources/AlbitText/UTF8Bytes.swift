/// UTF-8 as bytes: decoding and encoding of code points without String.
package enum UTF8Bytes {
    /// Appends the UTF-8 form of a code point.
    @inline(__always)
    package static func append(_ code: UInt32, to output: inout [UInt8]) {
        if code < 0x80 {
            output.append(UInt8(truncatingIfNeeded: code))
        } else if code < 0x800 {
            output.append(UInt8(truncatingIfNeeded: 0xC0 | code >> 6))
            output.append(UInt8(truncatingIfNeeded: 0x80 | code & 0x3F))
        } else if code < 0x10000 {
            output.append(UInt8(truncatingIfNeeded: 0xE0 | code >> 12))
            output.append(UInt8(truncatingIfNeeded: 0x80 | code >> 6 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | code & 0x3F))
        } else {
            output.append(UInt8(truncatingIfNeeded: 0xF0 | code >> 18))
            output.append(UInt8(truncatingIfNeeded: 0x80 | code >> 12 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | code >> 6 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | code & 0x3F))
        }
    }

    /// Bytes of the UTF-8 form of a code point.
    @inline(__always)
    package static func count(_ code: UInt32) -> Int { code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4 }

    /// The code point at an offset inside the buffer and its length in bytes; nil where the bytes there are not
    /// UTF-8 (too long forms, surrogates and values above 10FFFF included).
    @inline(__always)
    package static func decode(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> (code: UInt32, count: Int)? {
        let first = bytes[offset]
        if first < 0x80 { return (UInt32(first), 1) }
        return decodeLong(bytes, at: offset, first: UInt32(first))
    }

    private static func decodeLong(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, first: UInt32
    ) -> (code: UInt32, count: Int)? {
        let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first <= 0xF4, bytes.count - offset >= count else { return nil }
        var code = first & (count == 2 ? 0x1F : count == 3 ? 0x0F : 0x07)
        for i in 1..<count {
            let byte = bytes[offset + i]
            guard byte & 0xC0 == 0x80 else { return nil }
            code = code << 6 | UInt32(byte & 0x3F)
        }
        switch count {
        case 3: guard code >= 0x800, code < 0xD800 || code >= 0xE000 else { return nil }
        case 4: guard code >= 0x10000, code <= 0x10FFFF else { return nil }
        default: break
        }
        return (code, count)
    }

    /// Code points in the first `offset` bytes of valid UTF-8.
    package static func characters(in bytes: UnsafeRawBufferPointer, before offset: Int) -> Int {
        var count = 0
        for i in 0..<min(offset, bytes.count) where bytes[i] & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
