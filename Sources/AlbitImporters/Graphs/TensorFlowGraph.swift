import AlbitModel
import AlbitText

/// A `GraphDef`: nodes, and the functions that they call.
struct TensorFlowGraph {
    static let maxNodes = 1 << 17
    static let maxFunctions = 1 << 14

    /// The nodes of the graph or of one function, by name.
    struct Body {
        var nodes: [TensorFlowNode] = []
        fileprivate(set) var indexOfName: [String: Int] = [:]
        /// Names of a function's arguments, in order.
        fileprivate(set) var arguments: [String] = []
        fileprivate(set) var indexOfArgument: [String: Int] = [:]
        /// For each result of a function, in order: what it returns, `node:output:0` or an argument.
        var results: [(name: String, value: String)] = []

        func index(_ name: String) -> Int? { indexOfName[name] }

        fileprivate mutating func append(_ node: TensorFlowNode, path: String) throws(Fault) {
            guard indexOfName.updateValue(nodes.count, forKey: node.name) == nil else {
                throw Fault(
                    .tensorFlowDefinedTwice, in: path, "node '\(node.name)' is there twice",
                    advice: "the file is damaged")
            }
            nodes.append(node)
        }
    }

    let path: String
    private(set) var main = Body()
    /// Where the functions lie; parsed when they are called.
    private var places: [String: Range<Int>] = [:]
    private let scanner: WireScanner
    private var nodeCount = 0

    /// `parts`: where the GraphDef's pieces lie in the source; more than one only where a hostile file splits it.
    init(_ parts: [Range<Int>], _ scanner: WireScanner) throws(Fault) {
        path = scanner.source.path
        self.scanner = scanner
        for part in parts {
            var message = scanner.message(part)
            while let field = try message.next() {
                guard case .bytes(let content) = field.payload else { continue }
                switch field.number {
                case 1:
                    let node = try node(content)
                    scanner.place = "after node '\(node.name)'"
                    try main.append(node, path: path)
                case 2: try library(content)
                default: break
                }
            }
        }
        scanner.place = ""
        guard !main.nodes.isEmpty else {
            throw Fault(
                .tensorFlowNoGraph, in: path, "holds no TensorFlow graph",
                advice: "the file is empty or of another kind")
        }
    }

    private mutating func node(_ range: Range<Int>) throws(Fault) -> TensorFlowNode {
        nodeCount += 1
        guard nodeCount <= TensorFlowGraph.maxNodes else {
            throw .tooMany(path: path, what: "nodes", limit: TensorFlowGraph.maxNodes)
        }
        return try TensorFlowNode(range, scanner)
    }

    /// A `FunctionDefLibrary`; only names are read here.
    private mutating func library(_ range: Range<Int>) throws(Fault) {
        var message = scanner.message(range)
        while let field = try message.next() {
            guard case (1, .bytes(let function)) = (field.number, field.payload) else { continue }
            guard places.count < TensorFlowGraph.maxFunctions else {
                throw .tooMany(path: path, what: "functions", limit: TensorFlowGraph.maxFunctions)
            }
            var name = ""
            var message = scanner.message(function)
            while let part = try message.next() {
                guard case (1, .bytes(let signature)) = (part.number, part.payload) else { continue }
                var message = scanner.message(signature)
                while let field = try message.next() {
                    if case (1, .bytes(let text)) = (field.number, field.payload) { name = try scanner.text(text) }
                }
            }
            guard places.updateValue(function, forKey: name) == nil else {
                throw Fault(
                    .tensorFlowDefinedTwice, in: path, "function '\(name)' is there twice",
                    advice: "the file is damaged")
            }
        }
    }

    func hasFunction(_ name: String) -> Bool { places[name] != nil }

    /// A `FunctionDef`; nil where the file has none of this name.
    mutating func function(_ name: String) throws(Fault) -> Body? {
        guard let place = places[name] else { return nil }
        var body = Body()
        var results: [String] = []
        var returned: [String: String] = [:]
        var message = scanner.message(place)
        while let field = try message.next() {
            guard case .bytes(let content) = field.payload else { continue }
            switch field.number {
            case 1:
                var message = scanner.message(content)
                while let part = try message.next() {
                    guard case .bytes(let definition) = part.payload, part.number == 2 || part.number == 3 else {
                        continue
                    }
                    var message = scanner.message(definition)
                    while let inner = try message.next() {
                        guard case (1, .bytes(let text)) = (inner.number, inner.payload) else { continue }
                        guard body.arguments.count + results.count < TensorFlowNode.maxInputs else {
                            throw .tooMany(path: path, what: "arguments of '\(name)'", limit: TensorFlowNode.maxInputs)
                        }
                        if part.number == 2 {
                            body.arguments.append(try scanner.text(text))
                        } else {
                            results.append(try scanner.text(text))
                        }
                    }
                }
            case 3: try body.append(try node(content), path: path)
            case 4:
                var key = ""
                var value = ""
                var message = scanner.message(content)
                while let part = try message.next() {
                    if case (1, .bytes(let text)) = (part.number, part.payload) { key = try scanner.text(text) }
                    if case (2, .bytes(let text)) = (part.number, part.payload) { value = try scanner.text(text) }
                }
                guard returned.count < TensorFlowNode.maxInputs else {
                    throw .tooMany(path: path, what: "results of '\(name)'", limit: TensorFlowNode.maxInputs)
                }
                returned[key] = value
            default: break
            }
        }
        body.indexOfArgument = Dictionary(
            body.arguments.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        body.results = results.map { ($0, returned[$0] ?? "") }
        return body
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func tooMany(path: String, what: String, limit: Int) -> Fault {
        Fault(.tensorFlowTooMany, in: path, "has more than \(limit) \(what)", advice: "the file is damaged or hostile")
    }
}
