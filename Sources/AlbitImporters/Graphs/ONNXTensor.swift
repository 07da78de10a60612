import AlbitModel
import AlbitText

/// Reads TensorProto messages: as places in the file or in an external file, never as copies of weights.
final class ONNXTensorReader {
    static let maxRank = 16
    /// Values that are spelled one by one (int64_data and the like) are copied, if they are few.
    static let maxSpelled = 16 << 20

    private let scanner: WireScanner
    private var path: String { scanner.source.path }
    private let tree: any FileTree
    /// External files by location, opened once.
    private var opened: [String: any ByteSource] = [:]
    /// In the order of first use.
    private(set) var externalFiles: [any ByteSource] = []

    init(scanner: WireScanner, tree: any FileTree) {
        self.scanner = scanner
        self.tree = tree
    }

    private struct Parts {
        var name = ""
        var shape: [Int] = []
        var type = 0
        var raw: Range<Int>?
        /// Typed fields: field number to its payloads.
        var typed: [(number: Int, field: WireScanner.Payload)] = []
        var isExternal = false
        var external: [String: String] = [:]
        var isSegmented = false
    }

    /// A tensor and its own name. `fallback` names a tensor without a name in messages.
    func read(_ range: Range<Int>, fallback: String = "") throws(Fault) -> (name: String, tensor: any LazyTensor) {
        var parts = Parts()
        var message = scanner.message(range)
        while let field = try message.next() { try self.collect(field, into: &parts) }
        let name = parts.name.isEmpty ? fallback : parts.name
        guard parts.shape.count <= ONNXTensorReader.maxRank else {
            throw Fault(
                .onnxBadShape, in: path, at: "tensor '\(name)'", "has more than \(ONNXTensorReader.maxRank) dimensions")
        }
        guard let dtype = ONNXTensorReader.type(parts.type) else {
            throw Fault(
                .onnxUnknownType, in: path, at: "tensor '\(name)'",
                "has data type \(parts.type), which is no type of numbers that Albit reads",
                advice: "export the model in float32, float16 or bfloat16")
        }
        guard !parts.isSegmented else {
            throw Fault(
                .onnxSegmented, in: path, at: "tensor '\(name)'",
                "is stored in segments, which no known program writes")
        }
        guard let count = parts.shape.checkedProduct,
            case (let bytes, let overflow) = count.multipliedReportingOverflow(by: dtype.size), !overflow
        else {
            throw Fault(.onnxBadShape, in: path, at: "tensor '\(name)'", "has impossible dimensions \(parts.shape)")
        }
        guard parts.raw == nil || parts.typed.isEmpty, !parts.isExternal || (parts.raw == nil && parts.typed.isEmpty)
        else {
            throw Fault(
                .onnxSeveralPayloads, in: path, at: "tensor '\(name)'",
                "has its values twice, in raw_data and in a typed field", advice: "the file is damaged")
        }
        if parts.isExternal { return (parts.name, try external(parts, name, dtype, bytes)) }
        if let raw = parts.raw {
            guard raw.count == bytes else {
                throw .wrongSize(path: path, tensor: name, expected: bytes, found: raw.count)
            }
            return (
                parts.name,
                StoredTensor(shape: parts.shape, dtype: dtype, source: scanner.source, offset: raw.lowerBound)
            )
        }
        return (parts.name, try typed(parts, name, dtype, count))
    }

    private func collect(_ field: WireScanner.Field, into parts: inout Parts) throws(Fault) {
        switch (field.number, field.payload) {
        case (1, .varint(let extent)): parts.shape.append(Int(Int64(bitPattern: extent)))
        case (1, .bytes(let packed)):
            var position = packed.lowerBound
            while position < packed.upperBound {
                guard parts.shape.count <= ONNXTensorReader.maxRank else { break }
                parts.shape.append(Int(Int64(bitPattern: try scanner.varint(&position, end: packed.upperBound))))
            }
        case (2, .varint(let type)): parts.type = Int(truncatingIfNeeded: type)
        case (3, _): parts.isSegmented = true
        case (4...7, let payload), (10...11, let payload):
            if case .bytes(let range) = payload, range.isEmpty { return }
            guard parts.typed.count < 4096 else { throw .scattered(path: path, tensor: parts.name) }
            parts.typed.append((field.number, payload))
        case (8, .bytes(let range)): parts.name = try scanner.text(range)
        case (9, .bytes(let range)): parts.raw = range.isEmpty ? parts.raw : range
        case (13, .bytes(let range)):
            guard parts.external.count < 64 else {
                throw .badExternal(path: path, tensor: parts.name, problem: "has too many entries")
            }
            var key = ""
            var value = ""
            var message = scanner.message(range)
            while let entry = try message.next() {
                if case (1, .bytes(let text)) = (entry.number, entry.payload) { key = try self.scanner.text(text) }
                if case (2, .bytes(let text)) = (entry.number, entry.payload) { value = try self.scanner.text(text) }
            }
            parts.external[key] = value
        case (14, .varint(let location)): parts.isExternal = location == 1
        default: break
        }
        // One too many tells enough; the name may come later.
        if parts.shape.count > ONNXTensorReader.maxRank + 1 { parts.shape.removeLast() }
    }

    static func type(_ number: Int) -> TensorType? {
        switch number {
        case 1: .float32
        case 2: .uint8
        case 3: .int8
        case 4: .uint16
        case 5: .int16
        case 6: .int32
        case 7: .int64
        case 9: .bool
        case 10: .float16
        case 11: .float64
        case 12: .uint32
        case 13: .uint64
        case 16: .bfloat16
        default: nil
        }
    }

    /// The field that holds values of a type, and whether they are numbers of variable length there.
    private static func typedField(_ type: TensorType) -> (number: Int, isVarint: Bool) {
        switch type {
        case .float32: (4, false)
        case .float64: (10, false)
        case .int64: (7, true)
        case .uint64, .uint32: (11, true)
        default: (5, true)
        }
    }

    private func typed(
        _ parts: Parts, _ name: String, _ dtype: TensorType, _ count: Int
    ) throws(Fault) -> any LazyTensor {
        let (number, isVarint) = ONNXTensorReader.typedField(dtype)
        guard parts.typed.allSatisfy({ $0.number == number }) else {
            throw Fault(
                .onnxSeveralPayloads, in: path, at: "tensor '\(name)'",
                "has its values twice, in raw_data and in a typed field", advice: "the file is damaged")
        }
        if !isVarint, parts.typed.count == 1, case .bytes(let range) = parts.typed[0].field {
            // Packed floats lie as they would in raw data.
            guard range.count == count &* dtype.size else {
                throw .wrongSize(path: path, tensor: name, expected: count &* dtype.size, found: range.count)
            }
            return StoredTensor(shape: parts.shape, dtype: dtype, source: scanner.source, offset: range.lowerBound)
        }
        var values: [UInt8] = []
        func append(_ value: UInt64) throws(Fault) {
            guard values.count < ONNXTensorReader.maxSpelled else { throw .scattered(path: path, tensor: name) }
            for i in 0..<dtype.size { values.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
        }
        for (_, field) in parts.typed {
            switch field {
            case .varint(let value): try append(value)
            case .fixed32(let value): try append(UInt64(value))
            case .fixed64(let value): try append(value)
            case .bytes(let range):
                var position = range.lowerBound
                while position < range.upperBound {
                    if isVarint {
                        try append(try scanner.varint(&position, end: range.upperBound))
                    } else {
                        let part = range.upperBound - position
                        guard part % dtype.size == 0, part <= ONNXTensorReader.maxSpelled - values.count else {
                            throw .scattered(path: path, tensor: name)
                        }
                        values += try scanner.source.bytes(
                            at: position, count: part, what: "a tensor", limit: ONNXTensorReader.maxSpelled)
                        position = range.upperBound
                    }
                }
            }
        }
        guard values.count == count &* dtype.size else {
            throw .wrongSize(path: path, tensor: name, expected: count &* dtype.size, found: values.count)
        }
        return StoredTensor(
            shape: parts.shape, dtype: dtype, source: MemoryBytes(values, path: "\(path): '\(name)'"), offset: 0)
    }

    private func external(
        _ parts: Parts, _ name: String, _ dtype: TensorType, _ bytes: Int
    ) throws(Fault) -> any LazyTensor {
        guard let location = parts.external["location"], !location.isEmpty else {
            throw Fault(.onnxNoLocation, in: path, at: "tensor '\(name)'", "is external, but no file is named")
        }
        func number(_ key: String) throws(Fault) -> Int? {
            guard let text = parts.external[key], !text.isEmpty else { return nil }
            guard let value = Int(text), value >= 0 else {
                throw .badExternal(
                    path: path, tensor: name, problem: "has \(key) '\(text)', expected a number of bytes from 0")
            }
            return value
        }
        let offset = try number("offset") ?? 0
        let length = try number("length")
        let file = try open(location, name)
        if let length, length != bytes { throw .wrongSize(path: path, tensor: name, expected: bytes, found: length) }
        guard offset <= file.count, bytes <= file.count - offset else {
            throw .badExternal(
                path: path, tensor: name,
                problem: "needs \(bytes) bytes at \(offset) of '\(location)', which has \(file.count)")
        }
        return StoredTensor(shape: parts.shape, dtype: dtype, source: file, offset: offset)
    }

    private func open(_ location: String, _ name: String) throws(Fault) -> any ByteSource {
        if let file = opened[location] { return file }
        func refuse(_ problem: String) -> Fault {
            Fault(
                .onnxBadLocation, in: path, at: "tensor '\(name)'", "lies in '\(location)', which \(problem)",
                advice: "external data has to lie beside the model")
        }
        if location.hasPrefix("/") { throw refuse("is an absolute path") }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false).filter { $0 != "." }
        guard parts.allSatisfy({ DirectoryTree.isPlainName(String($0)) }) else {
            throw refuse("leaves the model's directory")
        }
        guard opened.count < 65536 else {
            throw Fault(
                .onnxTooMany, in: path, "has more than 65536 external files", advice: "the file is damaged or hostile")
        }
        guard let file = try tree.open(location) else {
            throw Fault(
                .onnxMissingFile, in: path, at: "tensor '\(name)'", "lies in '\(location)', which is not there",
                advice: "copy it beside the model")
        }
        if let directory = tree as? DirectoryTree, !directory.holds(location, besides: path) {
            throw refuse("is a link that leads out of the model's directory")
        }
        opened[location] = file
        externalFiles.append(file)
        return file
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func wrongSize(path: String, tensor: String, expected: Int, found: Int) -> Fault {
        Fault(
            .onnxWrongSize, in: path, at: "tensor '\(tensor)'",
            "has \(found) bytes of data, its shape and type need \(expected)", advice: "the file is damaged")
    }

    fileprivate static func scattered(path: String, tensor: String) -> Fault {
        Fault(
            .onnxScattered, in: path, at: "tensor '\(tensor)'", "is stored number by number",
            advice: "save the model again with raw data (onnx.save does)")
    }

    fileprivate static func badExternal(path: String, tensor: String, problem: String) -> Fault {
        Fault(.onnxBadExternal, in: path, at: "tensor '\(tensor)'", "is external and \(problem)")
    }
}
