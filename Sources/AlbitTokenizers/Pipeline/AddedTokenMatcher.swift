import AlbitText

/// Finds added tokens in a text as the `tokenizers` library does: of those that begin first the longest, then what
/// their rules say about the characters around.
///
/// Source: tokenizers 0.23, src/tokenizer/added_vocabulary.rs, `find_matches`.
struct AddedTokenMatcher {
    /// Sorted by their bytes.
    private let tokens: [SpecialToken]
    private let patterns: [[UInt8]]
    private var firsts = [Bool](repeating: false, count: 256)

    /// `patterns` are what is looked for, a token each.
    init(_ list: [(token: SpecialToken, pattern: [UInt8])]) {
        let sorted = list.filter { !$0.pattern.isEmpty }.sorted { a, b in
            for (x, y) in zip(a.pattern, b.pattern) where x != y { return x < y }
            return a.pattern.count < b.pattern.count
        }
        tokens = sorted.map { $0.token }
        patterns = sorted.map { $0.pattern }
        for pattern in patterns { firsts[Int(pattern[0])] = true }
    }

    var isEmpty: Bool { tokens.isEmpty }

    /// Calls `visit(token, start, end)` for tokens and the text between, in order; -1 is text. Parts of text are not
    /// empty.
    func split(_ text: UnsafeRawBufferPointer, _ visit: (_ token: Int32, _ start: Int, _ end: Int) -> Void) {
        var reached = 0
        var position = 0
        while !tokens.isEmpty {
            position = next(text, position)
            guard position < text.count else { break }
            guard let (token, matchEnd) = longest(text, at: position) else {
                position += 1
                continue
            }
            var (start, end) = (position, matchEnd)
            position = matchEnd
            if token.singleWord, !isBoundary(before: start, text) || !isBoundary(after: end, text) { continue }
            if token.stripsLeft { start = max(reached, AddedTokenMatcher.spaceStart(text, before: start)) }
            if token.stripsRight { end = AddedTokenMatcher.spaceEnd(text, after: end) }
            if reached < start { visit(-1, reached, start) }
            visit(token.id, start, end)
            reached = end
        }
        if reached < text.count { visit(-1, reached, text.count) }
    }

    /// The next place where a token may begin.
    private func next(_ text: UnsafeRawBufferPointer, _ position: Int) -> Int {
        var position = position
        firsts.withUnsafeBufferPointer { firsts in
            while position < text.count, !firsts[Int(text[position])] { position &+= 1 }
        }
        return position
    }

    private func longest(_ text: UnsafeRawBufferPointer, at position: Int) -> (SpecialToken, Int)? {
        var (low, high) = (0, patterns.count)
        var depth = 0
        var best: (SpecialToken, Int)?
        while low < high {
            if patterns[low].count == depth {
                best = (tokens[low], position + depth)
                // A pattern that stands twice: the first one counts.
                while low < high, patterns[low].count == depth { low += 1 }
            }
            guard position + depth < text.count else { break }
            let byte = text[position + depth]
            low = bound(low, high, depth) { $0 < byte }
            high = bound(low, high, depth) { $0 <= byte }
            depth += 1
        }
        return best
    }

    /// The first of the patterns from `low` to `high` whose byte at `depth` is not `isBefore`.
    private func bound(_ low: Int, _ high: Int, _ depth: Int, _ isBefore: (UInt8) -> Bool) -> Int {
        var (low, high) = (low, high)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(patterns[middle][depth]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func isBoundary(before end: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        guard end > 0 else { return true }
        guard let decoded = UTF8Bytes.decode(text, at: AddedTokenMatcher.lead(text, before: end)) else { return true }
        return !LibraryProperties.flags(decoded.code).hasAny(.word)
    }

    private func isBoundary(after start: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        guard start < text.count, let decoded = UTF8Bytes.decode(text, at: start) else { return true }
        return !LibraryProperties.flags(decoded.code).hasAny(.word)
    }

    private static func lead(_ text: UnsafeRawBufferPointer, before end: Int) -> Int {
        var start = end - 1
        while start > 0, end - start < 4, text[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    /// Where the white space that ends at `end` begins.
    static func spaceStart(_ text: UnsafeRawBufferPointer, before end: Int) -> Int {
        var end = end
        while end > 0 {
            let start = lead(text, before: end)
            guard let decoded = UTF8Bytes.decode(text, at: start), start + decoded.count == end,
                LibraryProperties.flags(decoded.code).hasAny(.space)
            else { break }
            end = start
        }
        return end
    }

    static func spaceEnd(_ text: UnsafeRawBufferPointer, after start: Int) -> Int {
        var start = start
        while start < text.count {
            guard let decoded = UTF8Bytes.decode(text, at: start), LibraryProperties.flags(decoded.code).hasAny(.space)
            else { break }
            start += decoded.count
        }
        return start
    }
}
