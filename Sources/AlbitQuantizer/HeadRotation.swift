import AlbitText

/// An orthogonal matrix [size][size] that spreads outlier channels over an attention head before its queries, keys and
/// values become int8: the last part of a `HeadTransform`.
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
}
