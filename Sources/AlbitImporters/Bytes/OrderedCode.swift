/// Keys of slices: numbers and strings in an encoding that sorts as they do.
/// Source: tensorflow/core/lib/strings/ordered_code.cc, core/util/saved_tensor_slice_util.cc.
enum OrderedCode {
    static func sliceKey(name: [UInt8], slice: [(start: Int, length: Int)]) -> [UInt8] {
        var key = unsigned(0)
        for byte in name {
            switch byte {
            case 0: key += [0, 0xFF]
            case 0xFF: key += [0xFF, 0]
            default: key.append(byte)
            }
        }
        key += [0, 1]
        key += unsigned(slice.count)
        for extent in slice { key += signed(extent.start) + signed(extent.length) }
        return key
    }

    /// Length, then the significant bytes, big-endian.
    private static func unsigned(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = UInt64(max(0, value))
        while rest > 0 {
            bytes.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return [UInt8(bytes.count)] + bytes
    }

    /// Seven bits a byte; as many leading ones as bytes, inverted for negative numbers by the sign extension.
    private static func signed(_ value: Int) -> [UInt8] {
        let magnitude = UInt64(bitPattern: Int64(value < 0 ? ~value : value))
        if magnitude < 64 { return [0x80 ^ UInt8(truncatingIfNeeded: value)] }
        var length = 2
        while length < 10 && magnitude >> UInt64(7 * length - 1) != 0 { length += 1 }
        let fill: UInt8 = value < 0 ? 0xFF : 0
        var bytes: [UInt8] = [fill, fill]
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        var result = Array(bytes.suffix(length))
        let header: (UInt8, UInt8) =
            length <= 8 ? (UInt8(truncatingIfNeeded: 0xFF00 >> length), 0) : (0xFF, length == 9 ? 0x80 : 0xC0)
        result[0] ^= header.0
        result[1] ^= header.1
        return result
    }
}
