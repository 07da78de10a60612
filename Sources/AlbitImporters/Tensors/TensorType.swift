/// Element types that checkpoints hold. Only the floating ones become weights.
package enum TensorType: String, Sendable, Equatable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint64 = "U64"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Bytes of one element.
    package var size: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    package var isFloating: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }

    /// Converts little-endian elements to float32: F64 rounds to nearest even, the narrow ones are exact,
    /// integers go through Double. The two buffers hold the same number of elements and do not overlap.
    func convert(_ from: UnsafeRawBufferPointer, to: UnsafeMutableBufferPointer<Float>) {
        let count = min(to.count, from.count / size)
        switch self {
        case .float32:
            for i in 0..<count { to[i] = Float(bitPattern: load(from, i, UInt32.self)) }
        case .float64:
            for i in 0..<count { to[i] = Float(Double(bitPattern: load(from, i, UInt64.self))) }
        case .float16:
            for i in 0..<count { to[i] = TensorType.widen(load(from, i, UInt16.self)) }
        case .bfloat16:
            for i in 0..<count { to[i] = Float(bitPattern: UInt32(load(from, i, UInt16.self)) << 16) }
        case .int64: for i in 0..<count { to[i] = Float(load(from, i, Int64.self)) }
        case .int32: for i in 0..<count { to[i] = Float(load(from, i, Int32.self)) }
        case .int16: for i in 0..<count { to[i] = Float(load(from, i, Int16.self)) }
        case .int8: for i in 0..<count { to[i] = Float(load(from, i, Int8.self)) }
        case .uint64: for i in 0..<count { to[i] = Float(load(from, i, UInt64.self)) }
        case .uint32: for i in 0..<count { to[i] = Float(load(from, i, UInt32.self)) }
        case .uint16: for i in 0..<count { to[i] = Float(load(from, i, UInt16.self)) }
        case .uint8, .bool: for i in 0..<count { to[i] = Float(load(from, i, UInt8.self)) }
        }
    }

    @inline(__always)
    private func load<T: FixedWidthInteger>(_ from: UnsafeRawBufferPointer, _ index: Int, _ type: T.Type) -> T {
        T(littleEndian: from.loadUnaligned(fromByteOffset: index &* MemoryLayout<T>.size, as: T.self))
    }

    /// IEEE 754 binary16 to binary32, exact. A signalling NaN keeps its payload; NaN is refused later anyway.
    static func widen(_ half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let magnitude = UInt32(half & 0x7FFF)
        if magnitude >= 0x7C00 { return Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13) }
        // Scaling by 2^112 moves the exponent's bias and makes subnormals normal; both factors are exact.
        let scaled = Float(bitPattern: magnitude << 13) * Float(bitPattern: 0x7780_0000)
        return Float(bitPattern: sign | scaled.bitPattern)
    }
}
