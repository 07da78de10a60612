import CKernels

/// H = (U + I) D (U + I)ᵀ with U strictly upper triangular: the feedback that GPTQ needs, without an inverse.
///
/// Rounding channel k of a weight row to nearest after adding Σ_{j<k} error_j · U[j][k] is GPTQ (Frantar et al.,
/// 2022) in the form of LDLQ (Chee et al., "QuIP", 2023, theorem 6).
struct Factorization {
    /// U as float32, [size][size] row-major, in the memory of the Hessian that it was made from; the lower triangle
    /// is not read.
    let feedback: UnsafeMutablePointer<Float>
    let size: Int

    private static let block = 32

    /// Factors one diagonal block of a Hessian, which is used up and has to outlive the factors. `damping` is the share
    /// of the mean diagonal that is added to it.
    init(_ h: UnsafeMutablePointer<Double>, size n: Int, stride: Int, damping: Double, parallel: Parallel) {
        size = n
        var mean = 0.0
        for i in 0..<n { mean += h[i * stride + i] }
        mean /= Double(n)
        let added = mean > 0 ? mean * damping : 1
        for i in 0..<n { h[i * stride + i] += added }

        let block = Factorization.block
        let diagonal = UnsafeMutablePointer<Double>.allocate(capacity: n)
        // Row k of `scaled` holds -D[k] · U[b][k] for the columns b of the block at hand.
        let scaled = UnsafeMutablePointer<Double>.allocate(capacity: n * block)
        defer {
            diagonal.deallocate()
            scaled.deallocate()
        }
        var end = n
        while end > 0 {
            let start = max(0, (end - 1) / block * block)
            let width = end - start
            // Above the diagonal of the block's own rows the matrix is symmetric: U[b][k], k >= end, is at h[b][k].
            for k in end..<n {
                for b in 0..<width { scaled[k * block + b] = -diagonal[k] * h[(start + b) * stride + k] }
            }
            let matrix = SharedBuffer(h)
            let factors = SharedBuffer(scaled)
            let (first, last) = (start, end)
            if end < n {
                parallel.forEachPart(of: end, grain: 4) { rows in
                    kernel_product_f64(
                        matrix.pointer + rows.lowerBound * stride + first, stride,
                        matrix.pointer + rows.lowerBound * stride + last, stride, 1, factors.pointer + last * block,
                        block, Int32(rows.count), Int32(width), Int32(n - last))
                }
            }
            for j in Swift.stride(from: end - 1, through: start, by: -1) {
                let d = h[j * stride + j]
                diagonal[j] = d
                let inverse = d > 0 ? 1 / d : 0
                for i in 0..<j { h[i * stride + j] *= inverse }
                for c in start..<j {
                    let factor = d * h[c * stride + j]
                    for i in 0...c { h[i * stride + c] -= h[i * stride + j] * factor }
                }
            }
            end = start
        }

        // In order, each float lands at or before the double that it comes from.
        let memory = UnsafeMutableRawPointer(h)
        for i in 0..<n {
            for j in 0..<n {
                let value = j > i ? Float(memory.load(fromByteOffset: (i * stride + j) * 8, as: Double.self)) : 0
                memory.storeBytes(of: value, toByteOffset: (i * n + j) * 4, as: Float.self)
            }
        }
        feedback = memory.bindMemory(to: Float.self, capacity: n * n)
    }
}
