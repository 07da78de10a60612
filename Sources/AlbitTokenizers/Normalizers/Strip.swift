import AlbitText

/// `Strip`: white space at the ends goes.
enum Strip {
    static func apply(_ source: AlignedText, into target: AlignedText, start: UInt32, left: Bool, right: Bool) -> Bool {
        var (begin, leading, end) = (0, 0, 0)
        var isLeading = left
        var position = 0
        while position < source.count {
            let (code, count) = source.character(position)
            position += count
            if LibraryProperties.flags(code).hasAny(.space) {
                guard isLeading else { continue }
                leading += 1
                begin = position
            } else {
                isLeading = false
                end = position
            }
        }
        // A text of nothing but white space: all of it is leading, or all of it trailing.
        if !right { end = source.count }
        if isLeading { begin = source.count }
        guard begin > 0 || end < source.count else { return false }
        var rewriter = TextRewriter(source, into: target, start: start, skipped: leading)
        position = begin
        while position < end {
            let (code, count) = source.character(position)
            rewriter.write(code, 0)
            position += count
        }
        return true
    }
}
