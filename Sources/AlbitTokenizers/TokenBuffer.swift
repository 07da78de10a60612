/// Tokens while they are found, one after the other; grows by doubling.
final class TokenBuffer {
    private struct Token {
        var id: Int32
        var start: Int32
        var end: Int32
        var startsWord: Bool
    }

    private var tokens: UnsafeMutablePointer<Token>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(16, capacity)
        tokens = .allocate(capacity: self.capacity)
    }

    deinit { tokens.deallocate() }

    /// Where characters were sorted, a token may end before it begins: it has no place then but its end.
    @inline(__always)
    func append(_ id: Int32, _ start: UInt32, _ end: UInt32, startsWord: Bool) {
        if count == capacity { grow() }
        tokens[count] = Token(
            id: id, start: Int32(truncatingIfNeeded: min(start, end)), end: Int32(truncatingIfNeeded: end),
            startsWord: startsWord)
        count &+= 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Token>.allocate(capacity: 2 * capacity)
        larger.update(from: tokens, count: count)
        tokens.deallocate()
        (tokens, capacity) = (larger, 2 * capacity)
    }

    var run: TokenRun {
        var run = TokenRun()
        run.ids = Array(unsafeUninitializedCapacity: count) { fill($0, &$1) { $0.id } }
        run.starts = Array(unsafeUninitializedCapacity: count) { fill($0, &$1) { $0.start } }
        run.ends = Array(unsafeUninitializedCapacity: count) { fill($0, &$1) { $0.end } }
        run.startsWord = Array(unsafeUninitializedCapacity: count) { fill($0, &$1) { $0.startsWord } }
        return run
    }

    @inline(__always)
    private func fill<Part>(
        _ parts: UnsafeMutableBufferPointer<Part>, _ filled: inout Int, _ part: (Token) -> Part
    ) {
        for i in 0..<count { parts[i] = part(tokens[i]) }
        filled = count
    }
}
