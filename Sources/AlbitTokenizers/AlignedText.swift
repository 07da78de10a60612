import AlbitText

/// Where a byte of prepared text comes from: a range of bytes of the original text.
struct Origin {
    var start: UInt32
    var end: UInt32
}

/// Prepared text with the origin of each of its bytes; grows by doubling.
final class AlignedText {
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    private(set) var origins: UnsafeMutablePointer<Origin>
    var count = 0
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = max(64, capacity)
        bytes = .allocate(capacity: self.capacity)
        origins = .allocate(capacity: self.capacity)
    }

    deinit {
        bytes.deallocate()
        origins.deallocate()
    }

    var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }

    /// Makes room for `extra` more bytes.
    @inline(__always)
    func reserve(_ extra: Int) {
        if count &+ extra > capacity { grow(extra) }
    }

    private func grow(_ extra: Int) {
        let larger = max(2 * capacity, count + extra)
        let newBytes = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        let newOrigins = UnsafeMutablePointer<Origin>.allocate(capacity: larger)
        newBytes.update(from: bytes, count: count)
        newOrigins.update(from: origins, count: count)
        bytes.deallocate()
        origins.deallocate()
        (bytes, origins, capacity) = (newBytes, newOrigins, larger)
    }

    /// Appends bytes of another text with their origins.
    func append(_ other: AlignedText, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        reserve(range.count)
        (bytes + count).update(from: other.bytes + range.lowerBound, count: range.count)
        (origins + count).update(from: other.origins + range.lowerBound, count: range.count)
        count &+= range.count
    }

    /// Takes the bytes `range` of `text`, each character its own origin; bytes that are not UTF-8 become U+FFFD.
    func take(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
        count = 0
        reserve(range.count + 16)
        let bounded = UnsafeRawBufferPointer(rebasing: text[..<range.upperBound])
        var position = range.lowerBound
        while position < range.upperBound {
            var (code, length): (UInt32, Int) = (0xFFFD, 1)
            if let decoded = UTF8Bytes.decode(bounded, at: position) { (code, length) = decoded }
            append(code: code, Origin(start: UInt32(position), end: UInt32(position + length)))
            position += length
        }
    }

    /// Whether all bytes are ASCII.
    var isASCII: Bool {
        var all: UInt8 = 0
        for i in 0..<count { all |= bytes[i] }
        return all < 0x80
    }

    /// The code point at an offset and its length; the text is UTF-8 by construction.
    @inline(__always)
    func character(_ offset: Int) -> (code: UInt32, count: Int) { UTF8Bytes.decode(raw, at: offset) ?? (0xFFFD, 1) }

    /// Appends a byte; room must be there.
    @inline(__always)
    func append(_ byte: UInt8, _ origin: Origin) {
        bytes[count] = byte
        origins[count] = origin
        count &+= 1
    }

    /// Appends the UTF-8 form of a code point.
    func append(code: UInt32, _ origin: Origin) {
        reserve(4)
        if code < 0x80 {
            append(UInt8(truncatingIfNeeded: code), origin)
        } else if code < 0x800 {
            append(UInt8(truncatingIfNeeded: 0xC0 | code >> 6), origin)
            append(UInt8(truncatingIfNeeded: 0x80 | code & 0x3F), origin)
        } else if code < 0x10000 {
            append(UInt8(truncatingIfNeeded: 0xE0 | code >> 12), origin)
            append(UInt8(truncatingIfNeeded: 0x80 | code >> 6 & 0x3F), origin)
            append(UInt8(truncatingIfNeeded: 0x80 | code & 0x3F), origin)
        } else {
            append(UInt8(truncatingIfNeeded: 0xF0 | code >> 18), origin)
            append(UInt8(truncatingIfNeeded: 0x80 | code >> 12 & 0x3F), origin)
            append(UInt8(truncatingIfNeeded: 0x80 | code >> 6 & 0x3F), origin)
            append(UInt8(truncatingIfNeeded: 0x80 | code & 0x3F), origin)
        }
    }
}
