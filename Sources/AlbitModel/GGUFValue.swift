/// A metadata value of a GGUF file; strings and arrays are views into the mapped file.
///
/// Source: the GGUF specification, version 3 (ggml-org/ggml, docs/gguf.md).
package enum GGUFValue {
    case unsigned(UInt64)
    case signed(Int64)
    case float(Double)
    case bool(Bool)
    case string(UnsafeRawBufferPointer)
    case array(GGUFArray)
}

/// An array of one element type: `count` elements behind each other in `bytes`; strings carry their own lengths.
package struct GGUFArray {
    package let elementType: GGUFType
    package let count: Int
    package let bytes: UnsafeRawBufferPointer

    /// Element i of an array of integers of any width; nil for other types.
    package func integer(_ i: Int) -> Int? {
        guard i >= 0, i < count else { return nil }
        switch elementType {
        case .uint8, .bool: return Int(bytes[i])
        case .int8: return Int(Int8(bitPattern: bytes[i]))
        case .uint16: return Int(bytes.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
        case .int16: return Int(bytes.loadUnaligned(fromByteOffset: 2 * i, as: Int16.self))
        case .uint32: return Int(exactly: bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
        case .int32: return Int(bytes.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self))
        case .uint64: return Int(exactly: bytes.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))
        case .int64: return Int(exactly: bytes.loadUnaligned(fromByteOffset: 8 * i, as: Int64.self))
        default: return nil
        }
    }

    /// Element i of an array of float32; nil for other types.
    package func float(_ i: Int) -> Float? {
        guard elementType == .float32, i >= 0, i < count else { return nil }
        return Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
    }

    /// Calls `visit` with the bytes of every string; bounds were checked when the file was opened.
    package func forEachString(_ visit: (Int, UnsafeRawBufferPointer) -> Void) {
        guard elementType == .string else { return }
        var offset = 0
        for i in 0..<count {
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            visit(i, UnsafeRawBufferPointer(rebasing: bytes[(offset + 8)..<(offset + 8 + length)]))
            offset += 8 + length
        }
    }

    /// All strings, decoded as UTF-8.
    package var strings: [String] {
        var result: [String] = []
        result.reserveCapacity(elementType == .string ? count : 0)
        forEachString { _, text in result.append(String(decoding: text, as: UTF8.self)) }
        return result
    }
}

/// Types of metadata values, with their numbers in the file.
package enum GGUFType: UInt32 {
    case uint8 = 0
    case int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// Bytes of a value; nil for strings and arrays.
    package var size: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string, .array: nil
        }
    }
}

/// Element types of tensors that Albit files hold, with GGML's numbers.
package enum GGUFTensorType: UInt32 {
    case f32 = 0
    case f16 = 1
    case i8 = 24
    case i32 = 26

    package var size: Int {
        switch self {
        case .f32, .i32: 4
        case .f16: 2
        case .i8: 1
        }
    }

    package var name: String {
        switch self {
        case .f32: "F32"
        case .f16: "F16"
        case .i8: "I8"
        case .i32: "I32"
        }
    }
}

/// One tensor of a GGUF file.
package struct GGUFTensor {
    package let name: String
    package let type: GGUFTensorType
    /// Dimensions as GGUF writes them: the fastest-running one first.
    package let shape: [Int]
    /// Byte offset from the beginning of the file.
    package let fileOffset: Int
    package let byteCount: Int
}
