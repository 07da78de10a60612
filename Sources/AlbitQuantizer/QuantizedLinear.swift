import AlbitModel
import CKernels

/// A matmul as it stands in the file: int8 panels, one scale and bias per output channel, the input's shift.
package struct QuantizedLinear {
    package let name: String
    /// Laid out as `Panels`.
    package let panels: [Int8]
    /// One for each row of the panels.
    package let scales: [Float]
    package let bias: [Float]
    /// [columns], empty without shift.
    package let shift: [Float]
    /// The second plane of the weights: panels and scales of what rounding left; nil where none is kept.
    package let secondPlane: (panels: [Int8], scales: [Float])?
}

/// A matmul before it is rounded: float weights [rows][columns] in the input's own basis.
struct FloatLinear {
    let name: String
    let rows: Int
    let columns: Int
    var weights: [Float]
    var bias: [Float]
}

/// Rounds the weights of one matmul.
struct LinearRounder {
    let parallel: Parallel

    /// Rounds to nearest, or with GPTQ where a Hessian of the transformed inputs is given (which is used up).
    func round(
        _ linear: FloatLinear, transform: InputTransform, hessian: Hessian?, hasSecondPlane: Bool = false
    ) -> QuantizedLinear {
        let layout = transform.panels(rows: linear.rows)
        let width = layout.columns
        var bias = linear.bias + [Float](repeating: 0, count: layout.rows - linear.rows)
        if !transform.shift.isEmpty { fold(transform.shift, of: linear, into: &bias) }

        let factors = hessian.map { hessian in
            stride(from: 0, to: width, by: hessian.blockWidth).map { start in
                Factorization(
                    hessian.values + start / hessian.blockWidth * hessian.blockWidth * hessian.blockWidth,
                    size: min(hessian.blockWidth, width - start), stride: hessian.blockWidth, damping: 0.01,
                    parallel: parallel)
            }
        }
        var scales = [Float](repeating: 0, count: layout.rows)
        var panels = [Int8](repeating: 0, count: layout.byteCount)
        linear.weights.withUnsafeBufferPointer { weights in
            scales.withUnsafeMutableBufferPointer { scales in
                panels.withUnsafeMutableBufferPointer { panels in
                    guard let source = weights.baseAddress, let scale = scales.baseAddress,
                        let panel = panels.baseAddress
                    else { return }
                    let input = SharedConstant(source)
                    let scaleBuffer = SharedBuffer(scale)
                    let panelBuffer = SharedBuffer(panel)
                    let steps = factors.map { SharedFactors($0) }
                    parallel.forEachPart(of: linear.rows, grain: RowRounder.height) { rows in
                        let rounder = RowRounder(
                            transform: transform, layout: layout, columns: linear.columns, factors: steps?.factors ?? []
                        )
                        defer { rounder.free() }
                        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: RowRounder.height) {
                            rounder.round(
                                input.pointer, first: row, count: min(RowRounder.height, rows.upperBound - row),
                                scales: scaleBuffer.pointer, panels: panelBuffer.pointer)
                        }
                    }
                }
            }
        }
        return QuantizedLinear(
            name: linear.name, panels: panels, scales: scales, bias: bias, shift: transform.shift,
            secondPlane: hasSecondPlane ? remainder(of: linear, transform, panels, scales) : nil)
    }

    /// What is left of the transformed weights after rounding, rounded to nearest with a scale of its own.
    private func remainder(
        of linear: FloatLinear, _ transform: InputTransform, _ panels: [Int8], _ scales: [Float]
    ) -> (panels: [Int8], scales: [Float]) {
        let layout = transform.panels(rows: linear.rows)
        let width = layout.columns
        var second = [Int8](repeating: 0, count: panels.count)
        var secondScales = [Float](repeating: 0, count: scales.count)
        var rest = [Float](repeating: 0, count: width)
        for row in 0..<linear.rows {
            linear.weights.withUnsafeBufferPointer { weights in
                rest.withUnsafeMutableBufferPointer { rest in
                    guard let source = weights.baseAddress, let target = rest.baseAddress else { return }
                    transform.applyToWeights(source + row * linear.columns, into: target)
                }
            }
            var largest: Float = 0
            for k in 0..<width {
                rest[k] -= Float(panels[layout.offset(row: row, column: k)]) * scales[row]
                largest = max(largest, abs(rest[k]))
            }
            let scale = largest / 127
            guard scale > 0, scale.isFinite else { continue }
            secondScales[row] = scale
            for k in 0..<width {
                let value = min(max((rest[k] / scale).rounded(.toNearestOrEven), -127), 127)
                second[layout.offset(row: row, column: k)] = value.isNaN ? 0 : Int8(value)
            }
        }
        return (second, secondScales)
    }

    /// b += W · mu, summed in double in the order of the channels.
    private func fold(_ shift: [Float], of linear: FloatLinear, into bias: inout [Float]) {
        for row in 0..<linear.rows {
            var sum = Double(bias[row])
            for i in 0..<linear.columns { sum += Double(linear.weights[row * linear.columns + i]) * Double(shift[i]) }
            bias[row] = Float(sum)
        }
    }
}

/// Read-only memory that threads share.
struct SharedConstant<Element>: @unchecked Sendable {
    let pointer: UnsafePointer<Element>

    init(_ pointer: UnsafePointer<Element>) { self.pointer = pointer }
}

private struct SharedFactors: @unchecked Sendable {
    let factors: [Factorization]

    init(_ factors: [Factorization]) { self.factors = factors }
}

/// Rounds a few rows at a time; every thread has its own.
private struct RowRounder {
    static let height = 4
    private static let block = 32

    let transform: InputTransform
    let layout: Panels
    let columns: Int
    let factors: [Factorization]
    private let original: UnsafeMutablePointer<Float>
    private let target: UnsafeMutablePointer<Float>
    private let errors: UnsafeMutablePointer<Float>

    init(transform: InputTransform, layout: Panels, columns: Int, factors: [Factorization]) {
        self.transform = transform
        self.layout = layout
        self.columns = columns
        self.factors = factors
        original = .allocate(capacity: RowRounder.height * transform.width)
        target = .allocate(capacity: RowRounder.height * transform.width)
        errors = .allocate(capacity: RowRounder.height * RowRounder.block)
        errors.initialize(repeating: 0, count: RowRounder.height * RowRounder.block)
    }

    func free() {
        original.deallocate()
        target.deallocate()
        errors.deallocate()
    }

    func round(
        _ weights: UnsafePointer<Float>, first: Int, count: Int, scales: UnsafeMutablePointer<Float>,
        panels: UnsafeMutablePointer<Int8>
    ) {
        let width = transform.width
        for r in 0..<count {
            transform.applyToWeights(weights + (first + r) * columns, into: original + r * width)
            var largest: Float = 0
            for i in 0..<width { largest = max(largest, abs(original[r * width + i])) }
            scales[first + r] = largest / 127
        }
        (target).update(from: original, count: count * width)
        guard !factors.isEmpty else {
            for r in 0..<count { for k in 0..<width { _ = quantize(r, k, first, scales, panels) } }
            return
        }
        var start = 0
        for factor in factors {
            feedBack(factor, start: start, first: first, count: count, scales: scales, panels: panels)
            start += factor.size
        }
    }

    /// Rounds one value and stores it in its place of the panel; returns the value it stands for.
    private func quantize(
        _ r: Int, _ k: Int, _ first: Int, _ scales: UnsafeMutablePointer<Float>, _ panels: UnsafeMutablePointer<Int8>
    ) -> Float {
        let row = first + r
        let scale = scales[row]
        guard scale > 0, scale.isFinite else { return 0 }
        let value = min(max((target[r * transform.width + k] / scale).rounded(.toNearestOrEven), -127), 127)
        // A weight that overflowed is none; the quantizer refuses it after all are rounded.
        guard !value.isNaN else { return 0 }
        panels[layout.offset(row: row, column: k)] = Int8(value)
        return value * scale
    }

    /// One diagonal block: channels in order, each error handed on to the channels behind it.
    private func feedBack(
        _ factor: Factorization, start: Int, first: Int, count: Int, scales: UnsafeMutablePointer<Float>,
        panels: UnsafeMutablePointer<Int8>
    ) {
        let width = transform.width
        let n = factor.size
        let block = RowRounder.block
        for begin in stride(from: 0, to: n, by: block) {
            let end = min(begin + block, n)
            for r in 0..<count {
                for k in begin..<end {
                    let rounded = quantize(r, start + k, first, scales, panels)
                    let error = original[r * width + start + k] - rounded
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
