import AlbitModel
import AlbitText

/// Reads `TensorProto` messages as views of the file.
enum TensorFlowTensor {
    /// Bytes of values that are spelled number by number.
    static let maxSpelled = 16 << 20
    static let maxPieces = 4096

    private struct Parts {
        var type = 0
        var shape: [Int] = []
        var hasUnknownRank = false
        var content: Range<Int>?
        /// Values in typed fields, packed or not.
        var typed: [(number: Int, payload: WireScanner.Payload)] = []
    }

    /// The constant of a node; nil where it holds strings, resources or other things that are no numbers.
    static func read(_ range: Range<Int>, _ scanner: WireScanner, node: String) throws(Fault) -> (any LazyTensor)? {
        let path = scanner.source.path
        func bad(_ problem: String) -> Fault { Fault.badTensor(path: path, node: node, problem: problem) }
        var parts = Parts()
        var message = scanner.message(range)
        while let field = try message.next() {
            switch (field.number, field.payload) {
            case (1, .varint(let type)): parts.type = Int(truncatingIfNeeded: type)
            case (2, .bytes(let shape)):
                (parts.shape, parts.hasUnknownRank) = try self.shape(shape, scanner, node: node)
            case (4, .bytes(let content)): if !content.isEmpty { parts.content = content }
            case (5...7, let payload), (10...11, let payload), (13, let payload), (16...17, let payload):
                if case .bytes(let packed) = payload, packed.isEmpty { continue }
                guard parts.typed.count < maxSpelled / 8 else { throw bad("is spelled in too many pieces") }
                parts.typed.append((field.number, payload))
            default: break
            }
        }
        guard let dtype = TensorFlowBundle.types[parts.type] else { return nil }
        guard !parts.hasUnknownRank, let count = parts.shape.checkedProduct else {
            throw bad("has the impossible shape \(parts.shape)")
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: dtype.size)
        guard !overflow else { throw bad("has the impossible shape \(parts.shape)") }
        if let content = parts.content {
            guard content.count == bytes else {
                throw bad("has \(content.count) bytes, its shape \(parts.shape) of \(dtype.rawValue) needs \(bytes)")
            }
            return StoredTensor(shape: parts.shape, dtype: dtype, source: scanner.source, offset: content.lowerBound)
        }
        return try typed(parts, dtype, count, scanner, bad)
    }

    /// Strings of a constant, such as the names that a RestoreV2 reads.
    static func strings(_ range: Range<Int>, _ scanner: WireScanner) throws(Fault) -> [String] {
        var result: [String] = []
        var message = scanner.message(range)
        while let field = try message.next() {
            guard case (8, .bytes(let text)) = (field.number, field.payload) else { continue }
            guard result.count < TensorFlowNode.maxList else {
                throw Fault(
                    .tensorFlowTooMany, in: scanner.source.path,
                    "has more than \(TensorFlowNode.maxList) strings of one constant",
                    advice: "the file is damaged or hostile")
            }
            result.append(try scanner.text(text))
        }
        return result
    }

    /// A `TensorShapeProto`.
    static func shape(
        _ range: Range<Int>, _ scanner: WireScanner, node: String
    ) throws(Fault) -> ([Int], hasUnknownRank: Bool) {
        var shape: [Int] = []
        var isUnknown = false
        var message = scanner.message(range)
        while let field = try message.next() {
            if case (3, .varint(let flag)) = (field.number, field.payload) { isUnknown = flag != 0 }
            guard case (2, .bytes(let dimension)) = (field.number, field.payload) else { continue }
            guard shape.count < ShapeProto.maxRank else {
                throw .badTensor(
                    path: scanner.source.path, node: node, problem: "has more than \(ShapeProto.maxRank) dimensions")
            }
            var size = 0
            var message = scanner.message(dimension)
            while let part = try message.next() {
                if case (1, .varint(let extent)) = (part.number, part.payload) { size = Int(Int64(bitPattern: extent)) }
            }
            shape.append(size)
        }
        return (shape, isUnknown)
    }

    /// The field that a type's values are spelled in, and their bytes there; nil: numbers of variable length.
    private static func field(_ type: TensorType) -> (number: Int, bytes: Int?) {
        switch type {
        case .float32: (5, 4)
        case .float64: (6, 8)
        case .int64: (10, nil)
        case .bool: (11, nil)
        case .float16, .bfloat16: (13, nil)
        case .uint32: (16, nil)
        case .uint64: (17, nil)
        case .int32, .int16, .int8, .uint8, .uint16: (7, nil)
        }
    }

    private static func typed(
        _ parts: Parts, _ dtype: TensorType, _ count: Int, _ scanner: WireScanner, _ bad: (String) -> Fault
    ) throws(Fault) -> any LazyTensor {
        let (number, width) = field(dtype)
        let pieces = parts.typed.filter { $0.number == number }
        if let width, pieces.count == 1, case .bytes(let packed) = pieces[0].payload, packed.count == count &* width {
            return StoredTensor(shape: parts.shape, dtype: dtype, source: scanner.source, offset: packed.lowerBound)
        }
        var values: [UInt8] = []
        func append(_ value: UInt64) throws(Fault) {
            guard values.count < maxSpelled else {
                throw bad("is spelled number by number and has more than \(maxSpelled) bytes")
            }
            for i in 0..<dtype.size { values.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
        }
        for piece in pieces {
            switch piece.payload {
            case .varint(let value): try append(value)
            case .fixed32(let value): try append(UInt64(value))
            case .fixed64(let value): try append(value)
            case .bytes(let packed):
                if width != nil {
                    guard packed.count % dtype.size == 0, packed.count <= maxSpelled - values.count else {
                        throw bad("has \(packed.count) bytes of \(dtype.rawValue)")
                    }
                    values += try scanner.source.bytes(
                        at: packed.lowerBound, count: packed.count, what: "a tensor", limit: maxSpelled)
                } else {
                    var position = packed.lowerBound
                    while position < packed.upperBound {
                        try append(try scanner.varint(&position, end: packed.upperBound))
                    }
                }
            }
        }
        let found = values.count / dtype.size
        guard found <= count else { throw bad("has \(found) values, its shape \(parts.shape) holds \(count)") }
        return NumberListTensor(shape: parts.shape, dtype: dtype, stored: values)
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badTensor(path: String, node: String, problem: String) -> Fault {
        Fault(.tensorFlowBadTensor, in: path, at: "node '\(node)'", "its tensor \(problem)")
    }
}
