import AlbitModel
import AlbitText

/// A weight with a LoRA update added: `W[i][j] + scale · Σ left[i][k]·right[k][j]`. The sum runs over k in order, in
/// float32, each product and each sum rounded by itself; then come the scale and the addition. Rows are computed when
/// they are read, so a large weight is never held whole.
final class MergedTensor: LazyTensor {
    /// The two small matrices, and how they lie.
    struct Update {
        /// `lora_A` [rank][in] and `lora_B` [out][rank] of a dense layer; of an embedding `lora_embedding_A`
        /// [rank][rows] and `lora_embedding_B` [width][rank].
        var a: any LazyTensor
        var b: any LazyTensor
        var isEmbedding: Bool
        var scale: Float

        var rank: Int { a.shape.first ?? 0 }
        /// The shape of the weight that it is added to; empty where the two do not fit each other.
        var shape: [Int] {
            guard a.shape.count == 2, b.shape.count == 2, a.shape[0] == b.shape[1], a.shape[0] > 0 else { return [] }
            return isEmbedding ? [a.shape[1], b.shape[0]] : [b.shape[0], a.shape[1]]
        }
    }

    /// Elements of both small matrices together: 32 MiB as float32.
    static let maxElements = 8 << 20

    let shape: [Int]
    var dtype: TensorType { .float32 }
    let isSequential: Bool
    var origin: TensorOrigin? { nil }
    private let base: any LazyTensor
    private let update: Update
    /// The small matrices while the weight is read, as [rows][rank] and [rank][columns].
    private var left: [Float] = []
    private var right: [Float] = []

    /// The shapes must agree.
    init(_ base: any LazyTensor, _ update: Update) {
        self.base = base
        self.update = update
        shape = base.shape
        isSequential = base.isSequential
    }

    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        try base.read(range, into: buffer)
        if left.isEmpty { try load() }
        let width = shape[1]
        let rank = update.rank
        var sums = [Float](repeating: 0, count: width)
        var done = 0
        while done < range.count {
            let (row, column) = ((range.lowerBound + done) / width, (range.lowerBound + done) % width)
            let count = min(width - column, range.count - done)
            for j in 0..<count { sums[j] = 0 }
            for k in 0..<rank {
                let factor = left[row * rank + k]
                let start = k * width + column
                for j in 0..<count { sums[j] += factor * right[start + j] }
            }
            for j in 0..<count { buffer[done + j] += update.scale * sums[j] }
            done += count
        }
        // The last element was handed out: the next reader wants another tensor.
        if range.upperBound == elementCount {
            left = []
            right = []
        }
    }

    private func load() throws(Fault) {
        let a = try update.a.values(0..<update.a.elementCount)
        let b = try update.b.values(0..<update.b.elementCount)
        left = update.isEmbedding ? MergedTensor.transposed(a, update.a.shape) : b
        right = update.isEmbedding ? MergedTensor.transposed(b, update.b.shape) : a
    }

    private static func transposed(_ values: [Float], _ shape: [Int]) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for i in 0..<shape[0] {
            for j in 0..<shape[1] { result[j * shape[0] + i] = values[i * shape[1] + j] }
        }
        return result
    }
}

/// A bias with `scale · lora_B.bias` added, which PEFT has where `lora_bias` is true.
final class MergedBias: LazyTensor {
    let shape: [Int]
    var dtype: TensorType { .float32 }
    var isSequential: Bool { base.isSequential }
    var origin: TensorOrigin? { nil }
    private let base: any LazyTensor
    private let added: any LazyTensor
    private let scale: Float

    /// The shapes must agree.
    init(_ base: any LazyTensor, _ added: any LazyTensor, scale: Float) {
        self.base = base
        self.added = added
        self.scale = scale
        shape = base.shape
    }

    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        try base.read(range, into: buffer)
        let values = try added.values(range)
        for i in 0..<range.count { buffer[i] += scale * values[i] }
    }
}
