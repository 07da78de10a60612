/// Tokens of one text without any frame: ids, and bytes of the original text they cover.
package struct TokenRun: Sendable, Equatable {
    package var ids: [Int32] = []
    package var starts: [Int32] = []
    package var ends: [Int32] = []
    /// Whether a word begins with the token: a mark of white space before it (Unigram), no "##" (WordPiece).
    package var startsWord: [Bool] = []

    package init() {}

    package var count: Int { ids.count }

    /// Where characters were sorted, a token may end before it begins: it has no place then but its end.
    mutating func append(_ id: Int32, _ start: UInt32, _ end: UInt32, startsWord: Bool) {
        ids.append(id)
        starts.append(Int32(truncatingIfNeeded: min(start, end)))
        ends.append(Int32(truncatingIfNeeded: end))
        self.startsWord.append(startsWord)
    }

    mutating func reserve(_ extra: Int) {
        ids.reserveCapacity(ids.count + extra)
        starts.reserveCapacity(starts.count + extra)
        ends.reserveCapacity(ends.count + extra)
        startsWord.reserveCapacity(startsWord.count + extra)
    }
}

extension TokenRun {
    /// Keeps the first `count` tokens.
    mutating func truncate(_ count: Int) {
        guard count < ids.count else { return }
        ids.removeLast(ids.count - count)
        starts.removeLast(starts.count - count)
        ends.removeLast(ends.count - count)
        startsWord.removeLast(startsWord.count - count)
    }
}
