/// A step of a best path through a text, which knows where its last piece begins: -1 where nothing leads to it.
protocol LinkedStep {
    var start: Int32 { get set }
}

extension UnsafeMutablePointer where Pointee: LinkedStep {
    /// Turns the links of the path that ends at `count` around, each now leading to the end of the piece behind it, so
    /// that it is walked from its beginning. The end of its first piece, -1 for an empty path; nil where it is broken.
    @inline(__always)
    func turnPath(endingAt count: Int) -> Int? {
        var end = count
        var next = -1
        while end > 0 {
            let previous = Int(self[end].start)
            guard previous >= 0, previous < end else { return nil }
            self[end].start = Int32(truncatingIfNeeded: next)
            next = end
            end = previous
        }
        return next
    }
}
