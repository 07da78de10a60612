/// Builds the header of a GGUF file; the data of the tensors is then streamed behind it in the same order.
///
/// Source: the GGUF specification, version 3 (ggml-org/ggml, docs/gguf.md).
package struct GGUFWriter {
    package let alignment: Int
    private var metadata: [UInt8] = []
    private var keyCount = 0
    private var tensors: [(name: String, type: GGUFTensorType, shape: [Int])] = []
    private var valueOffsets: [(key: String, offset: Int)] = []
    /// Bytes before the first key: magic, version and the two counts.
    private static let preamble = 24

    package init(alignment: Int = 64) {
        self.alignment = alignment
        set("general.alignment", alignment)
    }

    private static func little<T: FixedWidthInteger>(_ value: T, _ out: inout [UInt8]) {
        var rest = value.littleEndian
        for _ in 0..<MemoryLayout<T>.size {
            out.append(UInt8(truncatingIfNeeded: rest))
            rest = MemoryLayout<T>.size > 1 ? rest >> 8 : 0
        }
    }

    private static func text(_ utf8: [UInt8], _ out: inout [UInt8]) {
        little(UInt64(utf8.count), &out)
        out.append(contentsOf: utf8)
    }

    private mutating func key(_ name: String, _ type: GGUFType) {
        GGUFWriter.text(Array(name.utf8), &metadata)
        GGUFWriter.little(type.rawValue, &metadata)
        keyCount += 1
        // A string's bytes follow its length, an array's elements follow their type and count.
        let prefix = type == .string ? 8 : type == .array ? 12 : 0
        valueOffsets.append((name, GGUFWriter.preamble + metadata.count + prefix))
    }

    private mutating func array(_ name: String, _ type: GGUFType, count: Int) {
        key(name, .array)
        GGUFWriter.little(type.rawValue, &metadata)
        GGUFWriter.little(UInt64(count), &metadata)
    }

    /// An unsigned 32-bit value.
    package mutating func set(_ name: String, _ value: Int) {
        key(name, .uint32)
        GGUFWriter.little(UInt32(truncatingIfNeeded: value), &metadata)
    }

    package mutating func set(_ name: String, _ value: Float) {
        key(name, .float32)
        GGUFWriter.little(value.bitPattern, &metadata)
    }

    package mutating func set(_ name: String, _ value: Bool) {
        key(name, .bool)
        metadata.append(value ? 1 : 0)
    }

    package mutating func set(_ name: String, _ value: String) {
        key(name, .string)
        GGUFWriter.text(Array(value.utf8), &metadata)
    }

    package mutating func set(_ name: String, _ values: [String]) {
        array(name, .string, count: values.count)
        for value in values { GGUFWriter.text(Array(value.utf8), &metadata) }
    }

    /// Strings as bytes: pieces of a tokenizer need not be equal under Swift's String comparison.
    package mutating func set(_ name: String, strings values: [[UInt8]]) {
        array(name, .string, count: values.count)
        for value in values { GGUFWriter.text(value, &metadata) }
    }

    package mutating func set(_ name: String, _ values: [UInt8]) {
        array(name, .uint8, count: values.count)
        metadata.append(contentsOf: values)
    }

    package mutating func set(_ name: String, _ values: [Float]) {
        array(name, .float32, count: values.count)
        for value in values { GGUFWriter.little(value.bitPattern, &metadata) }
    }

    package mutating func set(_ name: String, _ values: [Int32]) {
        array(name, .int32, count: values.count)
        for value in values { GGUFWriter.little(value, &metadata) }
    }

    package mutating func set(_ name: String, _ values: [UInt32]) {
        array(name, .uint32, count: values.count)
        for value in values { GGUFWriter.little(value, &metadata) }
    }

    /// Announces a tensor; `shape` with the fastest-running dimension first. Data must follow in this order.
    package mutating func tensor(_ name: String, _ type: GGUFTensorType, shape: [Int]) {
        tensors.append((name, type, shape))
    }

    /// Where the bytes of a value lie in the file: what is known only at the end is patched in there.
    package func valueOffset(of key: String) -> Int? { valueOffsets.first { $0.key == key }?.offset }

    /// Bytes of zeros that follow `count` bytes of data.
    package func padding(after count: Int) -> Int { (alignment - count % alignment) % alignment }

    /// The whole header, padded so that the data may follow.
    package func header() -> [UInt8] {
        var out = Array("GGUF".utf8)
        GGUFWriter.little(UInt32(3), &out)
        GGUFWriter.little(UInt64(tensors.count), &out)
        GGUFWriter.little(UInt64(keyCount), &out)
        out.append(contentsOf: metadata)
        var offset = 0
        for tensor in tensors {
            GGUFWriter.text(Array(tensor.name.utf8), &out)
            GGUFWriter.little(UInt32(tensor.shape.count), &out)
            for extent in tensor.shape { GGUFWriter.little(UInt64(extent), &out) }
            GGUFWriter.little(tensor.type.rawValue, &out)
            GGUFWriter.little(UInt64(offset), &out)
            let bytes = tensor.shape.reduce(tensor.type.size, *)
            offset += bytes + padding(after: bytes)
        }
        out.append(contentsOf: [UInt8](repeating: 0, count: padding(after: out.count)))
        return out
    }
}
