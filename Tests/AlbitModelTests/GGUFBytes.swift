/// Writes GGUF headers by hand, right or wrong, for the reader's tests.
struct GGUFBytes {
    private(set) var bytes: [UInt8] = []

    static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    static func string(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

    /// Magic, version and the two counts.
    init(magic: String = "GGUF", version: UInt32 = 3, tensors: UInt64 = 0, keys: UInt64 = 0) {
        bytes = Array(magic.utf8) + Self.little(version) + Self.little(tensors) + Self.little(keys)
    }

    mutating func raw(_ more: [UInt8]) { bytes += more }
    mutating func key(_ name: String, type: UInt32, _ value: [UInt8]) {
        bytes += Self.string(name) + Self.little(type) + value
    }
    mutating func key(_ name: String, _ value: UInt32) { key(name, type: 4, Self.little(value)) }
    mutating func key(_ name: String, _ value: String) { key(name, type: 8, Self.string(value)) }

    mutating func tensor(_ name: String, shape: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) {
        bytes +=
            Self.string(name) + Self.little(UInt32(shape.count)) + shape.flatMap { Self.little($0) }
            + Self.little(type) + Self.little(offset)
    }

    /// Pads to the alignment and appends data.
    mutating func data(_ count: Int, alignment: Int = 32) {
        bytes += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment + count)
    }
}
