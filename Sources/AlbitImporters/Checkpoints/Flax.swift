import AlbitModel
import AlbitText

/// Reads Flax checkpoints: nested msgpack maps whose leaves are arrays. Only headers are read; elements stay in
/// the file. Sources: the msgpack specification, flax/serialization.py. Limits: formats/flax.md.
package struct Flax: CheckpointReader {
    package static let formatName = "Flax msgpack"
    package static let fileNames = ["flax_model.msgpack"]
    package static let suffixes = [".msgpack"]

    static let maxDepth = 32
    static let maxValues = 1 << 18
    static let maxName = 4096
    static let maxRank = 16

    private let file: any ByteSource
    private var offset = 0
    private var values = 0
    private var checkpoint = Checkpoint(format: "Flax msgpack", writer: "Flax", tensors: [])
    /// The part of the file around `offset`.
    private var window: [UInt8] = []
    private var windowStart = 0

    /// A map or an array comes first.
    package static func matches(_ start: FileStart) -> FormatMatch {
        switch start.bytes.first {
        case .some(MessagePackTag.shortMap), .some(MessagePackTag.shortArray),
            .some(MessagePackTag.array16...MessagePackTag.map32):
            .possible
        default: .no
        }
    }

    package static func read(_ file: any ByteSource) throws(Fault) -> Checkpoint {
        var flax = Flax(file: file)
        try flax.value(name: "", depth: 0)
        guard flax.offset == file.count else {
            throw Fault(
                .flaxTrailingBytes, in: file.path,
                "\(file.count - flax.offset) bytes follow the msgpack value at byte \(flax.offset)",
                expected: "the end", advice: "download it again")
        }
        return flax.checkpoint
    }

    private init(file: any ByteSource) { self.file = file }

    /// What a value turned out to be, as far as its parents need to know.
    private enum Kind {
        case integer(Int)
        case text(String)
        case bytes(offset: Int, count: Int)
        case array([Kind])
        case tensor(any LazyTensor)
        case map([(name: String, kind: Kind)])
        case other
    }

    // Input --------------------------------------------------------------------------------------------

    private mutating func byte() throws(Fault) -> UInt8 {
        if offset < windowStart || offset >= windowStart + window.count {
            guard offset < file.count else {
                throw Fault(
                    .flaxTruncated, in: file.path, at: "the msgpack data ends at byte \(offset)", "inside a value",
                    advice: "download it again")
            }
            windowStart = offset
            window = try file.bytes(at: offset, count: min(1024, file.count - offset), what: "a header", limit: 1024)
        }
        defer { offset += 1 }
        return window[offset - windowStart]
    }

    private mutating func bigEndian(_ count: Int) throws(Fault) -> UInt64 {
        var value: UInt64 = 0
        for _ in 0..<count { value = value << 8 | UInt64(try byte()) }
        return value
    }

    private mutating func skip(_ count: UInt64) throws(Fault) -> (offset: Int, count: Int) {
        guard count <= UInt64(file.count - offset) else {
            throw Fault(
                .flaxValueOutside, in: file.path,
                "a msgpack value of \(count) bytes at \(offset) reaches beyond the file's \(file.count)",
                advice: "download it again")
        }
        defer { offset += Int(count) }
        return (offset, Int(count))
    }

    private mutating func text(_ count: UInt64) throws(Fault) -> Kind {
        let (start, length) = try skip(count)
        guard length <= Flax.maxName,
            let text = String(
                validating: try file.bytes(at: start, count: length, what: "a name", limit: Flax.maxName), as: UTF8.self
            )
        else { throw .badName(path: file.path, offset: start) }
        return .text(text)
    }

    // Values -------------------------------------------------------------------------------------------

    @discardableResult
    private mutating func value(name: String, depth: Int) throws(Fault) -> Kind {
        values += 1
        guard depth <= Flax.maxDepth, values <= Flax.maxValues else {
            throw Fault(
                .flaxTooDeep, in: file.path,
                "nests deeper than \(Flax.maxDepth) levels or holds more than \(Flax.maxValues) values at byte "
                    + "\(offset)", advice: "the file is damaged or hostile")
        }
        let start = offset
        let tag = try byte()
        switch tag {
        case MessagePackTag.positive: return .integer(Int(tag))
        case MessagePackTag.shortMap: return try map(UInt64(tag & 15), name: name, depth: depth)
        case MessagePackTag.shortArray: return try array(UInt64(tag & 15), name: name, depth: depth)
        case MessagePackTag.shortText: return try text(UInt64(tag & 31))
        case MessagePackTag.null, MessagePackTag.no, MessagePackTag.yes: return .other
        case MessagePackTag.bytes8: return bytes(try skip(try bigEndian(1)))
        case MessagePackTag.bytes16: return bytes(try skip(try bigEndian(2)))
        case MessagePackTag.bytes32: return bytes(try skip(try bigEndian(4)))
        case MessagePackTag.extension8: return try extended(try bigEndian(1), name: name, depth: depth)
        case MessagePackTag.extension16: return try extended(try bigEndian(2), name: name, depth: depth)
        case MessagePackTag.extension32: return try extended(try bigEndian(4), name: name, depth: depth)
        case MessagePackTag.float: return skipped(try skip(4))
        case MessagePackTag.double: return skipped(try skip(8))
        case MessagePackTag.unsigned:
            guard let integer = Int(exactly: try bigEndian(1 << Int(tag - MessagePackTag.unsigned.lowerBound))) else {
                return .other
            }
            return .integer(integer)
        case MessagePackTag.signed8: return .integer(Int(Int8(truncatingIfNeeded: try bigEndian(1))))
        case MessagePackTag.signed16: return .integer(Int(Int16(truncatingIfNeeded: try bigEndian(2))))
        case MessagePackTag.signed32: return .integer(Int(Int32(truncatingIfNeeded: try bigEndian(4))))
        case MessagePackTag.signed64: return .integer(Int(Int64(bitPattern: try bigEndian(8))))
        case MessagePackTag.fixedExtension:
            return try extended(1 << UInt64(tag - MessagePackTag.fixedExtension.lowerBound), name: name, depth: depth)
        case MessagePackTag.text8: return try text(try bigEndian(1))
        case MessagePackTag.text16: return try text(try bigEndian(2))
        case MessagePackTag.text32: return try text(try bigEndian(4))
        case MessagePackTag.array16: return try array(try bigEndian(2), name: name, depth: depth)
        case MessagePackTag.array32: return try array(try bigEndian(4), name: name, depth: depth)
        case MessagePackTag.map16: return try map(try bigEndian(2), name: name, depth: depth)
        case MessagePackTag.map32: return try map(try bigEndian(4), name: name, depth: depth)
        case MessagePackTag.negative: return .integer(Int(Int8(bitPattern: tag)))
        default:
            throw Fault(
                .flaxUnknownTag, in: file.path, at: "byte \(start)", "is \(tag), which msgpack does not use",
                advice: "the file is damaged, download it again")
        }
    }

    private func bytes(_ place: (offset: Int, count: Int)) -> Kind { .bytes(offset: place.offset, count: place.count) }
    private func skipped(_ place: (offset: Int, count: Int)) -> Kind { .other }

    private func child(_ name: String, _ part: String) throws(Fault) -> String {
        let path = name.isEmpty ? part : name + "/" + part
        guard path.utf8.count <= Flax.maxName else { throw .badName(path: file.path, offset: offset) }
        return path
    }

    /// Arrays appear as shapes and, from lists of layers, as numbered members.
    private mutating func array(_ count: UInt64, name: String, depth: Int) throws(Fault) -> Kind {
        var members: [Kind] = []
        var index: UInt64 = 0
        while index < count {
            let kind = try value(name: try child(name, String(index)), depth: depth + 1)
            if members.count < Flax.maxRank { members.append(kind) }
            index += 1
        }
        return .array(members)
    }

    private mutating func map(_ count: UInt64, name: String, depth: Int) throws(Fault) -> Kind {
        var members: [(name: String, kind: Kind)] = []
        var index: UInt64 = 0
        var isChunked = false
        let before = checkpoint.tensors.count
        var seen = Set<String>()
        while index < count {
            let start = offset
            let key: String
            switch try value(name: "", depth: depth + 1) {
            case .text(let text): key = text
            case .integer(let number): key = String(number)
            default: throw .badName(path: file.path, offset: start)
            }
            guard seen.insert(key).inserted else {
                throw Fault(
                    .flaxDuplicateName, in: file.path,
                    "'\(try child(name, key))' stands twice, so its meaning is open", advice: "save the model again")
            }
            if key == "__msgpack_chunked_array__" { isChunked = true }
            members.append((key, try value(name: try child(name, key), depth: depth + 1)))
            index += 1
        }
        guard isChunked else { return .map(members.filter { isSmall($0.kind) }) }
        // The chunks were taken for tensors of their own; together they are one.
        checkpoint.tensors.removeSubrange(before...)
        let tensor = try joined(members, name: name)
        checkpoint.tensors.append(NamedTensor(name: name, tensor: tensor))
        return .tensor(tensor)
    }

    private func isSmall(_ kind: Kind) -> Bool {
        switch kind {
        case .integer, .tensor: true
        default: false
        }
    }

    private func joined(_ members: [(name: String, kind: Kind)], name: String) throws(Fault) -> any LazyTensor {
        func numbered(_ key: String) -> [Kind]? {
            guard case .map(let parts)? = members.first(where: { $0.name == key })?.kind else { return nil }
            let sorted = (0..<parts.count).map { index in parts.first { $0.name == String(index) }?.kind }
            return sorted.contains { $0 == nil } ? nil : sorted.compactMap { $0 }
        }
        guard let dimensions = numbered("shape"), let chunks = numbered("chunks"), dimensions.count <= Flax.maxRank
        else {
            throw .badChunks(path: file.path, tensor: name)
        }
        let shape = dimensions.compactMap { kind in if case .integer(let extent) = kind { extent } else { nil } }
        var parts: [JoinedTensor.Part] = []
        var total = 0
        for chunk in chunks {
            guard case .tensor(let tensor) = chunk, let flat = TensorView.reshaped(tensor, to: [tensor.elementCount])
            else {
                throw .badChunks(path: file.path, tensor: name)
            }
            parts.append(.init(start: total, tensor: flat))
            total += flat.elementCount
        }
        guard shape.count == dimensions.count, shape.checkedProduct == total,
            let joined = JoinedTensor(shape: [total], axis: 0, parts: parts),
            let tensor = TensorView.reshaped(joined, to: shape)
        else { throw .badChunks(path: file.path, tensor: name) }
        return tensor
    }

    private static let types: [String: TensorType] = [
        "float32": .float32, "float64": .float64, "float16": .float16, "bfloat16": .bfloat16, "int64": .int64,
        "int32": .int32,
        "int16": .int16, "int8": .int8, "uint64": .uint64, "uint32": .uint32, "uint16": .uint16, "uint8": .uint8,
        "bool": .bool,
    ]

    /// Extension type 1 wraps `[shape, dtype, bytes]`; 2 and 3 are scalars.
    private mutating func extended(_ count: UInt64, name: String, depth: Int) throws(Fault) -> Kind {
        let start = offset
        let type = try byte()
        let (payload, length) = try skip(count)
        guard type == 1 else { return .other }
        let end = offset
        offset = payload
        let kind = try value(name: "", depth: depth + 1)
        guard case .array(let members) = kind, members.count == 3, case .array(let dimensions) = members[0],
            case .bytes(let at, let size) = members[2], offset == payload + length
        else {
            throw Fault(
                .flaxBadArray, in: file.path, at: "array '\(name)'",
                "is, at byte \(start), not [shape, type, bytes] as Flax writes it", advice: "download or save it again")
        }
        offset = end
        var dtypeName = ""
        switch members[1] {
        case .text(let text): dtypeName = text
        case .bytes(let at, let size):
            dtypeName = String(
                decoding: try file.bytes(at: at, count: size, what: "a type's name", limit: 64), as: UTF8.self)
        default: break
        }
        let shape = dimensions.compactMap { kind in if case .integer(let extent) = kind { extent } else { nil } }
        guard let dtype = Flax.types[dtypeName] else {
            throw Fault(
                .flaxUnknownType, in: file.path, at: "array '\(name)'", "has type '\(dtypeName)'",
                expected: "float32, float64, float16 or bfloat16")
        }
        guard shape.count == dimensions.count, let product = shape.checkedProduct, product &* dtype.size == size else {
            throw Fault(
                .flaxSizeMismatch, in: file.path, at: "array '\(name)'",
                "has shape \(shape) and type \(dtypeName), which do not fill its \(size) bytes",
                advice: "download it again")
        }
        let tensor = StoredTensor(shape: shape, dtype: dtype, source: file, offset: at)
        checkpoint.tensors.append(NamedTensor(name: name, tensor: tensor))
        return .tensor(tensor)
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badName(path: String, offset: Int) -> Fault {
        Fault(
            .flaxBadName, in: path, at: "the name at byte \(offset)", "is no short text in UTF-8",
            advice: "the file is damaged, download it again")
    }

    fileprivate static func badChunks(path: String, tensor: String) -> Fault {
        Fault(
            .flaxBadChunks, in: path, at: "array '\(tensor)'", "has chunks that do not make up its shape",
            advice: "download it again")
    }
}
