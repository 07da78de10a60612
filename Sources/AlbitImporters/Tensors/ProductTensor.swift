import AlbitText

/// The product of two stored matrices, row by row as it is read: a word embedding that is kept as two factors.
final class ProductTensor: LazyTensor {
    let shape: [Int]
    var dtype: TensorType { .float32 }
    var isSequential: Bool { first.isSequential || second.isSequential }
    let origin: TensorOrigin? = nil
    private let first: any LazyTensor
    private let second: any LazyTensor
    /// The second factor, once it was read.
    private var factor: [Float] = []

    /// Elements of the second factor, which is kept: [E][H].
    private static let maxElements = 1 << 24

    /// Nil where the shapes do not go together.
    init?(_ first: any LazyTensor, _ second: any LazyTensor) {
        guard first.shape.count == 2, second.shape.count == 2, first.shape[1] == second.shape[0],
            first.dtype.isFloating, second.dtype.isFloating,
            second.shape[0] > 0, second.shape[1] > 0,
            second.shape.checkedProduct ?? Int.max <= ProductTensor.maxElements,
            [first.shape[0], second.shape[1]].checkedProduct != nil
        else { return nil }
        self.first = first
        self.second = second
        shape = [first.shape[0], second.shape[1]]
    }

    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        if factor.isEmpty {
            factor = try second.values(0..<second.elementCount)
        }
        let (inner, columns) = (second.shape[0], shape[1])
        var sums = [Double](repeating: 0, count: columns)
        var index = range.lowerBound
        while index < range.upperBound {
            let number = index / columns
            let row = try first.values((number * inner)..<((number + 1) * inner))
            for column in 0..<columns { sums[column] = 0 }
            for k in 0..<inner {
                let x = Double(row[k])
                for column in 0..<columns { sums[column] += x * Double(factor[k * columns + column]) }
            }
            let end = min(range.upperBound, (number + 1) * columns)
            while index < end {
                buffer[index - range.lowerBound] = Float(sums[index % columns])
                index += 1
            }
        }
    }
}
