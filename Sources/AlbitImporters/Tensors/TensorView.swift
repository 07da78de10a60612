import AlbitText

/// Another arrangement of a tensor's elements: transposed, sliced, strided. Strides and offset count elements of
/// the base in its row-major order. Large transpositions are read in panels, so memory stays bounded.
package final class TensorView: LazyTensor {
    package let shape: [Int]
    package let strides: [Int]
    package let offset: Int
    package private(set) var base: any LazyTensor
    /// The base from before it was spilled.
    private let original: any LazyTensor
    package var dtype: TensorType { original.dtype }
    package var isSequential: Bool { original.isSequential }

    /// Elements of one panel: 8 MiB as float32.
    static let panelElements = 2 << 20

    /// Whether reading this view in order needs several passes over a compressed source: then the base goes
    /// through a temporary file.
    package var isSpilled: Bool {
        original.isSequential && shape.count == 2 && strides[0] == 1 && strides[1] > 1
            && elementCount > TensorView.panelElements
    }

    /// Rows `rows` of the view (as a matrix), kept between reads: conversions ask for neighbouring blocks.
    private var panel: [Float] = []
    private var panelRows = 0..<0

    /// Nil where the view would reach outside the base.
    package init?(_ base: any LazyTensor, shape: [Int], strides: [Int], offset: Int = 0) {
        guard shape.count == strides.count, let count = shape.checkedProduct, offset >= 0 else { return nil }
        if count > 0 {
            var last = offset
            for (extent, step) in zip(shape, strides) {
                guard step >= 0 else { return nil }
                let (reach, overflow) = (extent - 1).multipliedReportingOverflow(by: step)
                let (sum, carry) = last.addingReportingOverflow(reach)
                guard !overflow, !carry else { return nil }
                last = sum
            }
            guard last < base.elementCount else { return nil }
        }
        self.base = base
        original = base
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    /// The transpose of a matrix; nil where the base is none.
    package static func transposed(_ base: any LazyTensor) -> TensorView? {
        guard base.shape.count == 2 else { return nil }
        return TensorView(base, shape: [base.shape[1], base.shape[0]], strides: [1, base.shape[1]])
    }

    /// Rows `range` of the first axis; nil where they are not all there.
    package static func rows(_ base: any LazyTensor, _ range: Range<Int>) -> TensorView? {
        guard let first = base.shape.first, range.lowerBound >= 0, range.upperBound <= first else { return nil }
        let strides = base.shape.rowMajorStrides
        return TensorView(
            base, shape: [range.count] + base.shape.dropFirst(), strides: strides,
            offset: range.lowerBound &* strides[0])
    }

    /// The same elements under other dimensions; nil where the counts differ.
    package static func reshaped(_ base: any LazyTensor, to shape: [Int]) -> TensorView? {
        guard shape.checkedProduct == base.elementCount else { return nil }
        return TensorView(base, shape: shape, strides: shape.rowMajorStrides)
    }

    package var origin: TensorOrigin? {
        guard let inner = original.origin, inner.strides == original.shape.rowMajorStrides else { return nil }
        return TensorOrigin(source: inner.source, offset: inner.offset &+ offset &* dtype.size, strides: strides)
    }

    private var isContiguous: Bool {
        let expected = shape.rowMajorStrides
        return zip(shape, zip(strides, expected)).allSatisfy { $0 == 1 || $1.0 == $1.1 }
    }

    package func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        guard range.count > 0 else { return }
        if isContiguous {
            return try base.read((offset + range.lowerBound)..<(offset + range.upperBound), into: buffer)
        }
        let width = shape[shape.count - 1]
        if shape.count == 2, strides[0] == 1, strides[1] >= shape[0], width > 1 {
            return try readTransposed(range, width: width, into: buffer)
        }
        var done = 0
        while done < range.count {
            let position = range.lowerBound + done
            let column = position % width
            let count = min(width - column, range.count - done)
            try readRun(
                row: position / width, column: column,
                into: UnsafeMutableBufferPointer(rebasing: buffer[done..<(done + count)]))
            done += count
        }
    }

    /// Part of one innermost row.
    private func readRun(row: Int, column: Int, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        let step = strides[strides.count - 1]
        var start = offset + column * step
        var rest = row
        for axis in stride(from: shape.count - 2, through: 0, by: -1) {
            start += rest % shape[axis] * strides[axis]
            rest /= shape[axis]
        }
        if step == 1 { return try base.read(start..<(start + buffer.count), into: buffer) }
        let span = (buffer.count - 1) * step + 1
        if span <= 1 << 16 {
            let run = try base.values(start..<(start + span))
            for i in 0..<buffer.count { buffer[i] = run[i * step] }
        } else {
            for i in 0..<buffer.count {
                let one = UnsafeMutableBufferPointer(rebasing: buffer[i..<(i + 1)])
                try base.read((start + i * step)..<(start + i * step + 1), into: one)
            }
        }
    }

    private func readTransposed(
        _ range: Range<Int>, width: Int, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws(Fault) {
        var done = 0
        while done < range.count {
            let position = range.lowerBound + done
            let row = position / width
            if !panelRows.contains(row) { try fillPanel(from: row, width: width) }
            let start = position - panelRows.lowerBound * width
            let count = min(range.count - done, panelRows.count * width - start)
            panel.withUnsafeBufferPointer { filled in
                _ = UnsafeMutableBufferPointer(rebasing: buffer[done..<(done + count)])
                    .update(from: filled[start..<(start + count)])
            }
            done += count
        }
        // The last element was handed out: the next reader wants another tensor.
        if range.upperBound == elementCount {
            panel = []
            panelRows = 0..<0
            base = original
        }
    }

    private func fillPanel(from row: Int, width: Int) throws(Fault) {
        let rows = row..<min(shape[0], row + max(1, TensorView.panelElements / width))
        panelRows = 0..<0
        if isSpilled && base === original { base = try SpilledTensor.spill(original) }
        if panel.count < rows.count * width { panel = [Float](repeating: 0, count: rows.count * width) }
        let pitch = strides[1]
        // Whole stored rows where that is no waste or skipping costs as much; else only the columns wanted.
        let isWhole = base.isSequential || rows.count * 4 >= pitch
        let columns = isWhole ? max(1, (1 << 18) / pitch) : 16
        let gather = isWhole ? pitch : rows.count
        let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: gather * columns)
        defer { scratch.deallocate() }
        var column = 0
        while column < width {
            let count = min(columns, width - column)
            if isWhole {
                let start = offset + column * pitch + rows.lowerBound
                let length = (count - 1) * pitch + rows.count
                try base.read(start..<(start + length), into: UnsafeMutableBufferPointer(rebasing: scratch[..<length]))
            } else {
                for i in 0..<count {
                    let start = offset + (column + i) * pitch + rows.lowerBound
                    try base.read(
                        start..<(start + rows.count),
                        into: UnsafeMutableBufferPointer(rebasing: scratch[(i * gather)..<(i * gather + rows.count)]))
                }
            }
            panel.withUnsafeMutableBufferPointer { panel in
                for r in 0..<rows.count {
                    let to = r * width + column
                    for i in 0..<count { panel[to + i] = scratch[i * gather + r] }
                }
            }
            column += count
        }
        panelRows = rows
    }
}
