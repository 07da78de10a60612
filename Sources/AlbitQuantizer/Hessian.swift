import AlbitRuntime
import CKernels

/// The sum of xᵀx over rows, such as the transformed inputs of a matmul in all steps of a shared layer together:
/// [width][width].
///
/// Inputs wider than `blockLimit` keep the diagonal blocks only, which bounds the memory.
final class Hessian {
    /// Widest input with a full matrix; wider ones fall into blocks of half of it.
    static let widthLimit = 4096
    private static let blockSize = 2048
    /// Rows that are summed in float32 before they are added in double.
    private static let rowBlock = 64

    let transform: InputTransform
    /// Width of each diagonal block; the last may be narrower.
    let blockWidth: Int
    /// Diagonal blocks one after the other, each [blockWidth][blockWidth] row-major, upper triangle filled.
    let values: UnsafeMutablePointer<Double>
    private let count: Int
    /// Nil before the first observation and after the last: as large as half the matrix.
    private var scratch: Scratch?
    private var pending = 0
    let parallel: Parallel

    /// `unit`: what the width of a block is to be a multiple of, at most half of the widest block.
    init(transform: InputTransform, parallel: Parallel, unit: Int = 1) {
        self.transform = transform
        self.parallel = parallel
        let width = transform.width
        blockWidth = width <= Hessian.widthLimit ? width : max(1, Hessian.blockSize / unit) * unit
        count = (width + blockWidth - 1) / blockWidth * blockWidth * blockWidth
        values = .allocate(capacity: count)
        values.initialize(repeating: 0, count: count)
    }

    deinit { values.deallocate() }

    /// Rows that wait, [rowBlock][width], and their products, [blockWidth][blockWidth].
    private final class Scratch {
        let rows: UnsafeMutablePointer<Float>
        let partial: UnsafeMutablePointer<Float>

        init(width: Int, blockWidth: Int) {
            rows = .allocate(capacity: Hessian.rowBlock * width)
            rows.initialize(repeating: 0, count: Hessian.rowBlock * width)
            partial = .allocate(capacity: blockWidth * blockWidth)
            partial.initialize(repeating: 0, count: blockWidth * blockWidth)
        }

        deinit {
            rows.deallocate()
            partial.deallocate()
        }
    }

    /// Adds the rows of an observation, in their order.
    func add(_ observation: Observation) {
        add(observation.rows, stride: observation.stride, count: observation.count)
    }

    /// Adds `count` rows, `stride` values apart, in their order: inputs of an application of a shared layer, each as
    /// often as its weight says.
    func add(
        _ rows: UnsafePointer<Float>, stride: Int, count: Int, application: Int = 0, weights: ArraySlice<Float>? = nil
    ) {
        let scratch = self.scratch ?? Scratch(width: transform.width, blockWidth: blockWidth)
        self.scratch = scratch
        for row in 0..<count {
            let target = scratch.rows + pending * transform.width
            transform.apply(rows + row * stride, into: target, application: application)
            if let weights {
                let factor = weights[weights.startIndex + row].squareRoot()
                for i in 0..<transform.width { target[i] *= factor }
            }
            pending += 1
            if pending == Hessian.rowBlock { flush(scratch) }
        }
    }

    /// Whether all sums of squares are numbers: activations beyond 1e19 have none in float32.
    var isFinite: Bool {
        for block in 0..<(count / blockWidth / blockWidth) {
            for i in 0..<blockWidth where !values[block * blockWidth * blockWidth + i * blockWidth + i].isFinite {
                return false
            }
        }
        return true
    }

    /// Adds what still waits; call once after the last observation.
    func finish() {
        if let scratch { flush(scratch) }
        scratch = nil
    }

    private func flush(_ scratch: Scratch) {
        guard pending > 0 else { return }
        let width = transform.width
        let count = Int32(pending)
        var start = 0
        while start < width {
            let size = min(blockWidth, width - start)
            let inputs = SharedBuffer(scratch.rows + start)
            let sums = SharedBuffer(scratch.partial)
            let totals = SharedBuffer(values + start / blockWidth * blockWidth * blockWidth)
            let stride = blockWidth
            parallel.forEachPart(of: size, grain: 16) { part in
                for i in Swift.stride(from: part.lowerBound, to: part.upperBound, by: 16) {
                    let height = min(16, part.upperBound - i)
                    let target = sums.pointer + i * stride + i
                    for r in 0..<height { (target + r * stride).update(repeating: 0, count: size - i) }
                    kernel_product_f32(
                        target, stride, inputs.pointer + i, 1, width, inputs.pointer + i, width, Int32(height),
                        Int32(size - i), count)
                    for r in 0..<height {
                        let total = totals.pointer + (i + r) * stride + i
                        let sum = target + r * stride
                        for j in r..<(size - i) { total[j] += Double(sum[j]) }
                    }
                }
            }
            start += blockWidth
        }
        pending = 0
        withExtendedLifetime(scratch) {}
    }
}
