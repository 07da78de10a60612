/// The layout of an int8 matrix [rows][columns] in a model file and in front of the kernels: panels of 16 rows, which
/// hold four columns of each row in turn. Rows and columns are padded with zeros to whole panels.
///
/// As an array it is [paddedRows/16][paddedColumns/4][16][4]; four columns of 16 rows fill one cache line of 64 bytes.
/// Source: formats/gguf-albert.md; `kernel_linear` of ckernels.h.
package struct Panels: Sendable, Equatable {
    /// Rows of one panel. Every float row that a matmul writes is padded to it too.
    package static let height = 16
    /// Columns of one row that lie side by side, as one four-way dot product takes them.
    package static let depth = 4
    /// Bytes of four columns of one panel: a cache line, which is what every int8 tensor is aligned to.
    package static let lineBytes = height * depth

    /// Output channels, padded to whole panels.
    package let rows: Int
    /// Input channels, padded to 16, or to whole cache lines where the input is rotated.
    package let columns: Int

    /// Panels for `rows` x `columns` values; `isRotated`: the input passes a Walsh-Hadamard rotation, whose blocks are
    /// 64 wide at least.
    package init(rows: Int, columns: Int, isRotated: Bool = false) {
        self.rows = Panels.padded(rows)
        self.columns = Panels.width(columns, isRotated: isRotated)
    }

    /// Bytes of the whole matrix.
    package var byteCount: Int { rows * columns }

    /// The dimensions as GGUF lists them, innermost first.
    package var shape: [Int] { [Panels.depth, Panels.height, columns / Panels.depth, rows / Panels.height] }

    /// Where the weight of an output and an input channel lies. Four columns from a multiple of 4 lie side by side.
    package func offset(row: Int, column: Int) -> Int {
        row / Panels.height * Panels.height * columns + column / Panels.depth * Panels.lineBytes
            + row % Panels.height * Panels.depth + column % Panels.depth
    }

    /// A count of channels, padded to whole panels.
    package static func padded(_ count: Int) -> Int { (count + height - 1) / height * height }

    /// The width of a row of integers that a matmul reads.
    package static func width(_ columns: Int, isRotated: Bool) -> Int {
        isRotated ? lines(columns) * lineBytes : padded(columns)
    }

    /// The distance of integer rows of that width in memory: an odd number of cache lines, which keeps the rows of a
    /// tile out of each other's cache sets. Nothing needs no room.
    package static func rowStride(_ width: Int) -> Int { width > 0 ? (lines(width) | 1) * lineBytes : 0 }

    private static func lines(_ bytes: Int) -> Int { (bytes + lineBytes - 1) / lineBytes }
}
