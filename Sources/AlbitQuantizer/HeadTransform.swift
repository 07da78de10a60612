/// An invertible matrix [size][size] that is folded into the weights of one attention head, and its inverse transposed:
/// what one multiplies by the matrix, its partner multiplies by the other, so that their products stay the same. It
/// costs nothing at run time.
struct HeadTransform: Sendable {
    let size: Int
    /// A, row-major.
    let matrix: [Double]
    /// A⁻ᵀ.
    let dual: [Double]

    init(size: Int, matrix: [Double], dual: [Double]) {
        self.size = size
        self.matrix = matrix
        self.dual = dual
    }

    /// An orthogonal matrix is its own dual.
    init(_ rotation: HeadRotation) {
        self.init(size: rotation.size, matrix: rotation.matrix, dual: rotation.matrix)
    }

    /// What the partner is multiplied by.
    var partner: HeadTransform { HeadTransform(size: size, matrix: dual, dual: matrix) }

    /// A · x in place.
    func apply(_ x: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { result in
            for i in 0..<size {
                var sum = 0.0
                for j in 0..<size { sum += matrix[i * size + j] * Double(x[j]) }
                result[i] = sum
            }
            for i in 0..<size { x[i] = Float(result[i]) }
        }
    }

    /// A · rows for a block [size][columns] at `offset` of `values`.
    func applyToRows(_ values: inout [Float], offset: Int, columns: Int) {
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

    /// Each row's `size` values from `offset` times A⁻¹, for rows of `stride` values: what A does to inputs is undone.
    func undoInColumns(_ values: inout [Float], offset: Int, rows: Int, stride: Int) {
        var row = [Double](repeating: 0, count: size)
        for r in 0..<rows {
            let start = r * stride + offset
            for i in 0..<size { row[i] = Double(values[start + i]) }
            for i in 0..<size {
                var sum = 0.0
                for j in 0..<size { sum += row[j] * dual[i * size + j] }
                values[start + i] = Float(sum)
            }
        }
    }
}
