/// SentencePiece's precompiled character map: a darts-clone double array from UTF-8 prefixes to replacements.
///
/// Layout: the array's size in bytes as UInt32, the array, then the replacements, each ended by a zero byte. A unit:
/// label in bits 0-7, bit 8 says that a value follows, bit 9 and bits 10-30 are the offset; a value unit has bit 31.
/// Source: google/sentencepiece, src/normalizer.cc; s-yata/darts-clone, include/darts.h.
struct Charsmap {
    /// Bytes of the longest rule and replacement that are followed; those of SentencePiece's own maps have 33 at most.
    private static let maxRuleBytes = 128

    private let units: UnsafeRawBufferPointer
    private let unitCount: Int
    private let replacements: UnsafeRawBufferPointer

    /// An empty blob is a map that changes nothing; nil where the blob contradicts itself.
    init?(_ blob: UnsafeRawBufferPointer) {
        if blob.isEmpty {
            units = blob
            replacements = blob
            unitCount = 0
            return
        }
        guard blob.count >= 4, let size = Int(exactly: blob.loadUnaligned(as: UInt32.self)), size >= 4, size % 4 == 0,
            size <= blob.count - 4, blob[blob.count - 1] == 0
        else { return nil }
        units = UnsafeRawBufferPointer(rebasing: blob[4..<(4 + size)])
        unitCount = size / 4
        replacements = UnsafeRawBufferPointer(rebasing: blob[(4 + size)...])
    }

    var isEmpty: Bool { unitCount == 0 }

    @inline(__always)
    private func unit(_ i: Int) -> UInt32 { units.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self) }

    @inline(__always)
    private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & (1 << 9)) >> 6)) }

    /// Whether an ASCII byte stays itself wherever another ASCII byte or the end follows it.
    func keeps(_ byte: UInt8) -> Bool { alone(byte) == byte }

    /// What becomes of an ASCII byte wherever another ASCII byte or the end follows it; nil where that is no ASCII
    /// byte, or not always the same.
    func alone(_ byte: UInt8) -> UInt8? {
        guard unitCount > 0 else { return byte }
        var node = Charsmap.offset(unit(0)) ^ Int(byte)
        guard node < unitCount else { return byte }
        let unit = unit(node)
        guard unit & 0x8000_00FF == UInt32(byte) else { return byte }
        node ^= Charsmap.offset(unit)
        var result = byte
        if unit & (1 << 8) != 0 {
            guard node < unitCount else { return nil }
            let value = Int(self.unit(node) & 0x7FFF_FFFF)
            guard value + 1 < replacements.count, replacements[value] < 0x80, replacements[value] != 0,
                replacements[value + 1] == 0
            else { return nil }
            result = replacements[value]
        }
        for next in 1..<0x80 where node ^ next < unitCount && self.unit(node ^ next) & 0x8000_00FF == UInt32(next) {
            return nil
        }
        return result
    }

    /// What stands for the shortest rule that the bytes `range` begin with, as the `tokenizers` library takes it.
    func shortest(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer? {
        guard unitCount > 0 else { return nil }
        var node = Charsmap.offset(unit(0))
        for position in range {
            let byte = text[position]
            node ^= Int(byte)
            guard byte != 0, node < unitCount else { return nil }
            let unit = unit(node)
            guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
            node ^= Charsmap.offset(unit)
            guard node < unitCount else { return nil }
            guard unit & (1 << 8) != 0 else { continue }
            return replacement(Int(self.unit(node) & 0x7FFF_FFFF))
        }
        return nil
    }

    /// The replacement at an offset, up to its zero byte; nil where there is none or it is too long.
    private func replacement(_ value: Int) -> UnsafeRawBufferPointer? {
        guard value < replacements.count else { return nil }
        var end = value
        while end < replacements.count, end - value <= Charsmap.maxRuleBytes, replacements[end] != 0 { end += 1 }
        guard end - value <= Charsmap.maxRuleBytes else { return nil }
        return UnsafeRawBufferPointer(rebasing: replacements[value..<end])
    }

    /// The longest rule that matches at `start`: how many bytes it takes and what stands for them; nil where none does.
    func longest(_ text: UnsafeRawBufferPointer, at start: Int) -> (count: Int, replacement: UnsafeRawBufferPointer)? {
        guard unitCount > 0 else { return nil }
        var node = Charsmap.offset(unit(0))
        var position = start
        var found = 0
        var value = 0
        let limit = min(text.count, start + Charsmap.maxRuleBytes)
        while position < limit {
            node ^= Int(text[position])
            guard node < unitCount else { break }
            let unit = unit(node)
            guard unit & 0x8000_00FF == UInt32(text[position]) else { break }
            position += 1
            node ^= Charsmap.offset(unit)
            guard node < unitCount else { break }
            if unit & (1 << 8) != 0 {
                found = position - start
                value = Int(self.unit(node) & 0x7FFF_FFFF)
            }
        }
        guard found > 0, let replacement = replacement(value) else { return nil }
        return (found, replacement)
    }
}
