import AlbitModel
import AlbitText

extension Quantizer {
    /// Rounds an embedding table in blocks of rows, each row with a scale, which are written behind the rows. `metric`:
    /// what errors of a row come to; nil: each value is rounded to nearest.
    func writeTable(
        _ table: QuantizationPlan<Source>.Table, _ metric: RoundingMetric?, _ writer: inout ModelWriter
    ) throws(Fault) {
        let columns = table.columns
        let rowsAtOnce = max(1, min(table.rows, Self.blockElements / columns))
        var values = [Float](repeating: 0, count: rowsAtOnce * columns)
        var rounded = [Int8](repeating: 0, count: values.count)
        var scales = [Float](repeating: 0, count: table.rows)
        for first in stride(from: 0, to: table.rows, by: rowsAtOnce) {
            let count = min(rowsAtOnce, table.rows - first)
            try source.read(table.parameter, elements: (first * columns)..<((first + count) * columns), into: &values)
            values.withUnsafeBufferPointer { values in
                rounded.withUnsafeMutableBufferPointer { rounded in
                    scales.withUnsafeMutableBufferPointer { scales in
                        guard let input = values.baseAddress, let codes = rounded.baseAddress,
                            let scale = scales.baseAddress
                        else { return }
                        let block = TableBlock(
                            values: SharedConstant(input), codes: SharedBuffer(codes),
                            scales: SharedBuffer(scale + first), columns: columns)
                        parallel.forEachPart(of: count, grain: RowRounder.height) { rows in
                            block.round(rows, metric?.factors ?? [])
                        }
                    }
                }
            }
            try writer.append(rounded, count: count * columns)
            try report(table.parameter.tensorName.group, writer)
        }
        try writer.append(scales)
    }
}

/// Rows of a table in memory, and where their codes and scales go.
private struct TableBlock: Sendable {
    let values: SharedConstant<Float>
    let codes: SharedBuffer<Int8>
    let scales: SharedBuffer<Float>
    let columns: Int

    func round(_ rows: Range<Int>, _ factors: [Factorization]) {
        // The metric is as wide as panels are; what lies behind a row stays 0.
        let width = max(columns, factors.reduce(0) { $0 + $1.size })
        let rounder = RowRounder(width: width, factors: factors)
        defer { rounder.free() }
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: RowRounder.height) {
            let count = min(RowRounder.height, rows.upperBound - first)
            for r in 0..<count {
                (rounder.original + r * width).update(from: values.pointer + (first + r) * columns, count: columns)
            }
            rounder.round(count: count)
            for r in 0..<count {
                (codes.pointer + (first + r) * columns).update(from: rounder.codes + r * width, count: columns)
            }
            (scales.pointer + first).update(from: rounder.scales, count: count)
        }
    }
}
