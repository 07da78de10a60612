/// Rows of floats in memory of their own, zeros at first: [rows][columns]. Threads write to rows or columns of theirs.
final class FloatRows: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let rows: Int
    let columns: Int

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        pointer = .allocate(capacity: max(1, rows * columns))
        pointer.initialize(repeating: 0, count: rows * columns)
    }

    deinit { pointer.deallocate() }

    subscript(row: Int) -> UnsafeMutablePointer<Float> { pointer + row * columns }

    /// Adds other rows of the same shape.
    func add(_ other: FloatRows) { for i in 0..<(rows * columns) { pointer[i] += other.pointer[i] } }

    /// Multiplies by rows of the same width, which repeat.
    func multiply(_ other: FloatRows) {
        for row in 0..<rows {
            let (values, factors) = (self[row], other[row % other.rows])
            for i in 0..<columns { values[i] *= factors[i] }
        }
    }
}
