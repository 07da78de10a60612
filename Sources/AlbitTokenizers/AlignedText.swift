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
    /// A step took a character away where nothing stood before it, so that origins behind it are not those of the
    /// characters (`TextRewriter`).
    var isShifted = false
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = max(64, capacity)
        (bytes, origins) = AlignedText.allocate(self.capacity)
    }

    deinit { origins.deallocate() }

    /// Memory for both, origins first.
    private static func allocate(_ capacity: Int) -> (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Origin>) {
        let size = MemoryLayout<Origin>.stride
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * (size + 1), alignment: MemoryLayout<Origin>.alignment)
        return (
            (memory + capacity * size).bindMemory(to: UInt8.self, capacity: capacity),
            memory.bindMemory(to: Origin.self, capacity: capacity)
        )
    }

    var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }

    /// Makes room for `extra` more bytes.
    @inline(__always)
    func reserve(_ extra: Int) {
        if count &+ extra > capacity { grow(extra) }
    }

    private func grow(_ extra: Int) {
        let larger = max(2 * capacity, count + extra)
        let (newBytes, newOrigins) = AlignedText.allocate(larger)
        newBytes.update(from: bytes, count: count)
        newOrigins.update(from: origins, count: count)
        origins.deallocate()
        (bytes, origins, capacity) = (newBytes, newOrigins, larger)
    }

    /// Appends bytes of another text with their origins up to one that stops; room must be there. Returns where that
    /// is.
    func append(_ other: AlignedText, _ range: Range<Int>, upTo stops: [Bool]) -> Int {
        let (from, to) = ((bytes: other.bytes, origins: other.origins), (bytes: bytes, origins: origins))
        var position = range.lowerBound
        var place = count
        stops.withUnsafeBufferPointer { stops in
            while position < range.upperBound, !stops[Int(from.bytes[position])] {
                to.bytes[place] = from.bytes[position]
                to.origins[place] = from.origins[position]
                position &+= 1
                place &+= 1
            }
        }
        count = place
        return position
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

    /// Appends what a table makes of the bytes `range` of `text`, each with its own origin, as far as that are ASCII
    /// characters or nothing (`PlainBytes`). Returns where it is something else.
    func append(_ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ table: [UInt8]) -> Int {
        reserve(range.count)
        var position = range.lowerBound
        var to = count
        let (bytes, origins) = (self.bytes, self.origins)
        table.withUnsafeBufferPointer { table in
            while position < range.upperBound {
                let value = table[Int(text[position])]
                if value < 0x80 {
                    bytes[to] = value
                    origins[to] = Origin(
                        start: UInt32(truncatingIfNeeded: position), end: UInt32(truncatingIfNeeded: position &+ 1))
                    to &+= 1
                } else if value != PlainBytes.dropped {
                    break
                }
                position &+= 1
            }
        }
        count = to
        return position
    }

    /// Whether all bytes are ASCII.
    var isASCII: Bool {
        var all: UInt8 = 0
        for i in 0..<count { all |= bytes[i] }
        return all < 0x80
    }

    /// Whether a step leaves all characters alone, each by itself, and their origins too.
    @inline(__always)
    func isKept(_ stays: (UInt32) -> Bool) -> Bool {
        // Characters at the beginning that have no place are written twice (`TextRewriter`).
        guard count > 0, origins[0].start != origins[0].end else { return count == 0 }
        var position = 0
        while position < count {
            if bytes[position] < 0x80 {
                if !stays(UInt32(bytes[position])) { return false }
                position += 1
            } else {
                let (code, length) = character(position)
                if !stays(code) { return false }
                position += length
            }
        }
        return true
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
