import AlbitText

/// `Lowercase`: each character by itself, so that a capital sigma never becomes a final one.
enum Lowercase {
    static func apply(_ source: AlignedText, into target: AlignedText, start: UInt32) -> Bool {
        if source.isASCII {
            for i in 0..<source.count where source.bytes[i] &- 0x41 < 26 { source.bytes[i] |= 0x20 }
            return false
        }
        if source.isKept({ LibraryProperties.lower($0) == $0 && $0 != 0x130 }) { return false }
        var rewriter = TextRewriter(source, into: target, start: start)
        var position = 0
        while position < source.count {
            let (code, count) = source.character(position)
            position += count
            if code == 0x130 {
                rewriter.write(0x69, 0)
                rewriter.write(0x307, 1)
            } else {
                rewriter.write(LibraryProperties.lower(code), 0)
            }
        }
        return true
    }
}
