/// A symmetric matrix of doubles and functions of it, for the small matrices of attention heads.
///
/// Eigenvectors come from cyclic Jacobi rotations in a fixed order, with + - * / and square roots only, so that they
/// are the same on every machine. Source: Golub and Van Loan, "Matrix Computations", section 8.5.
struct SymmetricMatrix: Sendable, Equatable {
    let size: Int
    /// Row-major [size][size], both triangles.
    private(set) var values: [Double]

    private static let maxSweeps = 40
    /// Eigenvalues below this share of the largest count as this share of it: a matrix of rank one less has an inverse.
    private static let smallest = 1e-9

    init(size: Int, values: [Double]) {
        self.size = size
        self.values = values
    }

    /// Sum of the diagonal.
    var trace: Double { (0..<size).reduce(0) { $0 + values[$1 * size + $1] } }

    /// Adds weight · x xᵀ to the upper triangle, see `mirror`.
    mutating func add(_ x: [Double], _ weight: Double) {
        let n = size
        values.withUnsafeMutableBufferPointer { values in
            x.withUnsafeBufferPointer { x in
                for i in 0..<n {
                    let factor = weight * x[i]
                    for j in i..<n { values[i * n + j] += factor * x[j] }
                }
            }
        }
    }

    /// Makes the lower triangle that of the upper.
    mutating func mirror() {
        for i in 0..<size { for j in 0..<i { values[i * size + j] = values[j * size + i] } }
    }

    /// With a share of the mean diagonal added to the diagonal.
    func damped(_ share: Double) -> SymmetricMatrix {
        var result = self
        let added = trace / Double(size) * share
        for i in 0..<size { result.values[i * size + i] += added }
        return result
    }

    /// outer · self · outer, for another symmetric matrix.
    func between(_ outer: SymmetricMatrix) -> SymmetricMatrix {
        let product = SymmetricMatrix.product(SymmetricMatrix.product(outer.values, values, size), outer.values, size)
        return SymmetricMatrix(size: size, values: SymmetricMatrix.evened(product, size))
    }

    /// Square root and its inverse.
    var roots: (root: SymmetricMatrix, inverse: SymmetricMatrix) {
        let (eigenvalues, vectors) = eigen
        let least = (eigenvalues.max() ?? 0) * SymmetricMatrix.smallest
        let roots = eigenvalues.map { max($0, least).squareRoot() }
        return (composed(vectors, roots), composed(vectors, roots.map { 1 / $0 }))
    }

    /// U f Uᵀ.
    private func composed(_ vectors: [Double], _ f: [Double]) -> SymmetricMatrix {
        var scaled = vectors
        for i in 0..<size { for j in 0..<size { scaled[i * size + j] *= f[j] } }
        let product = SymmetricMatrix.product(scaled, SymmetricMatrix.transposed(vectors, size), size)
        return SymmetricMatrix(size: size, values: SymmetricMatrix.evened(product, size))
    }

    /// Eigenvalues [size], and eigenvectors as the columns of a row-major matrix [size][size].
    var eigen: (values: [Double], vectors: [Double]) {
        let n = size
        var a = values
        var u = [Double](repeating: 0, count: n * n)
        for i in 0..<n { u[i * n + i] = 1 }
        let norm = values.reduce(0) { $0 + $1 * $1 }
        a.withUnsafeMutableBufferPointer { a in
            u.withUnsafeMutableBufferPointer { u in
                for _ in 0..<SymmetricMatrix.maxSweeps {
                    var rest = 0.0
                    for i in 0..<n { for j in 0..<i { rest += a[i * n + j] * a[i * n + j] } }
                    // The square of what doubles can tell.
                    if !(rest > norm * 1e-30) { break }
                    for p in 0..<n { for q in (p + 1)..<max(n, p + 1) { SymmetricMatrix.rotate(a, u, n, p, q) } }
                }
            }
        }
        return ((0..<n).map { a[$0 * n + $0] }, u)
    }

    /// The rotation of rows and columns p and q that makes element (p, q) zero.
    private static func rotate(
        _ a: UnsafeMutableBufferPointer<Double>, _ u: UnsafeMutableBufferPointer<Double>, _ n: Int, _ p: Int, _ q: Int
    ) {
        let value = a[p * n + q]
        guard value != 0 else { return }
        let theta = (a[q * n + q] - a[p * n + p]) / (2 * value)
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for i in 0..<n {
            let (x, y) = (a[i * n + p], a[i * n + q])
            a[i * n + p] = c * x - s * y
            a[i * n + q] = s * x + c * y
        }
        for i in 0..<n {
            let (x, y) = (a[p * n + i], a[q * n + i])
            a[p * n + i] = c * x - s * y
            a[q * n + i] = s * x + c * y
        }
        a[p * n + q] = 0
        a[q * n + p] = 0
        for i in 0..<n {
            let (x, y) = (u[i * n + p], u[i * n + q])
            u[i * n + p] = c * x - s * y
            u[i * n + q] = s * x + c * y
        }
    }

    /// a · b, row-major [n][n] each.
    static func product(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
        var c = [Double](repeating: 0, count: n * n)
        c.withUnsafeMutableBufferPointer { c in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    for i in 0..<n {
                        for k in 0..<n {
                            let factor = a[i * n + k]
                            for j in 0..<n { c[i * n + j] += factor * b[k * n + j] }
                        }
                    }
                }
            }
        }
        return c
    }

    static func transposed(_ a: [Double], _ n: Int) -> [Double] {
        (0..<(n * n)).map { a[$0 % n * n + $0 / n] }
    }

    /// The mean of a matrix and its transpose: products of symmetric matrices are symmetric up to rounding only.
    private static func evened(_ a: [Double], _ n: Int) -> [Double] {
        (0..<(n * n)).map { (a[$0] + a[$0 % n * n + $0 / n]) / 2 }
    }
}
