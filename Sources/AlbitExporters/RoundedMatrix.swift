import AlbitModel

/// Rows of a matrix rounded to -127 ... 127, each with a step of its own: its largest magnitude over 127, as `albit
/// quantize --preset plain` rounds. Read block by block; only a step and a sum for each row are held.
struct RoundedMatrix<Source: ParameterSource> {
    let source: Source
    let name: String
    let rows: Int
    let columns: Int
    private(set) var steps: [Float] = []
    private(set) var sums: [Int32] = []

    init(source: Source, name: String, shape: [Int]) throws(Source.SourceError) {
        self.source = source
        self.name = name
        rows = shape[0]
        columns = shape.dropFirst().reduce(1, *)
        var steps: [Float] = []
        var sums: [Int32] = []
        steps.reserveCapacity(rows)
        try eachRow { row in
            var largest: Float = 0
            for value in row { largest = max(largest, abs(value)) }
            let step = largest / 127
            var sum: Int32 = 0
            for value in row { sum &+= Int32(RoundedMatrix.round(value, step)) }
            steps.append(step)
            sums.append(sum)
        }
        self.steps = steps
        self.sums = sums
    }

    /// Calls `visit` with the bytes of some rows at a time, 128 added.
    func eachBlock<Failed: Error>(_ visit: ([UInt8]) throws(Failed) -> Void, source failed: (Source.SourceError) -> Failed) throws(Failed) {
        var bytes: [UInt8] = []
        var index = 0
        var failure: Failed?
        do {
            try eachRow { row in
                let step = steps[index]
                for value in row { bytes.append(UInt8(truncatingIfNeeded: Int(RoundedMatrix.round(value, step)) + 128)) }
                index += 1
                guard bytes.count >= 1 << 18 || index == rows, failure == nil else { return }
                do throws(Failed) { try visit(bytes) } catch { failure = error }
                bytes.removeAll(keepingCapacity: true)
            }
        } catch { throw failed(error) }
        if let failure { throw failure }
    }

    private static func round(_ value: Float, _ step: Float) -> Int8 {
        step > 0 ? Int8(min(max((value / step).rounded(.toNearestOrEven), -127), 127)) : 0
    }

    private func eachRow(_ visit: (UnsafeBufferPointer<Float>) -> Void) throws(Source.SourceError) {
        let atOnce = max(1, min(rows, (1 << 18) / columns))
        var buffer = [Float](repeating: 0, count: atOnce * columns)
        var first = 0
        while first < rows {
            let count = min(atOnce, rows - first)
            try buffer.withUnsafeMutableBufferPointer { (floats) throws(Source.SourceError) in
                let part = UnsafeMutableBufferPointer(rebasing: floats[..<(count * columns)])
                try source.read(name, elements: (first * columns)..<((first + count) * columns), into: part)
                for row in 0..<count { visit(UnsafeBufferPointer(rebasing: part[(row * columns)..<((row + 1) * columns)])) }
            }
            first += count
        }
    }
}
