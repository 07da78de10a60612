import AlbitModel
import Testing

/// Rows of 4 to 6 bits a value, held against the layout as formats/gguf-albert.md tells it.
@Suite struct PackedRowsTests {
    /// The code of a value, read bit by bit.
    private static func code(_ row: [Int8], _ layout: PackedRows, _ column: Int) -> Int {
        let first = layout.groups * 8 + column * layout.bits
        return (0..<layout.bits).reduce(0) { code, bit in
            let place = first + bit
            return code | (Int(UInt8(bitPattern: row[place / 8]) >> UInt8(place % 8)) & 1) << bit
        } - (1 << (layout.bits - 1))
    }

    @Test(arguments: [4, 5, 6], [1, 8, 31, 32, 33, 100, 128, 312]) func valuesAreCodesTimesSteps(
        _ bits: Int, _ columns: Int
    ) {
        let layout = PackedRows(bits: bits, columns: columns)
        let groups = (columns + 31) / 32
        #expect(layout.groups == groups && layout.rowBytes == groups * (1 + 4 * bits))
        var state: UInt32 = UInt32(bits * 1000 + columns)
        func random() -> Int {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 16)
        }
        let (least, count) = (-(1 << (bits - 1)), 1 << bits)
        #expect(layout.least == Int32(least))
        // All codes, the least and the greatest among them.
        let codes = (0..<columns).map { Int32($0 < count ? least + $0 : least + random() % count) }
        let multipliers = (0..<groups).map { Int8(truncatingIfNeeded: $0 == 0 ? -127 : random() % 255 - 127) }
        // A byte behind the row, which must stay as it is.
        var row = [Int8](repeating: 77, count: layout.rowBytes + 1)
        layout.pack(codes, multipliers, into: &row)
        #expect(row.last == 77)
        for column in 0..<columns { #expect(Self.code(row, layout, column) == Int(codes[column])) }
        for column in columns..<(groups * 32) { #expect(Self.code(row, layout, column) == 0) }
        var values = [Float](repeating: .nan, count: columns + 1)
        layout.unpack(row, scale: 0.37, into: &values)
        for column in 0..<columns {
            #expect(values[column] == Float(codes[column]) * (Float(multipliers[column / 32]) * 0.37))
        }
        #expect(values[columns].isNaN)
    }

    /// Any bytes are a row: no code and no multiplier is out of range.
    @Test func anyBytesAreARow() {
        for bits in PackedRows.bitsRange {
            let layout = PackedRows(bits: bits, columns: 40)
            for byte in [Int8(-128), -1, 0, 1, 127] {
                var values = [Float](repeating: .nan, count: 40)
                layout.unpack([Int8](repeating: byte, count: layout.rowBytes), scale: 1, into: &values)
                #expect(values.allSatisfy { abs($0) <= 128 * Float(1 << (bits - 1)) })
            }
        }
    }
}
