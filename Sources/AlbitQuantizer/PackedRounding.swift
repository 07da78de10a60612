import AlbitModel
import AlbitText

/// Rounds rows of an embedding table to 4 to 6 bits (`PackedRows`).
///
/// The step of a group of 32 is the multiple of the row's scale, of 127 either way, that leaves the least squared
/// error, among those around the one that gives the group's largest value the least code: codes reach one further down
/// than up. Then the channels are rounded in order, each error handed on to those behind it (GPTQ's order, LDLQ's
/// rule), where a metric says what errors come to.
struct PackedRounder {
    let layout: PackedRows
    /// One for each diagonal block of the metric; none: to nearest.
    let factors: [Factorization]
    private let target: UnsafeMutablePointer<Float>
    private let codes: UnsafeMutablePointer<Int32>
    private let multipliers: UnsafeMutablePointer<Int8>

    init(_ layout: PackedRows, factors: [Factorization]) {
        self.layout = layout
        self.factors = factors
        target = .allocate(capacity: layout.columns)
        codes = .allocate(capacity: layout.columns)
        multipliers = .allocate(capacity: layout.groups)
    }

    func free() {
        target.deallocate()
        codes.deallocate()
        multipliers.deallocate()
    }

    /// Rounds a row into its bytes; the result is the row's scale, 0 for a row of zeros.
    func round(_ row: UnsafePointer<Float>, into bytes: UnsafeMutablePointer<Int8>) -> Float {
        codes.update(repeating: 0, count: layout.columns)
        multipliers.update(repeating: 0, count: layout.groups)
        var scale: Float = 0
        for group in 0..<layout.groups { scale = max(scale, abs(extreme(row, group)) / Float(-layout.least)) }
        scale /= 127
        guard scale > 0, scale.isFinite else {
            layout.pack(codes, multipliers, into: bytes)
            return 0
        }
        for group in 0..<layout.groups { multipliers[group] = multiplier(row, group, scale) }
        target.update(from: row, count: layout.columns)
        if factors.isEmpty {
            for k in 0..<layout.columns { _ = quantize(k, scale) }
        }
        var start = 0
        for factor in factors {
            let n = factor.size
            // The metric is as wide as panels are: what lies behind the row is 0 in both.
            let end = min(n, layout.columns - start)
            for k in 0..<max(end, 0) {
                let error = row[start + k] - quantize(start + k, scale)
                let feedback = factor.feedback + k * n
                let values = target + start
                for j in (k + 1)..<max(end, k + 1) { values[j] += error * feedback[j] }
            }
            start += n
        }
        layout.pack(codes, multipliers, into: bytes)
        return scale
    }

    private func columns(_ group: Int) -> Range<Int> {
        let first = group * PackedRows.groupWidth
        return first..<min(first + PackedRows.groupWidth, layout.columns)
    }

    /// The value of a group that is furthest from 0.
    private func extreme(_ row: UnsafePointer<Float>, _ group: Int) -> Float {
        var extreme: Float = 0
        for k in columns(group) where abs(row[k]) > abs(extreme) { extreme = row[k] }
        return extreme
    }

    private func multiplier(_ row: UnsafePointer<Float>, _ group: Int, _ scale: Float) -> Int8 {
        let whole = extreme(row, group) / Float(layout.least) / scale
        var best: (error: Float, multiplier: Int8) = (.infinity, 0)
        for part in -8...6 {
            let wished = (whole * (1 + 0.04 * Float(part))).rounded(.toNearestOrEven)
            for sign: Float in [1, -1] {
                let multiplier = Int8(min(max(sign * wished, -127), 127))
                let step = Float(multiplier) * scale
                var error: Float = 0
                for k in columns(group) {
                    let difference = row[k] - Float(code(row[k], step)) * step
                    error += difference * difference
                }
                if error < best.error { best = (error, multiplier) }
            }
        }
        return best.multiplier
    }

    private func code(_ value: Float, _ step: Float) -> Int32 {
        guard step != 0 else { return 0 }
        let steps = (value / step).rounded(.toNearestOrEven)
        guard !steps.isNaN else { return 0 }
        return Int32(min(max(steps, Float(layout.least)), Float(-layout.least - 1)))
    }

    /// Rounds one value; returns what its code stands for.
    private func quantize(_ k: Int, _ scale: Float) -> Float {
        let step = Float(multipliers[k / PackedRows.groupWidth]) * scale
        codes[k] = code(target[k], step)
        return Float(codes[k]) * step
    }
}

extension Quantizer {
    /// An embedding table in fewer bits: packed rows, and one scale per row behind them. `metric`: what errors of a row
    /// come to; nil: each value is rounded to nearest.
    func writePackedTable(
        _ table: QuantizationPlan<Source>.Table, _ packing: PackedRows, _ metric: RoundingMetric?,
        _ writer: inout ModelWriter
    ) throws(Fault) {
        let rowsAtOnce = max(1, min(table.rows, Self.blockElements / table.columns))
        var values = [Float](repeating: 0, count: rowsAtOnce * table.columns)
        var rounded = [Int8](repeating: 0, count: rowsAtOnce * packing.rowBytes)
        var scales = [Float](repeating: 0, count: table.rows)
        for first in stride(from: 0, to: table.rows, by: rowsAtOnce) {
            let count = min(rowsAtOnce, table.rows - first)
            try source.read(
                table.parameter, elements: (first * table.columns)..<((first + count) * table.columns), into: &values)
            values.withUnsafeBufferPointer { values in
                rounded.withUnsafeMutableBufferPointer { rounded in
                    scales.withUnsafeMutableBufferPointer { scales in
                        guard let input = values.baseAddress, let bytes = rounded.baseAddress,
                            let scale = scales.baseAddress
                        else { return }
                        let block = PackedBlock(
                            values: SharedConstant(input), bytes: SharedBuffer(bytes),
                            scales: SharedBuffer(scale + first),
                            packing: packing, factors: metric?.factors ?? [])
                        parallel.forEachPart(of: count, grain: 64) { block.round($0) }
                    }
                }
            }
            try writer.append(rounded, count: count * packing.rowBytes)
            let name = table.parameter.tensorName.group
            try request.progress(name, first + count, table.rows)
        }
        try writer.append(scales)
    }
}

/// Rows of a table in memory, and where their bytes and scales go. Factors are read only.
private struct PackedBlock: @unchecked Sendable {
    let values: SharedConstant<Float>
    let bytes: SharedBuffer<Int8>
    let scales: SharedBuffer<Float>
    let packing: PackedRows
    let factors: [Factorization]

    func round(_ rows: Range<Int>) {
        let rounder = PackedRounder(packing, factors: factors)
        defer { rounder.free() }
        for row in rows {
            scales.pointer[row] = rounder.round(
                values.pointer + row * packing.columns, into: bytes.pointer + row * packing.rowBytes)
        }
    }
}
