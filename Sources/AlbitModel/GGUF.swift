import AlbitText

/// A GGUF file that has been checked: every key, value and tensor lies inside it. Reads nothing but the header.
///
/// Source: the GGUF specification, version 3 (ggml-org/ggml, docs/gguf.md). Limits: formats/gguf-albert.md.
package final class GGUF: @unchecked Sendable {
    package let file: MappedFile
    package let metadata: [(key: String, value: GGUFValue)]
    package let tensors: [GGUFTensor]

    /// More than any model of these families needs; keeps a hostile header from costing time.
    package static let maxEntries = 65_536
    package static let maxKeyLength = 65_535
    package static let maxTensorName = 63

    /// Throws the `Fault` case for what is wrong.
    package init(file: MappedFile) throws(Fault) {
        self.file = file
        var reader = GGUFReader(path: file.path, bytes: file.bytes)
        try reader.expectHeader()
        let tensorCount = try reader.count("tensors", limit: GGUF.maxEntries)
        let keyCount = try reader.count("metadata keys", limit: GGUF.maxEntries)

        var metadata: [(key: String, value: GGUFValue)] = []
        var seen = Set<String>()
        for _ in 0..<keyCount {
            let key = try reader.key()
            guard seen.insert(key).inserted else {
                throw Fault(.modelDuplicateKey, in: file.path, at: "key '" + key + "'", "stands twice")
            }
            metadata.append((key, try reader.value(key: key)))
        }
        self.metadata = metadata

        var alignment: UInt64 = 32
        if let entry = metadata.first(where: { $0.key == "general.alignment" }) {
            guard case .unsigned(let value) = entry.value else {
                throw .wrongKeyType(path: file.path, key: "general.alignment", expected: "an unsigned integer")
            }
            alignment = value
        }
        guard alignment >= 8, alignment <= 65536, alignment & (alignment - 1) == 0 else {
            throw Fault(
                .modelBadAlignment, in: file.path, "general.alignment is " + String(alignment),
                expected: "a power of two from 8 to 65536")
        }
        tensors = try reader.tensors(count: tensorCount, alignment: Int(alignment))
    }

    package subscript(key: String) -> GGUFValue? { metadata.first { $0.key == key }?.value }
    package func tensor(_ name: String) -> GGUFTensor? { tensors.first { $0.name == name } }

    /// The tensor's bytes in the mapping.
    package func bytes(of tensor: GGUFTensor) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: file.bytes[tensor.fileOffset..<(tensor.fileOffset + tensor.byteCount)])
    }

    // Typed access: nil where the key is missing, an error where it has another type.

    package func integer(_ key: String) throws(Fault) -> Int? {
        switch self[key] {
        case nil: return nil
        case .unsigned(let value)?:
            if let exact = Int(exactly: value) { return exact }
        case .signed(let value)?:
            if let exact = Int(exactly: value) { return exact }
        default: break
        }
        throw .wrongKeyType(path: file.path, key: key, expected: "an integer in range")
    }

    package func string(_ key: String) throws(Fault) -> String? {
        guard let value = self[key] else { return nil }
        guard case .string(let bytes) = value else {
            throw .wrongKeyType(path: file.path, key: key, expected: "a string")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func float(_ key: String) throws(Fault) -> Double? {
        guard let value = self[key] else { return nil }
        guard case .float(let number) = value else {
            throw .wrongKeyType(path: file.path, key: key, expected: "a float")
        }
        return number
    }

    package func array(_ key: String) throws(Fault) -> GGUFArray? {
        guard let value = self[key] else { return nil }
        guard case .array(let array) = value else {
            throw .wrongKeyType(path: file.path, key: key, expected: "an array")
        }
        return array
    }

    package func strings(_ key: String) throws(Fault) -> [String]? {
        guard let array = try array(key) else { return nil }
        guard array.elementType == .string else {
            throw .wrongKeyType(path: file.path, key: key, expected: "an array of strings")
        }
        return array.strings
    }

    package func integers(_ key: String) throws(Fault) -> [Int]? {
        guard let array = try array(key) else { return nil }
        var result: [Int] = []
        result.reserveCapacity(array.count)
        for i in 0..<array.count {
            guard let value = array.integer(i) else {
                throw .wrongKeyType(path: file.path, key: key, expected: "an array of integers")
            }
            result.append(value)
        }
        return result
    }

    package func required<T>(_ key: String, _ value: T?) throws(Fault) -> T {
        guard let value else {
            throw Fault(
                .modelMissingKey, in: file.path, at: "key '" + key + "'", "is missing",
                advice: "make the file again with 'albit quantize'")
        }
        return value
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func wrongKeyType(path: String, key: String, expected: String) -> Fault {
        Fault(.modelWrongKeyType, in: path, at: "key '" + key + "'", "is not " + expected)
    }
}
