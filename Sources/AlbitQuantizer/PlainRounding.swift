import AlbitModel
import AlbitText
import CKernels

// Rounding without calibration, in blocks of rows: a model of any size passes through a few megabytes.
extension Quantizer {
    /// Floats that are held at a time.
    static var blockElements: Int { 1 << 20 }

    func writePlain(
        _ plan: QuantizationPlan<Source>, _ writer: inout ModelWriter, _ vectors: inout [TensorName: [Float]]
    ) throws(Fault) {
        let c = source.configuration
        if let projection = plan.projection {
            try writePlain(projection.name, rows: projection.rows, columns: projection.columns, &writer, &vectors) {
                (row) in (projection.module, projection.hasBias, row)
            }
        }
        let attention = AttentionRows(c)
        for layer in 0..<c.storedLayers {
            try writePlain(
                Site.attentionQKV.tensorGroup(layer: layer), rows: attention.count, columns: c.hiddenSize, &writer,
                &vectors
            ) { (row) in
                guard let (part, row) = attention.origin(of: row) else { return nil }
                // The key's bias cancels in softmax.
                return (.layer(layer, part.module), hasBias: part != .key, row)
            }
            for (site, module, rows, columns) in [
                (Site.attentionOutput, LayerModule.attentionOutput, c.hiddenSize, c.hiddenSize),
                (.ffnUp, .ffnUp, c.intermediateSize, c.hiddenSize),
                (.ffnDown, .ffnDown, c.hiddenSize, c.intermediateSize),
            ] {
                try writePlain(site.tensorGroup(layer: layer), rows: rows, columns: columns, &writer, &vectors) {
                    (row) in
                    (.layer(layer, module), hasBias: true, row)
                }
            }
        }
        for head in plan.heads {
            try writePlain(head.name, rows: head.rows, columns: head.columns, &writer, &vectors) {
                (row) in (head.module, head.hasBias, row)
            }
        }
    }

    /// Rounds a matmul panel by panel. `origin` tells which parameter row an output channel comes from; nil: zeros.
    private func writePlain(
        _ name: String, rows: Int, columns: Int, _ writer: inout ModelWriter, _ vectors: inout [TensorName: [Float]],
        origin: (Int) -> (module: ParameterModule, hasBias: Bool, row: Int)?
    ) throws(Fault) {
        let layout = Panels(rows: rows, columns: columns)
        let rowsAtOnce = max(1, Self.blockElements / (Panels.height * layout.columns)) * Panels.height
        let block = Panels(rows: min(rowsAtOnce, layout.rows), columns: columns)
        var scales = [Float](repeating: 0, count: layout.rows)
        var bias = [Float](repeating: 0, count: layout.rows)
        var panels = [Int8](repeating: 0, count: block.byteCount)
        var values = [Float](repeating: 0, count: columns)
        var first = 0
        while first < layout.rows {
            let count = min(block.rows, layout.rows - first)
            panels.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
            for row in first..<min(first + count, rows) {
                guard let place = origin(row) else { continue }
                try readRow(.weight(place.module), place.row, &values)
                if place.hasBias { bias[row] = try readElement(.bias(place.module), place.row) }
                scales[row] = PlainRow.round(values, row: row - first, of: block, into: &panels)
            }
            try writer.append(panels, count: Panels(rows: count, columns: columns).byteCount)
            first += count
            try report(name, writer)
        }
        vectors[TensorName(name, .scale)] = scales
        vectors[TensorName(name, .bias)] = bias
    }

    /// Which tensor is at hand, and how many bytes of the tensors are there.
    func report(_ name: String, _ writer: ModelWriter) throws(Fault) {
        let (done, total) = (writer.writtenBytes, writer.totalBytes)
        try request.progress(
            name + ", " + String(done / 1_000_000) + " of " + String(total / 1_000_000) + " MB", done, total)
    }

    private func readRow(_ parameter: Parameter, _ row: Int, _ values: inout [Float]) throws(Fault) {
        let columns = values.count
        try source.read(parameter, elements: (row * columns)..<((row + 1) * columns), into: &values)
    }

    private func readElement(_ parameter: Parameter, _ index: Int) throws(Fault) -> Float {
        var value: [Float] = [0]
        try source.read(parameter, elements: index..<(index + 1), into: &value)
        return value[0]
    }
}

/// Symmetric rounding of one row to -127 ... 127, four channels at a time.
private enum PlainRow {
    /// Adding it leaves the nearest integer, ties to even, in the low bits; |value| stays far below 2^22.
    private static let rounding: Float = 12_582_912

    private static func scale(_ values: UnsafeBufferPointer<Float>) -> Float {
        var lanes = SIMD8<Float>(repeating: 0)
        var k = 0
        while k + 8 <= values.count {
            var group = SIMD8<Float>()
            for lane in 0..<8 { group[lane] = abs(values[k + lane]) }
            lanes.replace(with: group, where: group .> lanes)
            k += 8
        }
        var largest = lanes.max()
        for value in values[k...] { largest = max(largest, abs(value)) }
        return largest / 127
    }

    private static func quantize(_ values: SIMD4<Float>, _ scale: Float) -> SIMD4<Int8> {
        let bits =
            unsafeBitCast(values / scale + rounding, to: SIMD4<Int32>.self) &- Int32(bitPattern: rounding.bitPattern)
        return SIMD4<Int8>(
            truncatingIfNeeded: bits.clamped(lowerBound: SIMD4(repeating: -127), upperBound: SIMD4(repeating: 127)))
    }

    /// Calls `body` with each four channels, the missing ones being zero, and the first one's index.
    private static func forEachFour(_ values: UnsafeBufferPointer<Float>, _ body: (Int, SIMD4<Float>) -> Void) {
        var k = 0
        while k + 4 <= values.count {
            body(k, SIMD4(values[k], values[k + 1], values[k + 2], values[k + 3]))
            k += 4
        }
        if k < values.count {
            var rest = SIMD4<Float>(repeating: 0)
            for lane in 0..<(values.count - k) { rest[lane] = values[k + lane] }
            body(k, rest)
        }
    }

    /// Row `row` of panels.
    static func round(_ values: [Float], row: Int, of layout: Panels, into panels: inout [Int8]) -> Float {
        values.withUnsafeBufferPointer { values in
            panels.withUnsafeMutableBytes { panels in
                let scale = scale(values)
                guard scale > 0 else { return 0 }
                forEachFour(values) { column, four in
                    panels.storeBytes(
                        of: quantize(four, scale), toByteOffset: layout.offset(row: row, column: column),
                        as: SIMD4<Int8>.self)
                }
                return scale
            }
        }
    }
}
