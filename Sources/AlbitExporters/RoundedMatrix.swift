import AlbitModel
import AlbitText

/// Rows of a matrix rounded to -127 ... 127, each with a scale of its own: its largest magnitude over 127, as `albit
/// quantize --preset plain` rounds. Read block by block; only a scale and a sum for each row are held.
struct RoundedMatrix<Source: ParameterSource> {
    let source: Source
    let parameter: Parameter
    let rows: Int
    let columns: Int
    private(set) var scales: [Float] = []
    private(set) var sums: [Int32] = []

    init(source: Source, parameter: Parameter, shape: [Int]) throws(Fault) {
        self.source = source
        self.parameter = parameter
        rows = shape[0]
        columns = shape.dropFirst().reduce(1, *)
        var scales: [Float] = []
        var sums: [Int32] = []
        scales.reserveCapacity(rows)
        var blocks = rowBlocks
        while let (_, values) = try blocks.next() {
            for start in stride(from: 0, to: values.count, by: columns) {
                let row = values[start..<(start + columns)]
                var largest: Float = 0
                for value in row { largest = max(largest, abs(value)) }
                let scale = largest / 127
                var sum: Int32 = 0
                for value in row { sum &+= Int32(RoundedMatrix.round(value, scale)) }
                scales.append(scale)
                sums.append(sum)
            }
        }
        self.scales = scales
        self.sums = sums
    }

    /// Writes the bytes of all rows, 128 added.
    func write(to stream: ParameterStream<Source>) throws(Fault) {
        var blocks = rowBlocks
        while let (first, values) = try blocks.next() {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(values.count)
            for (index, value) in values.enumerated() {
                let scale = scales[(first + index) / columns]
                bytes.append(UInt8(truncatingIfNeeded: Int(RoundedMatrix.round(value, scale)) + 128))
            }
            try stream.write(bytes)
        }
    }

    private static func round(_ value: Float, _ scale: Float) -> Int8 {
        scale > 0 ? Int8(min(max((value / scale).rounded(.toNearestOrEven), -127), 127)) : 0
    }

    /// Whole rows, about 1 MB of them at a time.
    private var rowBlocks: ParameterBlocks<Source> {
        ParameterBlocks(
            source: source, parameter: parameter, count: rows * columns,
            size: max(1, min(rows, (1 << 18) / columns)) * columns)
    }
}
