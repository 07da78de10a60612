/// Writes protocol-buffer messages field by field into a byte array.
///
/// Source: the encoding page of the Protocol Buffers documentation. Only what ONNX needs: varints, fixed32 floats,
/// and length-delimited fields.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// Bytes that a varint takes.
    static func varintSize(_ value: UInt64) -> Int { value == 0 ? 1 : (70 - value.leadingZeroBitCount) / 7 }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(_ raw: [UInt8]) { bytes.append(contentsOf: raw) }

    /// Key and length of a length-delimited field whose bytes follow from elsewhere.
    mutating func header(_ field: Int, length: Int) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(length))
    }

    mutating func integer(_ field: Int, _ value: Int) {
        varint(UInt64(field) << 3)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func float(_ field: Int, _ value: Float) {
        varint(UInt64(field) << 3 | 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func string(_ field: Int, _ value: String) {
        header(field, length: value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    mutating func message(_ field: Int, _ build: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        build(&inner)
        header(field, length: inner.bytes.count)
        bytes.append(contentsOf: inner.bytes)
    }
}
