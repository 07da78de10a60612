/// Drops characters and maps others, one by one, with the origins of the library's `filter` and `map`: what is dropped
/// belongs to no character.
enum CharacterFilter {
    /// `change` returns what becomes of a code point; nil drops it. Returns whether anything changed, then `target` has
    /// it.
    static func apply(
        _ source: AlignedText, into target: AlignedText, start: UInt32, _ change: (UInt32) -> UInt32?
    ) -> Bool {
        var position = 0
        var isSame = true
        while position < source.count, isSame {
            let (code, count) = source.character(position)
            isSame = change(code) == code
            position += count
        }
        if isSame { return false }
        var leading = 0
        position = 0
        while position < source.count {
            let (code, count) = source.character(position)
            if change(code) != nil { break }
            leading += 1
            position += count
        }
        // Nothing left: the library does not skip what it drops then.
        var rewriter = TextRewriter(source, into: target, start: start, skipped: position < source.count ? leading : 0)
        var pending: UInt32?
        var dropped = 0
        while position < source.count {
            let (code, count) = source.character(position)
            position += count
            guard let changed = change(code) else {
                dropped += 1
                continue
            }
            if let pending { rewriter.write(pending, -dropped) }
            pending = changed
            dropped = 0
        }
        if let pending { rewriter.write(pending, -dropped) }
        return true
    }
}
