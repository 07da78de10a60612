import AlbitText

/// A tensor that is stored in parts, cut along one axis.
final class JoinedTensor: LazyTensor {
    struct Part {
        /// First index along the axis.
        var start: Int
        var tensor: any LazyTensor
    }

    let shape: [Int]
    let dtype: TensorType
    let isSequential: Bool
    var origin: TensorOrigin? { nil }
    private let axis: Int
    private let parts: [Part]

    /// Nil where the parts do not cover the axis once, or differ otherwise.
    init?(shape: [Int], axis: Int, parts: [Part]) {
        guard let first = parts.first, shape.indices.contains(axis) else { return nil }
        let sorted = parts.sorted { $0.start < $1.start }
        var end = 0
        for part in sorted {
            var expected = shape
            guard part.tensor.shape.count == shape.count, part.start == end, part.tensor.dtype == first.tensor.dtype
            else { return nil }
            expected[axis] = part.tensor.shape[axis]
            guard part.tensor.shape == expected else { return nil }
            end += part.tensor.shape[axis]
        }
        guard end == shape[axis] else { return nil }
        self.shape = shape
        self.axis = axis
        self.parts = sorted
        dtype = first.tensor.dtype
        isSequential = sorted.contains { $0.tensor.isSequential }
    }

    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        // Elements of one step along the axis, and of all steps.
        let inner = shape[(axis + 1)...].reduce(1, &*)
        let whole = shape[axis] &* inner
        guard whole > 0 else { return }
        var position = range.lowerBound
        while position < range.upperBound {
            let outer = position / whole
            let within = position % whole
            guard let part = parts.last(where: { $0.start &* inner <= within }) else { return }
            let size = part.tensor.shape[axis] &* inner
            let offset = within - part.start &* inner
            let count = min(size - offset, range.upperBound - position)
            guard count > 0 else { return }
            let to = position - range.lowerBound
            try part.tensor.read(
                (outer &* size + offset)..<(outer &* size + offset + count),
                into: UnsafeMutableBufferPointer(rebasing: buffer[to..<(to + count)]))
            position += count
        }
    }
}
