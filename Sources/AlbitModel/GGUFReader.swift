import AlbitText

/// Walks the header of a GGUF file with every step bounds-checked.
struct GGUFReader {
    let path: String
    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(path: String, bytes: UnsafeRawBufferPointer) {
        self.path = path
        self.bytes = bytes
    }

    private mutating func take(_ count: Int, _ what: String) throws(Fault) -> UnsafeRawBufferPointer {
        guard count >= 0, bytes.count - offset >= count else {
            throw .truncated(path: path, what: what, offset: offset)
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    private mutating func uint32(_ what: String) throws(Fault) -> UInt32 {
        try take(4, what).loadUnaligned(as: UInt32.self)
    }

    private mutating func uint64(_ what: String) throws(Fault) -> UInt64 {
        try take(8, what).loadUnaligned(as: UInt64.self)
    }

    mutating func expectHeader() throws(Fault) {
        guard bytes.count >= 4, bytes[0] == 0x47, bytes[1] == 0x47, bytes[2] == 0x55, bytes[3] == 0x46 else {
            throw Fault(
                .modelNotGGUF, in: path, "is not a GGUF file (its first four bytes are not 'GGUF')",
                expected: "a file made by 'albit quantize'")
        }
        offset = 4
        let version = try uint32("the header")
        guard !(1...3).contains(version.byteSwapped) else {
            throw Fault(
                .modelBigEndian, in: path, "is big-endian: its numbers are in the byte order of other machines",
                advice: "write it again for a little-endian machine")
        }
        guard version == 3 else {
            throw Fault(
                .modelUnsupportedGGUFVersion, in: path, "GGUF version " + String(version), expected: "3",
                advice: "make it again with 'albit quantize'")
        }
    }

    mutating func count(_ what: String, limit: Int) throws(Fault) -> Int {
        let value = try uint64("the header")
        guard value <= UInt64(limit) else {
            throw Fault(
                .modelTooMany, in: path,
                "claims " + String(value) + " " + what + ", more than the limit of "
                    + String(limit), advice: "the file is damaged")
        }
        return Int(value)
    }

    mutating func key() throws(Fault) -> String {
        let start = offset
        let length = try uint64("a key")
        guard length > 0, length <= UInt64(GGUF.maxKeyLength) else {
            throw Fault(
                .modelBadKey, in: path, at: "the key at byte " + String(start), "is empty, too long or not UTF-8")
        }
        guard let text = String(validating: try take(Int(length), "a key"), as: UTF8.self) else {
            throw Fault(
                .modelBadKey, in: path, at: "the key at byte " + String(start), "is empty, too long or not UTF-8")
        }
        return text
    }

    mutating func value(key: String) throws(Fault) -> GGUFValue {
        let number = try uint32("key '" + key + "'")
        guard let type = GGUFType(rawValue: number) else {
            throw Fault(
                .modelUnknownValueType, in: path, at: "key '" + key + "'", "has value type " + String(number),
                expected: "0 to 12")
        }
        let what = "key '" + key + "'"
        switch type {
        case .uint8: return .unsigned(UInt64(try take(1, what)[0]))
        case .int8: return .signed(Int64(Int8(bitPattern: try take(1, what)[0])))
        case .uint16: return .unsigned(UInt64(try take(2, what).loadUnaligned(as: UInt16.self)))
        case .int16: return .signed(Int64(try take(2, what).loadUnaligned(as: Int16.self)))
        case .uint32: return .unsigned(UInt64(try uint32(what)))
        case .int32: return .signed(Int64(try take(4, what).loadUnaligned(as: Int32.self)))
        case .float32: return .float(Double(Float(bitPattern: try uint32(what))))
        case .bool: return .bool(try take(1, what)[0] != 0)
        case .uint64: return .unsigned(try uint64(what))
        case .int64: return .signed(Int64(bitPattern: try uint64(what)))
        case .float64: return .float(Double(bitPattern: try uint64(what)))
        case .string: return .string(try string(what))
        case .array: return .array(try array(key: key, what: what))
        }
    }

    private mutating func string(_ what: String) throws(Fault) -> UnsafeRawBufferPointer {
        let length = try uint64(what)
        guard length <= UInt64(bytes.count) else { throw .truncated(path: path, what: what, offset: offset) }
        return try take(Int(length), what)
    }

    private mutating func array(key: String, what: String) throws(Fault) -> GGUFArray {
        let number = try uint32(what)
        guard let type = GGUFType(rawValue: number) else {
            throw Fault(
                .modelUnknownValueType, in: path, at: "key '" + key + "'", "has value type " + String(number),
                expected: "0 to 12")
        }
        guard type != .array else {
            throw Fault(
                .modelNestedArray, in: path, at: "key '" + key + "'",
                "is an array of arrays, which Albit files never hold")
        }
        let count = try uint64(what)
        // An element costs a byte at least, so a larger count cannot be true.
        guard count <= UInt64(bytes.count - offset) else { throw .truncated(path: path, what: what, offset: offset) }
        let start = offset
        if let size = type.size {
            let (total, overflow) = Int(count).multipliedReportingOverflow(by: size)
            guard !overflow else { throw .truncated(path: path, what: what, offset: offset) }
            _ = try take(total, what)
        } else {
            for _ in 0..<Int(count) { _ = try string(what) }
        }
        return GGUFArray(
            elementType: type, count: Int(count), bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<offset]))
    }

    /// Tensor descriptions, checked against the file: alignment, bounds, no overlap, no name twice.
    mutating func tensors(count: Int, alignment: Int) throws(Fault) -> [GGUFTensor] {
        struct Pending {
            var name: String
            var type: GGUFTensorType
            var shape: [Int]
            var offset: UInt64
            var bytes: Int
        }
        var pending: [Pending] = []
        var seen = Set<String>()
        for _ in 0..<count {
            let start = offset
            let length = try uint64("a tensor name")
            guard length > 0, length <= UInt64(GGUF.maxTensorName),
                let name = String(validating: try take(Int(length), "a tensor name"), as: UTF8.self)
            else {
                throw Fault(
                    .modelBadTensorName, in: path, at: "the tensor name at byte " + String(start),
                    "is empty, longer than 63 bytes or not UTF-8")
            }
            guard seen.insert(name).inserted else {
                throw Fault(.modelDuplicateTensor, in: path, at: "tensor '" + name + "'", "stands twice")
            }
            let what = "the description of tensor '" + name + "'"
            let dimensions = try uint32(what)
            guard dimensions >= 1, dimensions <= 4 else { throw .badShape(path: path, tensor: name) }
            var shape: [Int] = []
            var elements = 1
            for _ in 0..<dimensions {
                guard let extent = Int(exactly: try uint64(what)), extent > 0 else {
                    throw .badShape(path: path, tensor: name)
                }
                let (product, overflow) = elements.multipliedReportingOverflow(by: extent)
                guard !overflow else { throw .badShape(path: path, tensor: name) }
                elements = product
                shape.append(extent)
            }
            let number = try uint32(what)
            guard let type = GGUFTensorType(rawValue: number) else {
                throw Fault(
                    .modelUnsupportedTensorType, in: path, at: "tensor '" + name + "'",
                    "has GGML type "
                        + String(number), expected: "F32 (0), F16 (1), I8 (24) or I32 (26)")
            }
            let (byteCount, overflow) = elements.multipliedReportingOverflow(by: type.size)
            guard !overflow else { throw .badShape(path: path, tensor: name) }
            pending.append(Pending(name: name, type: type, shape: shape, offset: try uint64(what), bytes: byteCount))
        }

        let dataStart = (offset + alignment - 1) / alignment * alignment
        let available = max(0, bytes.count - dataStart)
        var result: [GGUFTensor] = []
        for tensor in pending {
            guard tensor.offset % UInt64(alignment) == 0 else {
                throw Fault(
                    .modelMisalignedTensor, in: path, at: "tensor '" + tensor.name + "'",
                    "starts at data offset "
                        + String(tensor.offset) + ", not a multiple of " + String(alignment))
            }
            guard tensor.offset <= UInt64(available), tensor.bytes <= available - Int(tensor.offset) else {
                throw Fault(
                    .modelTensorOutsideFile, in: path, at: "tensor '" + tensor.name + "'",
                    "needs "
                        + String(UInt64(tensor.bytes)) + " bytes at data offset " + String(tensor.offset)
                        + ", but only " + String(available) + " bytes of data are there",
                    advice: "copy or make the file again")
            }
            result.append(
                GGUFTensor(
                    name: tensor.name, type: tensor.type, shape: tensor.shape,
                    fileOffset: dataStart + Int(tensor.offset), byteCount: tensor.bytes))
        }
        let ordered = result.sorted { $0.fileOffset < $1.fileOffset }
        for (before, after) in zip(ordered, ordered.dropFirst())
        where before.fileOffset + before.byteCount > after.fileOffset {
            throw Fault(
                .modelOverlappingTensors, in: path, "tensors '" + before.name + "' and '" + after.name + "' overlap")
        }
        return result
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func truncated(path: String, what: String, offset: Int) -> Fault {
        Fault(
            .modelTruncated, in: path, "ends inside " + what + " at byte " + String(offset),
            advice: "copy or make the file again")
    }

    fileprivate static func badShape(path: String, tensor: String) -> Fault {
        Fault(
            .modelBadShape, in: path, at: "tensor '" + tensor + "'",
            "has no, more than four, zero or overflowing dimensions")
    }
}
