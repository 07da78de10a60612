import AlbitText

/// A NodeProto, read as far as its operator needs it.
struct ONNXNode {
    enum Attribute {
        case integer(Int)
        case float(Float)
        case text(String)
        case integers([Int])
        case floats([Float])
        /// A tensor, not read yet.
        case tensor(Range<Int>)
        /// A graph, a type, or anything else.
        case other
    }

    var name = ""
    var type = ""
    var domain = ""
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [String: Attribute] = [:]

    /// Inputs and attributes of one node, and numbers in one attribute.
    static let maxItems = 1 << 16

    /// What messages call it.
    var label: String { name.isEmpty ? outputs.first ?? type : name }
    var qualifiedType: String { domain.isEmpty ? type : domain + ":" + type }

    init(_ range: Range<Int>, _ scanner: WireScanner) throws(Fault) {
        var items = 0
        var message = scanner.message(range)
        while let field = try message.next() {
            guard case .bytes(let content) = field.payload else { continue }
            items += 1
            guard items <= ONNXNode.maxItems || field.number == 9 else {
                throw Fault(
                    .onnxTooMany, in: scanner.source.path,
                    "has more than \(ONNXNode.maxItems) parts of node '\(self.label)'",
                    advice: "the file is damaged or hostile")
            }
            switch field.number {
            case 1: self.inputs.append(try scanner.text(content))
            case 2: self.outputs.append(try scanner.text(content))
            case 3: self.name = try scanner.text(content)
            case 4: self.type = try scanner.text(content)
            case 5:
                let (name, value) = try ONNXNode.attribute(content, scanner)
                self.attributes[name] = value
            case 7: self.domain = try scanner.text(content)
            default: break
            }
        }
        if domain == "ai.onnx" { domain = "" }
    }

    private static func attribute(_ range: Range<Int>, _ scanner: WireScanner) throws(Fault) -> (String, Attribute) {
        var name = ""
        var value = Attribute.other
        var integers: [Int] = []
        var floats: [Float] = []
        var type = 0
        func isFull() throws(Fault) {
            guard integers.count + floats.count <= maxItems else {
                throw Fault(
                    .onnxTooMany, in: scanner.source.path, "has more than \(maxItems) numbers in attribute '\(name)'",
                    advice: "the file is damaged or hostile")
            }
        }
        var message = scanner.message(range)
        while let field = try message.next() {
            try isFull()
            switch (field.number, field.payload) {
            case (1, .bytes(let text)): name = try scanner.text(text)
            case (2, .fixed32(let bits)): value = .float(Float(bitPattern: bits))
            case (3, .varint(let number)): value = .integer(Int(Int64(bitPattern: number)))
            case (4, .bytes(let text)): value = .text(try scanner.text(text, limit: 1 << 20))
            case (5, .bytes(let tensor)): value = .tensor(tensor)
            case (7, .fixed32(let bits)): floats.append(Float(bitPattern: bits))
            case (7, .bytes(let packed)):
                guard packed.count % 4 == 0, packed.count <= 4 * maxItems else {
                    throw Fault(
                        .protobufBadField, in: scanner.source.path,
                        "a protocol buffer has a field of unknown kind at its byte \(packed.lowerBound)",
                        advice: "the file is damaged, download it again")
                }
                let bytes = try scanner.source.bytes(
                    at: packed.lowerBound, count: packed.count, what: "an attribute", limit: 4 * maxItems)
                for i in 0..<(bytes.count / 4) {
                    floats.append(
                        Float(
                            bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * i + $1]) << UInt32(8 * $1) }))
                }
            case (8, .varint(let number)): integers.append(Int(Int64(bitPattern: number)))
            case (8, .bytes(let packed)):
                var position = packed.lowerBound
                while position < packed.upperBound {
                    try isFull()
                    integers.append(Int(Int64(bitPattern: try scanner.varint(&position, end: packed.upperBound))))
                }
            case (20, .varint(let number)): type = Int(truncatingIfNeeded: number)
            default: break
            }
        }
        if !integers.isEmpty || type == 7 { value = .integers(integers) }
        if !floats.isEmpty || type == 6 { value = .floats(floats) }
        // Zero is not written by every program: the type tells that it is meant.
        if case .other = value {
            if type == 1 { value = .float(0) }
            if type == 2 { value = .integer(0) }
            if type == 3 { value = .text("") }
        }
        return (name, value)
    }

    func integer(_ name: String) -> Int? {
        if case .integer(let value)? = attributes[name] { value } else { nil }
    }

    func float(_ name: String) -> Float? {
        if case .float(let value)? = attributes[name] { value } else { nil }
    }

    func text(_ name: String) -> String? {
        if case .text(let value)? = attributes[name] { value } else { nil }
    }

    func integers(_ name: String) -> [Int]? {
        if case .integers(let value)? = attributes[name] { value } else { nil }
    }

    /// An input by position, empty where it is left out.
    func input(_ index: Int) -> String { index < inputs.count ? inputs[index] : "" }
    func output(_ index: Int) -> String { index < outputs.count ? outputs[index] : "" }
}
