import AlbitModel

extension Hessian {
    /// Turns a matrix over the rows of queries, keys and values into the basis that the heads' transforms make of them:
    /// A⁻ᵀ G A⁻¹, head by head. Call after `finish`; blocks hold whole heads.
    func turn(_ balance: HeadBalance, _ layout: AttentionRows) {
        let width = transform.width
        let (heads, n) = (layout.heads, blockWidth)
        let headsOfBlock = max(1, n / layout.headWidth)
        let parallel = parallel
        for first in stride(from: 0, to: heads, by: headsOfBlock) {
            let size = min(n, width - first * layout.headWidth)
            let block = SharedBuffer(values + first / headsOfBlock * n * n)
            for i in 0..<size { for j in 0..<i { block.pointer[i * n + j] = block.pointer[j * n + i] } }
            let duals = (first..<min(first + headsOfBlock, heads)).flatMap { head in
                [balance.queries[head].dual, balance.keys[head].dual, balance.values[head].dual]
            }
            // Rows, then the rows of the transpose, which are the columns.
            parallel.forEachPart(of: size, grain: 8) { columns in
                for (part, dual) in duals.enumerated() {
                    Self.multiply(block.pointer + part * layout.partWidth * n, n, 1, dual, layout.headSize, columns)
                }
            }
            parallel.forEachPart(of: size, grain: 8) { rows in
                for (part, dual) in duals.enumerated() {
                    Self.multiply(block.pointer + part * layout.partWidth, 1, n, dual, layout.headSize, rows)
                }
            }
        }
    }

    /// dual · x for vectors of `size` values `step` apart, the vectors `stride` apart.
    private static func multiply(
        _ x: UnsafeMutablePointer<Double>, _ step: Int, _ stride: Int, _ dual: [Double], _ size: Int,
        _ vectors: Range<Int>
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { old in
            dual.withUnsafeBufferPointer { dual in
                for vector in vectors {
                    let values = x + vector * stride
                    for j in 0..<size { old[j] = values[j * step] }
                    for i in 0..<size {
                        var sum = 0.0
                        for j in 0..<size { sum += dual[i * size + j] * old[j] }
                        values[i * step] = sum
                    }
                }
            }
        }
    }
}
