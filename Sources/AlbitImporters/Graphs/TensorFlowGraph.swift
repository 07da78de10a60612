import AlbitModel

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

        fileprivate mutating func append(_ node: TensorFlowNode, path: String) throws {
            guard indexOfName.updateValue(nodes.count, forKey: node.name) == nil else {
                throw TensorFlowError.definedTwice(path: path, what: "node", name: node.name)
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
    init(_ parts: [Range<Int>], _ scanner: WireScanner) throws {
        path = scanner.source.path
        self.scanner = scanner
        do {
            for part in parts {
                try scanner.fields(part) { field in
                    guard case .bytes(let content) = field.payload else { return }
                    switch field.number {
                    case 1: try main.append(try node(content), path: path)
                    case 2: try library(content)
                    default: break
                    }
                }
            }
        } catch let error as WireError {
            let place = main.nodes.last.map { "after node '\($0.name)' " } ?? ""
            throw TensorFlowError.notProtobuf(path: path, reason: place + error.reason)
        }
        guard !main.nodes.isEmpty else { throw TensorFlowError.noGraph(path: path) }
    }

    private mutating func node(_ range: Range<Int>) throws -> TensorFlowNode {
        nodeCount += 1
        guard nodeCount <= TensorFlowGraph.maxNodes else {
            throw TensorFlowError.tooMany(path: path, what: "nodes", limit: TensorFlowGraph.maxNodes)
        }
        return try TensorFlowNode(range, scanner)
    }

    /// A `FunctionDefLibrary`; only names are read here.
    private mutating func library(_ range: Range<Int>) throws {
        try scanner.fields(range) { field in
            guard case (1, .bytes(let function)) = (field.number, field.payload) else { return }
            guard places.count < TensorFlowGraph.maxFunctions else {
                throw TensorFlowError.tooMany(path: path, what: "functions", limit: TensorFlowGraph.maxFunctions)
            }
            var name = ""
            try scanner.fields(function) { part in
                guard case (1, .bytes(let signature)) = (part.number, part.payload) else { return }
                try scanner.fields(signature) { field in
                    if case (1, .bytes(let text)) = (field.number, field.payload) { name = try scanner.text(text) }
                }
            }
            guard places.updateValue(function, forKey: name) == nil else {
                throw TensorFlowError.definedTwice(path: path, what: "function", name: name)
            }
        }
    }

    func hasFunction(_ name: String) -> Bool { places[name] != nil }

    /// A `FunctionDef`; nil where the file has none of this name.
    mutating func function(_ name: String) throws -> Body? {
        guard let place = places[name] else { return nil }
        var body = Body()
        var results: [String] = []
        var returned: [String: String] = [:]
        try scanner.fields(place) { field in
            guard case .bytes(let content) = field.payload else { return }
            switch field.number {
            case 1:
                try scanner.fields(content) { part in
                    guard case .bytes(let definition) = part.payload, part.number == 2 || part.number == 3 else { return }
                    try scanner.fields(definition) { inner in
                        guard case (1, .bytes(let text)) = (inner.number, inner.payload) else { return }
                        guard body.arguments.count + results.count < TensorFlowNode.maxInputs else {
                            throw TensorFlowError.tooMany(path: path, what: "arguments of '\(name)'", limit: TensorFlowNode.maxInputs)
                        }
                        if part.number == 2 { body.arguments.append(try scanner.text(text)) } else { results.append(try scanner.text(text)) }
                    }
                }
            case 3: try body.append(try node(content), path: path)
            case 4:
                var key = ""
                var value = ""
                try scanner.fields(content) { part in
                    if case (1, .bytes(let text)) = (part.number, part.payload) { key = try scanner.text(text) }
                    if case (2, .bytes(let text)) = (part.number, part.payload) { value = try scanner.text(text) }
                }
                guard returned.count < TensorFlowNode.maxInputs else {
                    throw TensorFlowError.tooMany(path: path, what: "results of '\(name)'", limit: TensorFlowNode.maxInputs)
                }
                returned[key] = value
            default: break
            }
        }
        body.indexOfArgument = Dictionary(body.arguments.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        body.results = results.map { ($0, returned[$0] ?? "") }
        return body
    }
}
