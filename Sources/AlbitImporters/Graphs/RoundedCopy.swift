import AlbitText

/// How far a matrix is from another one that it is a copy of, where one of them, or both, were rounded to 8 bits each
/// by itself.
struct RoundedCopy {
    /// ‖a - b‖, by which no product with a vector x may differ by more than ‖a - b‖ ‖x‖.
    let distance: Double

    /// Steps of a grid between the smallest and the largest value of a matrix: converters use 7 bits at least.
    private static let steps: Float = 127

    /// Nil where an element of one is further from that of the other than half a step of both their grids, which
    /// rounding cannot make. A grid reaches from the smallest to the largest value and holds 0.
    init?(_ a: FoldedConstant, of b: FoldedConstant) throws(Fault) {
        guard a.shape == b.shape, let first = a.tensor, let second = b.tensor else { return nil }
        let block = 1 << 16
        let count = first.elementCount
        let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 2 * block)
        defer { scratch.deallocate() }
        let left = UnsafeMutableBufferPointer(rebasing: scratch[..<block])
        let right = UnsafeMutableBufferPointer(rebasing: scratch[block...])
        var (lowest, highest) = ((Float(0), Float(0)), (Float(0), Float(0)))
        var largest: Float = 0
        var sum = 0.0
        var start = 0
        while start < count {
            let size = min(block, count - start)
            try first.read(start..<(start + size), into: left)
            try second.read(start..<(start + size), into: right)
            for i in 0..<size {
                lowest = (min(lowest.0, left[i]), min(lowest.1, right[i]))
                highest = (max(highest.0, left[i]), max(highest.1, right[i]))
                let difference = abs(left[i] - right[i])
                // Not a number is no copy either.
                guard difference < .infinity else { return nil }
                largest = max(largest, difference)
                sum += Double(difference) * Double(difference)
            }
            start += size
        }
        let ranges = (highest.0 - lowest.0) + (highest.1 - lowest.1)
        guard largest <= ranges / RoundedCopy.steps / 2 * 1.001 else { return nil }
        distance = sum.squareRoot()
    }
}
