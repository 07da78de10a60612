import AlbitModel
import CKernels

/// Rounds a few rows at a time to -127 ... 127, each with a scale of its own; every thread has its own.
struct RowRounder {
    /// Rows at a time.
    static let height = 4
    private static let block = 32

    let width: Int
    /// One for each diagonal block of the metric; none: to nearest.
    let factors: [Factorization]
    /// What is rounded, [height][width]: filled before `round`.
    let original: UnsafeMutablePointer<Float>
    /// What it becomes, [height][width], and the scales [height].
    let codes: UnsafeMutablePointer<Int8>
    let scales: UnsafeMutablePointer<Float>
    private let target: UnsafeMutablePointer<Float>
    private let errors: UnsafeMutablePointer<Float>

    init(width: Int, factors: [Factorization]) {
        self.width = width
        self.factors = factors
        original = .allocate(capacity: RowRounder.height * width)
        original.initialize(repeating: 0, count: RowRounder.height * width)
        codes = .allocate(capacity: RowRounder.height * width)
        scales = .allocate(capacity: RowRounder.height)
        target = .allocate(capacity: RowRounder.height * width)
        errors = .allocate(capacity: RowRounder.height * RowRounder.block)
        errors.initialize(repeating: 0, count: RowRounder.height * RowRounder.block)
    }

    func free() {
        original.deallocate()
        codes.deallocate()
        scales.deallocate()
        target.deallocate()
        errors.deallocate()
    }

    /// Rounds the first `count` rows.
    func round(count: Int) {
        for r in 0..<count { scales[r] = RowRounder.scale(original + r * width, width) }
        codes.update(repeating: 0, count: count * width)
        target.update(from: original, count: count * width)
        guard !factors.isEmpty else {
            for r in 0..<count { for k in 0..<width { _ = quantize(r, k) } }
            return
        }
        var start = 0
        for factor in factors {
            feedBack(factor, start: start, count: count)
            start += factor.size
        }
    }

    /// The step of a row: its largest magnitude is 127 of them. Not finite where the row is not.
    static func scale(_ values: UnsafePointer<Float>, _ count: Int) -> Float {
        var largest: Float = 0
        for i in 0..<count { largest = max(largest, abs(values[i])) }
        return largest / 127
    }

    /// The code of a value. A weight that overflowed is none; the quantizer refuses it after all are rounded.
    static func code(_ value: Float, _ scale: Float) -> Int8 {
        guard scale > 0, scale.isFinite else { return 0 }
        let steps = min(max(value / scale, -127), 127)
        guard !steps.isNaN else { return 0 }
        return Int8(truncatingIfNeeded: (steps + rounding).bitPattern &- rounding.bitPattern)
    }

    /// Adding it leaves the nearest integer, ties to even, in the low bits; |steps| stays far below 2^22.
    private static let rounding: Float = 12_582_912

    /// Rounds one value; returns the value that the code stands for.
    private func quantize(_ r: Int, _ k: Int) -> Float {
        let code = RowRounder.code(target[r * width + k], scales[r])
        codes[r * width + k] = code
        return code == 0 ? 0 : Float(code) * scales[r]
    }

    /// One diagonal block: channels in order, each error handed on to the channels behind it.
    private func feedBack(_ factor: Factorization, start: Int, count: Int) {
        let n = factor.size
        let block = RowRounder.block
        for begin in stride(from: 0, to: n, by: block) {
            let end = min(begin + block, n)
            for r in 0..<count {
                for k in begin..<end {
                    let error = original[r * width + start + k] - quantize(r, start + k)
                    errors[r * block + k - begin] = error
                    let row = factor.feedback + k * n
                    let values = target + r * width + start
                    for j in (k + 1)..<max(end, k + 1) { values[j] += error * row[j] }
                }
            }
            guard end < n else { continue }
            kernel_product_f32(
                target + start + end, width, errors, block, 1, factor.feedback + begin * n + end, n, Int32(count),
                Int32(n - end), Int32(end - begin))
        }
    }
}

/// What a Hessian or another metric becomes for rounding: the factors of its diagonal blocks, and the memory that they
/// lie in.
struct RoundingMetric: @unchecked Sendable {
    private let hessian: Hessian
    let factors: [Factorization]

    /// Uses the Hessian up. `damping`: the share of the mean diagonal that is added to it.
    init(_ hessian: Hessian, damping: Double, parallel: Parallel) {
        self.hessian = hessian
        let width = hessian.transform.width
        factors = stride(from: 0, to: width, by: hessian.blockWidth).map { start in
            Factorization(
                hessian.values + start / hessian.blockWidth * hessian.blockWidth * hessian.blockWidth,
                size: min(hessian.blockWidth, width - start), stride: hessian.blockWidth, damping: damping,
                parallel: parallel)
        }
    }
}
