import AlbitText

/// Some rows of a tensor, in ascending order, read as they are asked for.
final class SelectedRows: LazyTensor {
    let shape: [Int]
    var dtype: TensorType { base.dtype }
    var isSequential: Bool { base.isSequential }
    let origin: TensorOrigin? = nil
    private let base: any LazyTensor
    private let rows: [Int]
    /// Elements of a row.
    private let width: Int

    /// `rows` are below the first dimension of `base`.
    init(_ base: any LazyTensor, rows: [Int]) {
        self.base = base
        self.rows = rows
        shape = [rows.count] + base.shape.dropFirst()
        width = base.shape.dropFirst().reduce(1, *)
    }

    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        var index = range.lowerBound
        while index < range.upperBound {
            // As many neighbours as there are in one reading.
            let first = index / width
            var last = first
            while (last + 1) * width < range.upperBound, rows[last + 1] == rows[last] + 1 { last += 1 }
            let end = min(range.upperBound, (last + 1) * width)
            let start = rows[first] * width + index % width
            let place = index - range.lowerBound
            try base.read(
                start..<(start + end - index),
                into: UnsafeMutableBufferPointer(rebasing: buffer[place..<(place + end - index)]))
            index = end
        }
    }
}
