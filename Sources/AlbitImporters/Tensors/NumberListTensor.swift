import AlbitText

/// A few numbers that a reader made or that a file spells shortly. Where there are fewer than the shape holds, the last
/// one fills the rest, as TensorFlow shortens constants; without any, all are 0.
final class NumberListTensor: LazyTensor {
    let shape: [Int]
    let dtype: TensorType
    let isSequential = false
    let origin: TensorOrigin? = nil
    private let values: [Float]

    init(shape: [Int], dtype: TensorType = .float32, values: [Float]) {
        self.shape = shape
        self.dtype = dtype
        self.values = values
    }

    /// `stored`: elements as a file has them.
    init(shape: [Int], dtype: TensorType, stored: [UInt8]) {
        self.shape = shape
        self.dtype = dtype
        let count = stored.count / dtype.size
        values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            stored.withUnsafeBytes { dtype.convert($0, to: UnsafeMutableBufferPointer(rebasing: buffer[..<count])) }
            filled = count
        }
    }

    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        let last = values.last ?? 0
        for i in 0..<buffer.count {
            let index = range.lowerBound &+ i
            buffer[i] = index >= 0 && index < values.count ? values[index] : last
        }
    }
}
