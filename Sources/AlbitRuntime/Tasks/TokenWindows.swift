import AlbitTokenizers

/// Overlapping parts of a long row of tokens, each as long as the model takes.
package enum TokenWindows {
    /// Parts of `count` tokens, `capacity` long but the last, each beginning `capacity - overlap` after the one
    /// before; one empty part for no tokens. The overlap is cut to leave a step of one token at least.
    package static func ranges(count: Int, capacity: Int, overlap: Int) -> [Range<Int>] {
        guard capacity > 0, count > capacity else { return [0..<Swift.max(0, Swift.min(count, capacity))] }
        let step = capacity - Swift.min(Swift.max(0, overlap), capacity - 1)
        var ranges: [Range<Int>] = []
        var first = 0
        while true {
            let end = Swift.min(count, first + capacity)
            ranges.append(first..<end)
            if end == count { return ranges }
            first += step
        }
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
