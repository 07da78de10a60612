/// Decompresses snappy blocks (google/snappy, format_description.txt).
package enum Snappy {
    /// Nil where the block is damaged or unpacks to more than `limit`.
    package static func decompress(_ input: [UInt8], limit: Int) -> [UInt8]? {
        var position = 0
        var unpacked = Varint()
        repeat {
            // The size has 32 bits: five bytes.
            guard position < min(5, input.count) else { return nil }
            position += 1
        } while unpacked.take(input[position - 1]) == .more
        guard let size = Int(exactly: unpacked.value), size <= limit else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(size)
        func number(_ count: Int) -> Int? {
            guard count <= input.count - position else { return nil }
            var value = 0
            for i in 0..<count { value |= Int(input[position + i]) << (8 * i) }
            return value
        }
        while position < input.count {
            let tag = input[position]
            position += 1
            if tag & 3 == 0 {
                var length = Int(tag >> 2)
                if length >= 60 {
                    let extra = length - 59
                    guard let value = number(extra) else { return nil }
                    length = value
                    position += extra
                }
                length += 1
                guard length <= input.count - position, length <= size - output.count else { return nil }
                output += input[position..<(position + length)]
                position += length
                continue
            }
            let length: Int
            let distance: Int
            switch tag & 3 {
            case 1:
                guard let low = number(1) else { return nil }
                length = Int(tag >> 2 & 7) + 4
                distance = Int(tag >> 5) << 8 | low
                position += 1
            case 2:
                guard let value = number(2) else { return nil }
                length = Int(tag >> 2) + 1
                distance = value
                position += 2
            default:
                guard let value = number(4) else { return nil }
                length = Int(tag >> 2) + 1
                distance = value
                position += 4
            }
            guard distance > 0, distance <= output.count, length <= size - output.count else { return nil }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
        return output.count == size ? output : nil
    }
}
