import AlbitText

/// `Precompiled`: SentencePiece's character map as the `tokenizers` library applies it, which is not as SentencePiece
/// does. A grapheme cluster of less than six bytes is replaced as a whole by the shortest rule that it begins with;
/// else each of its characters is, by itself.
///
/// Source: tokenizers 0.23, src/normalizers/precompiled.rs; the crate spm_precompiled.
enum Precompiled {
    private struct Change {
        var code: UInt32
        var change: Int
    }

    static func apply(_ source: AlignedText, into target: AlignedText, start: UInt32, charsmap: Charsmap) -> Bool {
        let raw = source.raw
        if isKept(raw, charsmap) { return false }
        var changes: [Change] = []
        changes.reserveCapacity(source.count)
        var isShifted = false
        var position = 0
        while position < source.count {
            let end = GraphemeClusters.end(raw, from: position)
            if end - position < 6, let rule = charsmap.shortest(raw, position..<end) {
                if changes.isEmpty, rule.isEmpty { isShifted = true }
                replace(raw, position..<end, by: rule, &changes)
                position = end
                continue
            }
            while position < end {
                let (code, count) = source.character(position)
                if let rule = charsmap.shortest(raw, position..<(position + count)) {
                    if changes.isEmpty, rule.isEmpty { isShifted = true }
                    replace(raw, position..<(position + count), by: rule, &changes)
                } else {
                    changes.append(Change(code: code, change: 0))
                }
                position += count
            }
        }
        if isShifted { target.isShifted = true }
        var rewriter = TextRewriter(source, into: target, start: start)
        for change in changes { rewriter.write(change.code, change.change) }
        return true
    }

    /// Whether no rule applies: so it is mostly.
    private static func isKept(_ raw: UnsafeRawBufferPointer, _ charsmap: Charsmap) -> Bool {
        var position = 0
        while position < raw.count {
            let end = GraphemeClusters.end(raw, from: position)
            if end - position < 6, charsmap.shortest(raw, position..<end) != nil { return false }
            while position < end {
                let count = UTF8Bytes.decode(raw, at: position)?.count ?? 1
                if charsmap.shortest(raw, position..<(position + count)) != nil { return false }
                position += count
            }
        }
        return true
    }

    private static func replace(
        _ raw: UnsafeRawBufferPointer, _ range: Range<Int>, by rule: UnsafeRawBufferPointer, _ changes: inout [Change]
    ) {
        var old = 0
        for i in range where raw[i] & 0xC0 != 0x80 { old += 1 }
        var new = 0
        var position = 0
        while position < rule.count {
            let (code, count) = UTF8Bytes.decode(rule, at: position) ?? (0xFFFD, 1)
            changes.append(Change(code: code, change: 0))
            position += count
            new += 1
        }
        if new > old {
            for i in changes.count - (new - old)..<changes.count { changes[i].change = 1 }
        } else if new < old, !changes.isEmpty {
            changes[changes.count - 1].change += new - old
        }
    }
}
