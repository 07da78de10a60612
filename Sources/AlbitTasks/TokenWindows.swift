import AlbitTokenizers

/// Overlapping parts of a long row of tokens, each as long as the model takes.
package struct TokenWindows: Sendable, Equatable {
    package let ranges: [Range<Int>]

    /// Parts of `count` tokens, `capacity` long but the last, each beginning `capacity - overlap` after the one
    /// before; one empty part for no tokens. The overlap is cut to leave a step of one token at least.
    package init(count: Int, capacity: Int, overlap: Int) {
        guard capacity > 0, count > capacity else {
            ranges = [0..<max(0, min(count, capacity))]
            return
        }
        let step = capacity - min(max(0, overlap), capacity - 1)
        var ranges: [Range<Int>] = []
        var first = 0
        while true {
            let end = min(count, first + capacity)
            ranges.append(first..<end)
            if end == count { break }
            first += step
        }
        self.ranges = ranges
    }

    package var count: Int { ranges.count }

    /// The window that sees most on the shorter side of a token; the earlier of equal ones.
    package func window(of token: Int) -> Int {
        guard ranges.count > 1 else { return 0 }
        // Steps are equal but for the last window, so only few neighbours hold the token.
        let step = ranges[1].lowerBound - ranges[0].lowerBound
        let last = min(ranges.count - 1, token / step)
        var best = (window: last, context: -1)
        var window = last
        while window >= 0, ranges[window].contains(token) {
            let context = min(
                window == 0 ? Int.max : token - ranges[window].lowerBound,
                window == ranges.count - 1 ? Int.max : ranges[window].upperBound - 1 - token)
            if context >= best.context { best = (window, context) }
            window -= 1
        }
        return best.window
    }
}

extension TokenRun {
    /// The tokens of a part; offsets stay those of the whole text.
    package subscript(part: Range<Int>) -> TokenRun {
        var run = TokenRun()
        run.ids = Array(ids[part])
        run.starts = Array(starts[part])
        run.ends = Array(ends[part])
        run.startsWord = Array(startsWord[part])
        return run
    }
}
