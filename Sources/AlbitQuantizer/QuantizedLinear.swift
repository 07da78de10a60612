import AlbitModel

/// A matmul as it stands in the file: int8 panels, one scale and bias per output channel, the input's shift.
package struct QuantizedLinear {
    package let name: String
    /// Laid out as `Panels`.
    package let panels: [Int8]
    /// One for each row of the panels.
    package let scales: [Float]
    /// One for each row, and so for each application of a shared layer where they differ.
    package let bias: [Float]
    /// [columns], and so for each application; empty without shift.
    package let shift: [Float]
    /// [columns], what inputs are multiplied by before the rotation; empty: by one.
    package let gains: [Float]
    /// The second plane of the weights: panels and scales of what rounding left; nil where none is kept.
    package let secondPlane: (panels: [Int8], scales: [Float])?
}

/// A matmul before it is rounded: float weights [rows][columns] in the input's own basis.
struct FloatLinear {
    let name: String
    let rows: Int
    let columns: Int
    var weights: [Float]
    /// One, or one for each application of a shared layer: [rows].
    var biases: [[Float]]
}

/// Rounds the weights of one matmul.
struct LinearRounder {
    let parallel: Parallel

    /// Rounds to nearest, or with GPTQ where a metric of the transformed inputs is given, for one of the outputs too
    /// where that is.
    func round(
        _ linear: FloatLinear, transform: InputTransform, metric: RoundingMetric?, outputs: RoundingMetric? = nil,
        hasSecondPlane: Bool = false
    ) -> QuantizedLinear {
        let layout = transform.panels(rows: linear.rows)
        var scales = [Float](repeating: 0, count: layout.rows)
        var panels = [Int8](repeating: 0, count: layout.byteCount)
        linear.weights.withUnsafeBufferPointer { weights in
            scales.withUnsafeMutableBufferPointer { scales in
                panels.withUnsafeMutableBufferPointer { panels in
                    guard let source = weights.baseAddress, let scale = scales.baseAddress,
                        let panel = panels.baseAddress
                    else { return }
                    let weights = SharedConstant(source)
                    if let metric, let outputs {
                        roundTwoSided(linear, transform, weights, metric, outputs, layout, scale, panel)
                    } else {
                        roundRows(
                            linear, transform, weights, metric, layout, SharedBuffer(scale), SharedBuffer(panel))
                    }
                }
            }
        }
        return QuantizedLinear(
            name: linear.name, panels: panels, scales: scales,
            bias: biases(of: linear, transform, layout).flatMap { $0 },
            shift: transform.shifts.flatMap { $0 }, gains: transform.gains,
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

    private func roundRows(
        _ linear: FloatLinear, _ transform: InputTransform, _ weights: SharedConstant<Float>,
        _ metric: RoundingMetric?, _ layout: Panels, _ scales: SharedBuffer<Float>, _ panels: SharedBuffer<Int8>
    ) {
        let columns = linear.columns
        parallel.forEachPart(of: linear.rows, grain: RowRounder.height) { rows in
            let rounder = RowRounder(width: layout.columns, factors: metric?.factors ?? [])
            defer { rounder.free() }
            for first in stride(from: rows.lowerBound, to: rows.upperBound, by: RowRounder.height) {
                let count = min(RowRounder.height, rows.upperBound - first)
                for r in 0..<count {
                    transform.applyToWeights(
                        weights.pointer + (first + r) * columns, into: rounder.original + r * layout.columns)
                }
                rounder.round(count: count)
                (scales.pointer + first).update(from: rounder.scales, count: count)
                for r in 0..<count {
                    layout.place(rounder.codes + r * layout.columns, row: first + r, in: panels.pointer)
                }
            }
        }
    }

    private func roundTwoSided(
        _ linear: FloatLinear, _ transform: InputTransform, _ weights: SharedConstant<Float>,
        _ metric: RoundingMetric, _ outputs: RoundingMetric, _ layout: Panels, _ scales: UnsafeMutablePointer<Float>,
        _ panels: UnsafeMutablePointer<Int8>
    ) {
        let original = FloatRows(rows: linear.rows, columns: layout.columns)
        let columns = linear.columns
        parallel.forEachPart(of: linear.rows, grain: RowRounder.height) { rows in
            for row in rows { transform.applyToWeights(weights.pointer + row * columns, into: original[row]) }
        }
        TwoSidedRounder(
            rows: linear.rows, width: layout.columns, original: original, inputs: metric, outputs: outputs,
            parallel: parallel
        ).round(scales: scales) { row, codes in layout.place(codes, row: row, in: panels) }
    }

    /// b + W · mu for each application, summed in double in the order of the channels.
    private func biases(of linear: FloatLinear, _ transform: InputTransform, _ layout: Panels) -> [[Float]] {
        let count = max(linear.biases.count, transform.shifts.count)
        return (0..<count).map { application in
            var bias = linear.biases[linear.biases.count == 1 ? 0 : application]
            if !transform.shifts.isEmpty {
                let shift = transform.shifts[transform.shifts.count == 1 ? 0 : application]
                for row in 0..<linear.rows {
                    var sum = Double(bias[row])
                    for i in 0..<linear.columns {
                        sum += Double(linear.weights[row * linear.columns + i]) * Double(shift[i])
                    }
                    bias[row] = Float(sum)
                }
            }
            return bias + [Float](repeating: 0, count: layout.rows - linear.rows)
        }
    }
}

/// Read-only memory that threads share.
struct SharedConstant<Element>: @unchecked Sendable {
    let pointer: UnsafePointer<Element>

    init(_ pointer: UnsafePointer<Element>) { self.pointer = pointer }
}

extension Panels {
    /// Puts a row of codes [columns] in its places.
    func place(_ codes: UnsafePointer<Int8>, row: Int, in panels: UnsafeMutablePointer<Int8>) {
        for column in 0..<columns { panels[offset(row: row, column: column)] = codes[column] }
    }
}
