import AlbitText

/// What the first steps of a normalizer make of ASCII characters among their like, each by itself: one look at a
/// table for a byte.
///
/// None of these steps looks across the border of two ASCII characters, but for a line end of two: grapheme clusters
/// end there, and marks are sorted and composed no further. `Replace` of a text by a text may stand in front of them.
struct PlainBytes: Sendable {
    private struct Literal: Sendable {
        var pattern: [UInt8]
        var content: [UInt8]
    }

    /// Values of the table that are no ASCII characters: the byte is dropped, it may begin what is replaced, or the
    /// steps themselves have to see it.
    static let dropped: UInt8 = 0xFD
    static let replaced: UInt8 = 0xFE
    static let other: UInt8 = 0xFF

    /// How many of the steps these are.
    private(set) var stepCount = 0
    /// What becomes of each byte.
    private(set) var table = [UInt8](repeating: PlainBytes.other, count: 256)
    /// The same for the bytes of patterns where they are not replaced.
    private var kept: [UInt8] = []
    private var literals: [Literal] = []

    init(_ steps: [NormalizerStep], charsmap: Charsmap) {
        for byte in UInt8(0)..<0x80 { table[Int(byte)] = byte }
        while stepCount < steps.count, case .replace(.literal(let pattern), let content) = steps[stepCount],
            isIndependent(pattern, content)
        {
            literals.append(Literal(pattern: pattern, content: content))
            stepCount += 1
        }
        kept = table
        while stepCount < steps.count, PlainBytes.isLocal(steps[stepCount]) {
            for byte in 0..<0x80 where kept[byte] < 0x80 {
                kept[byte] = PlainBytes.change(kept[byte], by: steps[stepCount], charsmap)
            }
            stepCount += 1
        }
        table = kept
        for i in literals.indices {
            literals[i].content = literals[i].content.map { kept[Int($0)] }
            let isPlain = literals[i].content.allSatisfy { $0 < 0x80 }
            for byte in literals[i].pattern {
                table[Int(byte)] = isPlain && kept[Int(byte)] < 0x80 ? PlainBytes.replaced : PlainBytes.other
            }
        }
    }

    /// Whether a replacement can be made at one time with those before it.
    private func isIndependent(_ pattern: [UInt8], _ content: [UInt8]) -> Bool {
        guard !pattern.isEmpty, !content.isEmpty else { return false }
        for byte in pattern {
            if byte >= 0x80 { return false }
            for literal in literals where literal.pattern.contains(byte) || literal.content.contains(byte) {
                return false
            }
        }
        return content.allSatisfy { $0 < 0x80 }
    }

    private static func isLocal(_ step: NormalizerStep) -> Bool {
        switch step {
        case .cleanText, .spaceIdeographs, .stripNonspacingMarks, .form, .lowercase, .stripAccents, .nmt, .precompiled:
            true
        case .strip, .prepend, .replace: false
        }
    }

    private static func change(_ byte: UInt8, by step: NormalizerStep, _ charsmap: Charsmap) -> UInt8 {
        var changed: UInt32? = UInt32(byte)
        switch step {
        case .cleanText: changed = BertNormalizer.clean(UInt32(byte))
        case .lowercase: return byte &- 0x41 < 26 ? byte | 0x20 : byte
        case .nmt: changed = Nmt.change(UInt32(byte))
        // A carriage return and a line feed are one cluster.
        case .precompiled: return byte == 0 || byte == 0x0D ? other : charsmap.alone(byte) ?? other
        default: break
        }
        return changed.map { UInt8(truncatingIfNeeded: $0) } ?? dropped
    }

    /// Where what is replaced at `position` ends, and what is written for it.
    func replacement(_ text: UnsafeRawBufferPointer, at position: Int, before end: Int) -> (Int, [UInt8])? {
        for literal in literals where literal.pattern[0] == text[position] && end - position >= literal.pattern.count {
            var length = 1
            while length < literal.pattern.count, text[position + length] == literal.pattern[length] { length += 1 }
            if length == literal.pattern.count { return (position + length, literal.content) }
        }
        return nil
    }

    /// What becomes of a byte that is not replaced.
    func single(_ byte: UInt8) -> UInt8 { kept[Int(byte)] }

    /// Where a stretch has to begin whose last plain character comes from `position`: what may have been replaced
    /// there is seen as a whole.
    func stretchStart(_ text: UnsafeRawBufferPointer, _ position: Int, after start: Int) -> Int {
        var position = position
        if table[Int(text[position])] == PlainBytes.replaced {
            while position > start, table[Int(text[position - 1])] == PlainBytes.replaced { position -= 1 }
        }
        return position
    }

    /// Where a stretch ends that goes on at `position`: behind an ASCII character that stays and is followed by one.
    func stretchEnd(_ text: UnsafeRawBufferPointer, _ position: Int, before end: Int) -> Int {
        var last = end
        var position = position
        while position < end {
            let value = table[Int(text[position])]
            if value < 0x80 || value == PlainBytes.replaced {
                if last < end { return last }
                if value < 0x80 { last = position + 1 }
            } else if value == PlainBytes.other {
                last = end
            }
            position += 1
        }
        return end
    }
}
