import AlbitText

/// Compares two tensors by content, block by block.
enum TensorComparison {
    /// Whether shapes and all values (as float32 bits) agree; tensors of one origin are not read.
    static func equal(_ a: any LazyTensor, _ b: any LazyTensor) throws(Fault) -> Bool {
        guard a.shape == b.shape else { return false }
        if a === b { return true }
        if let first = a.origin, let second = b.origin, first == second, a.dtype == b.dtype { return true }
        let block = 1 << 16
        let count = a.elementCount
        let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 2 * min(block, max(count, 1)))
        defer { scratch.deallocate() }
        var start = 0
        while start < count {
            let size = min(block, count - start)
            let left = UnsafeMutableBufferPointer(rebasing: scratch[..<size])
            let right = UnsafeMutableBufferPointer(rebasing: scratch[size..<(2 * size)])
            try a.read(start..<(start + size), into: left)
            try b.read(start..<(start + size), into: right)
            for i in 0..<size where left[i].bitPattern != right[i].bitPattern { return false }
            start += size
        }
        return true
    }
}
