/// How a row of an embedding table lies in a file in 4 to 6 bits a value: a signed byte for each group of 32 values,
/// then the groups' codes, each group in as many bytes as four codes have bits. The step of a group is its byte times
/// the row's scale, a value its code times the step. What a row is padded with is code 0.
package struct PackedRows: Sendable, Equatable {
    package static let groupWidth = 32
    package static let bitsRange = 4...6

    package let bits: Int
    package let columns: Int

    package init(bits: Int, columns: Int) {
        self.bits = bits
        self.columns = columns
    }

    package var groups: Int { (columns + PackedRows.groupWidth - 1) / PackedRows.groupWidth }
    package var rowBytes: Int { groups * (1 + PackedRows.groupWidth / 8 * bits) }
    /// The least code, and the negative of what is added to codes in the file.
    package var least: Int32 { -(1 << Int32(bits - 1)) }

    /// The values of a row.
    package func unpack(
        _ row: UnsafePointer<Int8>, scale: Float, into values: UnsafeMutablePointer<Float>
    ) {
        let mask = UInt64(1) << UInt64(bits) &- 1
        var codes = row + groups
        for group in 0..<groups {
            let step = Float(row[group]) * scale
            var column = group * PackedRows.groupWidth
            // Eight codes are as many bytes as one has bits; the first code has the lowest bits.
            for _ in 0..<(PackedRows.groupWidth / 8) {
                var word: UInt64 = 0
                for byte in 0..<bits { word |= UInt64(UInt8(bitPattern: codes[byte])) << UInt64(8 * byte) }
                codes += bits
                for _ in 0..<8 where column < columns {
                    values[column] = Float(Int32(truncatingIfNeeded: word & mask) &+ least) * step
                    word >>= UInt64(bits)
                    column += 1
                }
            }
        }
    }

    /// Packs codes [columns], each from `least` up, and the groups' multipliers into a row.
    package func pack(
        _ codes: UnsafePointer<Int32>, _ multipliers: UnsafePointer<Int8>, into row: UnsafeMutablePointer<Int8>
    ) {
        for group in 0..<groups { row[group] = multipliers[group] }
        var bytes = row + groups
        for octet in 0..<(groups * PackedRows.groupWidth / 8) {
            var word: UInt64 = 0
            for i in 0..<8 {
                let column = 8 * octet + i
                let code = column < columns ? codes[column] : 0
                word |= UInt64(UInt32(bitPattern: code &- least)) << UInt64(bits * i)
            }
            for byte in 0..<bits { bytes[byte] = Int8(truncatingIfNeeded: word >> UInt64(8 * byte)) }
            bytes += bits
        }
    }
}
