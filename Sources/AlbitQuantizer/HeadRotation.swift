import AlbitText
import CKernels

/// An orthogonal matrix [size][size] that is folded into the weights of each attention head. Queries and keys share
/// one, so that their products stay the same; values have another, undone by the output matmul. It costs nothing
/// at run time and spreads outlier channels over the head before queries, keys and values become int8.
struct HeadRotation: Sendable {
    let size: Int
    /// Row-major.
    let matrix: [Double]

    /// For powers of two a Walsh-Hadamard matrix with random signs; else a random orthogonal matrix. Both are fixed
    /// by `seed`, and made without libm.
    init(size: Int, seed: UInt64) {
        self.size = size
        var random = SplitMix64(seed: seed)
        if size & (size - 1) == 0 {
            var root = 1.0
            var count = size
            while count > 1 {
                root *= 2
                count /= 2
            }
            let scale = 1 / root.squareRoot()
            let signs = (0..<size).map { _ in random.next() & 1 == 0 ? scale : -scale }
            matrix = (0..<(size * size)).map { index in
                let parity = ((index / size) & (index % size)).nonzeroBitCount & 1
                return parity == 0 ? signs[index % size] : -signs[index % size]
            }
        } else {
            matrix = HeadRotation.orthogonal(size, &random)
        }
    }

    /// Gram-Schmidt, twice, on rows of nearly normal numbers.
    private static func orthogonal(_ n: Int, _ random: inout SplitMix64) -> [Double] {
        var m = (0..<(n * n)).map { _ in (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.next() >> 11) * 0x1p-53 }
        }
        for i in 0..<n {
            for _ in 0..<2 {
                for j in 0..<i {
                    var dot = 0.0
                    for k in 0..<n { dot += m[i * n + k] * m[j * n + k] }
                    for k in 0..<n { m[i * n + k] -= dot * m[j * n + k] }
                }
            }
            var norm = 0.0
            for k in 0..<n { norm += m[i * n + k] * m[i * n + k] }
            let scale = 1 / norm.squareRoot()
            for k in 0..<n { m[i * n + k] *= scale }
        }
        return m
    }

    /// R · x in place.
    func rotate(_ x: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { result in
            for i in 0..<size {
                var sum = 0.0
                for j in 0..<size { sum += matrix[i * size + j] * Double(x[j]) }
                result[i] = sum
            }
            for i in 0..<size { x[i] = Float(result[i]) }
        }
    }

    /// R · rows for a block [size][columns] at `offset` of `values`.
    func rotateRows(_ values: inout [Float], offset: Int, columns: Int) {
        var column = [Double](repeating: 0, count: size)
        for c in 0..<columns {
            for i in 0..<size { column[i] = Double(values[offset + i * columns + c]) }
            for i in 0..<size {
                var sum = 0.0
                for j in 0..<size { sum += matrix[i * size + j] * column[j] }
                values[offset + i * columns + c] = Float(sum)
            }
        }
    }

    /// Each row's `size` values from `offset` times Rᵀ, for rows of `stride` values.
    func rotateColumns(_ values: inout [Float], offset: Int, rows: Int, stride: Int) {
        var row = [Double](repeating: 0, count: size)
        for r in 0..<rows {
            let start = r * stride + offset
            for i in 0..<size { row[i] = Double(values[start + i]) }
            for i in 0..<size {
                var sum = 0.0
                for j in 0..<size { sum += row[j] * matrix[i * size + j] }
                values[start + i] = Float(sum)
            }
        }
    }
}
