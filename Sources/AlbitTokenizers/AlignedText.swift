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
