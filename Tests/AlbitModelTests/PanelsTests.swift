import Testing

@testable import AlbitModel

struct PanelsTests {
    /// Every value has a place of its own, in the order of the array [rows/16][columns/4][16][4].
    @Test(arguments: [(1, 1), (16, 16), (17, 5), (40, 130), (33, 64)], [false, true])
    func offsetsCountTheArray(_ size: (rows: Int, columns: Int), _ isRotated: Bool) {
        let panels = Panels(rows: size.rows, columns: size.columns, isRotated: isRotated)
        #expect(panels.rows % 16 == 0 && panels.rows >= size.rows && panels.rows < size.rows + 16)
        let block = isRotated ? 64 : 16
        #expect(panels.columns % block == 0 && panels.columns >= size.columns && panels.columns < size.columns + block)
        var expected = 0
        for panel in 0..<(panels.rows / 16) {
            for step in 0..<(panels.columns / 4) {
                for row in 0..<16 {
                    for column in 0..<4 {
                        #expect(panels.offset(row: 16 * panel + row, column: 4 * step + column) == expected)
                        expected += 1
                    }
                }
            }
        }
        #expect(panels.byteCount == expected && panels.shape.reduce(1, *) == expected)
        #expect(panels.shape == [4, 16, panels.columns / 4, panels.rows / 16])
    }

    /// A stride holds the row, begins every row on a cache line, and moves on by an odd number of them.
    @Test func stridesAreOddNumbersOfLines() {
        #expect(Panels.rowStride(0) == 0)
        for width in 1...1000 {
            let stride = Panels.rowStride(width)
            #expect(stride >= width && stride < width + 128 && stride % 128 == 64, "\(width)")
        }
    }

    /// Heads of sizes that fill panels and that do not: rows of all parts come back to where they were from.
    @Test(arguments: [1, 8, 16, 20, 64]) func attentionRowsAreFoundAgain(_ headSize: Int) {
        let rows = AttentionRows(heads: 3, headSize: headSize)
        #expect(rows.count == 9 * ((headSize + 15) / 16 * 16))
        var seen = [Bool](repeating: false, count: rows.count)
        for head in 0..<3 {
            for part in AttentionRows.Part.allCases {
                for channel in 0..<headSize {
                    let row = rows.first(head: head, part) + channel
                    let origin = rows.origin(of: row)
                    #expect(origin?.part == part && origin?.row == head * headSize + channel)
                    seen[row] = true
                }
            }
        }
        for (row, isUsed) in seen.enumerated() { #expect((rows.origin(of: row) != nil) == isUsed) }
    }
}
