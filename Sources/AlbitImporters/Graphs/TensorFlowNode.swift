import AlbitModel
import AlbitText

/// A `NodeDef`: an operator of a TensorFlow graph, with the attributes that anybody here asks for.
struct TensorFlowNode {
    enum Attribute {
        case integer(Int)
        case float(Float)
        case bool(Bool)
        case text(String)
        /// A `DataType`.
        case type(Int)
        case shape(Range<Int>)
        /// Where a `TensorProto` lies.
        case tensor(Range<Int>)
        case function(String)
        case integers([Int])
        case texts([String])
    }

    static let maxInputs = 1 << 16
    static let maxAttributes = 256
    static let maxList = 1 << 16

    private(set) var name = ""
    private(set) var operation = ""
    /// Data inputs as they are written: `node`, `node:1`, in functions `argument` or `node:output:0`.
    private(set) var inputs: [String] = []
    private(set) var attributes: [String: Attribute] = [:]

    init(_ range: Range<Int>, _ scanner: WireScanner) throws(Fault) {
        let path = scanner.source.path
        var places: [Range<Int>] = []
        var message = scanner.message(range)
        while let field = try message.next() {
            guard case .bytes(let content) = field.payload else { continue }
            switch field.number {
            case 1: name = try scanner.text(content)
            case 2: operation = try scanner.text(content)
            case 3:
                guard inputs.count < TensorFlowNode.maxInputs else {
                    throw Fault(
                        .tensorFlowTooMany, in: path,
                        "has more than \(TensorFlowNode.maxInputs) inputs of node '\(name)'",
                        advice: "the file is damaged or hostile")
                }
                let input = try scanner.text(content)
                // A control input only orders.
                if !input.hasPrefix("^") { inputs.append(input) }
            case 5:
                guard places.count < TensorFlowNode.maxAttributes else {
                    throw Fault(
                        .tensorFlowTooMany, in: path,
                        "has more than \(TensorFlowNode.maxAttributes) attributes of node '\(name)'",
                        advice: "the file is damaged or hostile")
                }
                places.append(content)
            default: break
            }
        }
        guard !name.isEmpty, !operation.isEmpty else {
            throw Fault(
                .tensorFlowUnnamedNode, in: path, at: "the node at byte \(range.lowerBound)",
                "has no name or no operator", advice: "the file is damaged")
        }
        for place in places {
            var key = ""
            var value: Range<Int>?
            var message = scanner.message(place)
            while let field = try message.next() {
                if case (1, .bytes(let text)) = (field.number, field.payload) { key = try scanner.text(text) }
                if case (2, .bytes(let content)) = (field.number, field.payload) { value = content }
            }
            // Names that begin with an underscore are TensorFlow's own hints.
            guard let value, !key.hasPrefix("_"),
                let attribute = try TensorFlowNode.attribute(value, scanner, key: key, node: name)
            else {
                continue
            }
            attributes[key] = attribute
        }
    }

    /// An `AttrValue`.
    private static func attribute(
        _ range: Range<Int>, _ scanner: WireScanner, key: String, node: String
    ) throws(Fault) -> Attribute? {
        var result: Attribute?
        var message = scanner.message(range)
        while let field = try message.next() {
            switch (field.number, field.payload) {
            case (1, .bytes(let list)): result = try self.list(list, scanner, key: key, node: node)
            case (2, .bytes(let text)): result = .text(try scanner.text(text))
            case (3, .varint(let value)): result = .integer(Int(Int64(bitPattern: value)))
            case (4, .fixed32(let bits)): result = .float(Float(bitPattern: bits))
            case (5, .varint(let value)): result = .bool(value != 0)
            case (6, .varint(let type)): result = .type(Int(truncatingIfNeeded: type))
            case (7, .bytes(let shape)): result = .shape(shape)
            case (8, .bytes(let tensor)): result = .tensor(tensor)
            case (10, .bytes(let function)):
                var message = scanner.message(function)
                while let part = try message.next() {
                    if case (1, .bytes(let text)) = (part.number, part.payload) {
                        result = .function(try scanner.text(text))
                    }
                }
            default: break
            }
        }
        return result
    }

    private static func list(
        _ range: Range<Int>, _ scanner: WireScanner, key: String, node: String
    ) throws(Fault) -> Attribute? {
        var integers: [Int] = []
        var texts: [String] = []
        func check() throws(Fault) {
            guard integers.count < maxList, texts.count < maxList else {
                throw Fault(
                    .tensorFlowBadAttribute, in: scanner.source.path, at: "node '\(node)'",
                    "attribute '\(key)' has too many values")
            }
        }
        var message = scanner.message(range)
        while let field = try message.next() {
            try check()
            switch (field.number, field.payload) {
            case (2, .bytes(let text)): texts.append(try scanner.text(text))
            case (3, .varint(let value)): integers.append(Int(Int64(bitPattern: value)))
            case (3, .bytes(let packed)):
                var position = packed.lowerBound
                while position < packed.upperBound {
                    try check()
                    integers.append(Int(Int64(bitPattern: try scanner.varint(&position, end: packed.upperBound))))
                }
            default: break
            }
        }
        if !texts.isEmpty { return .texts(texts) }
        return integers.isEmpty ? nil : .integers(integers)
    }

    func integer(_ key: String, default fallback: Int = 0) -> Int {
        if case .integer(let value)? = attributes[key] { value } else { fallback }
    }
    func bool(_ key: String) -> Bool {
        if case .bool(let value)? = attributes[key] { value } else { false }
    }
    func text(_ key: String) -> String? {
        if case .text(let value)? = attributes[key] { value } else { nil }
    }
    func type(_ key: String) -> Int {
        if case .type(let value)? = attributes[key] { value } else { 0 }
    }
    func integers(_ key: String) -> [Int]? {
        if case .integers(let values)? = attributes[key] { values } else { nil }
    }
    func function(_ key: String) -> String? {
        if case .function(let name)? = attributes[key] { name } else { nil }
    }
}
