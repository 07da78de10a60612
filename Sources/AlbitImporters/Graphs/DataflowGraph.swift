import AlbitModel
import AlbitText

/// A computation as a graph of nodes that pass tensors, made from ONNX, a TensorFlow GraphDef or TFLite.
///
/// Values and nodes are numbered; names serve messages only. Constants stay lazy: nothing of a weight is read here.
/// A reader builds it with `GraphBuilder`, which also finds what is defined twice, nowhere or in a circle.
package struct DataflowGraph {
    package typealias ValueID = Int
    package typealias NodeID = Int

    /// Where a value comes from.
    package enum Definition {
        /// Fed by the user of the graph.
        case input
        /// A weight, or a number of the program.
        case constant(any LazyTensor)
        case output(node: NodeID, index: Int)
    }

    /// What a graph says of an input.
    package struct Declaration: Sendable, Equatable {
        package var kind: NumberKind?
        /// Nil: not told. An extent that is nil may be any.
        package var shape: [Int?]?
        package init(kind: NumberKind? = nil, shape: [Int?]? = nil) {
            self.kind = kind
            self.shape = shape
        }
    }

    package struct Value {
        package var name: String
        /// Of inputs.
        package fileprivate(set) var declaration = Declaration()
        package var definition: Definition
        /// Nodes that read it, once for each reading.
        package fileprivate(set) var uses: [NodeID] = []
    }

    package struct Node {
        /// As the source calls it; where it has no name, that of its first output.
        package var name: String
        package var operation: Operation
        /// Nil: an optional input that is left out.
        package var inputs: [ValueID?]
        package var outputs: [ValueID]
    }

    /// As `albit inspect` prints it: `ONNX`, `TensorFlow GraphDef`, `TFLite` …
    package var format: String
    /// Who wrote it, as far as the file tells.
    package var writer: String?
    /// Keys of what the file says beside its nodes.
    package var metadata: [String] = []
    package fileprivate(set) var values: [Value] = []
    /// In an order in which every value is computed before it is used.
    package fileprivate(set) var nodes: [Node] = []
    package fileprivate(set) var inputs: [ValueID] = []
    package fileprivate(set) var outputs: [ValueID] = []

    /// The node that computes a value, and which of its outputs the value is.
    package func producer(_ value: ValueID) -> (id: NodeID, node: Node, index: Int)? {
        guard case .output(let node, let index) = values[value].definition else { return nil }
        return (node, nodes[node], index)
    }

    /// The same graph where `replacement[value]` is read instead of each value.
    func reading(_ replacement: [ValueID]) -> DataflowGraph {
        var result = self
        for id in values.indices { result.values[id].uses = [] }
        for (id, node) in nodes.enumerated() {
            result.nodes[id].inputs = node.inputs.map { $0.map { replacement[$0] } }
            for case let value? in result.nodes[id].inputs { result.values[value].uses.append(id) }
        }
        result.outputs = outputs.map { replacement[$0] }
        return result
    }

    /// The same graph with other operations.
    func changing(_ operation: (Operation) -> Operation) -> DataflowGraph {
        var result = self
        for id in nodes.indices { result.nodes[id].operation = operation(nodes[id].operation) }
        return result
    }

    /// The constant that a value is, as stored.
    package func storedConstant(_ value: ValueID) -> (any LazyTensor)? {
        if case .constant(let tensor) = values[value].definition { tensor } else { nil }
    }
}

/// Puts a graph together by names, in whatever order a file has its parts, and checks it.
package struct GraphBuilder {
    package static let maxNodes = 1 << 20

    package let path: String
    private var graph: DataflowGraph
    private var ids: [String: DataflowGraph.ValueID] = [:]
    private var isDefined: [Bool] = []
    /// Names of the nodes that read a value first, for messages.
    private var firstReader: [DataflowGraph.ValueID: String] = [:]

    package init(path: String, format: String, writer: String? = nil, metadata: [String] = []) {
        self.path = path
        graph = DataflowGraph(format: format, writer: writer, metadata: metadata)
    }

    /// The number of a value, defined already or later. Names are the source's own; TensorFlow's `node:1` is a name as
    /// any.
    private mutating func value(_ name: String) -> DataflowGraph.ValueID {
        if let id = ids[name] { return id }
        let id = graph.values.count
        graph.values.append(DataflowGraph.Value(name: name, definition: .input))
        isDefined.append(false)
        ids[name] = id
        return id
    }

    private mutating func define(
        _ name: String, _ definition: DataflowGraph.Definition
    ) throws(Fault) -> DataflowGraph.ValueID {
        let id = value(name)
        guard !isDefined[id] else {
            throw Fault(
                .graphDefinedTwice, in: path, "value '\(name)' is defined twice", advice: "the graph is damaged")
        }
        isDefined[id] = true
        graph.values[id].definition = definition
        return id
    }

    /// Whether something of this name has been defined so far.
    package func isDefined(_ name: String) -> Bool { ids[name].map { isDefined[$0] } ?? false }

    package mutating func input(_ name: String, _ declaration: DataflowGraph.Declaration = .init()) throws(Fault) {
        let id = try define(name, .input)
        graph.values[id].declaration = declaration
        graph.inputs.append(id)
    }

    package mutating func constant(_ name: String, _ tensor: any LazyTensor) throws(Fault) {
        _ = try define(name, .constant(tensor))
    }

    /// A result of the graph; the heads of a model are found from these.
    package mutating func output(_ name: String) {
        graph.outputs.append(value(name))
    }

    /// A node. An empty input name is an input that is left out; an empty output name, a result that is not named.
    package mutating func node(
        _ operation: Operation, name: String, inputs: [String], outputs: [String]
    ) throws(Fault) {
        guard graph.nodes.count < GraphBuilder.maxNodes else {
            throw Fault(
                .graphTooManyNodes, in: path, "has more than \(GraphBuilder.maxNodes) nodes",
                advice: "the file is damaged or hostile")
        }
        let id = graph.nodes.count
        let label = name.isEmpty ? outputs.first ?? "" : name
        var read: [DataflowGraph.ValueID?] = []
        for input in inputs {
            guard !input.isEmpty else {
                read.append(nil)
                continue
            }
            let value = value(input)
            if firstReader[value] == nil { firstReader[value] = label }
            read.append(value)
        }
        var written: [DataflowGraph.ValueID] = []
        for (index, output) in outputs.enumerated() {
            let name = output.isEmpty ? "\(label)#\(id).\(index)" : output
            written.append(try define(name, .output(node: id, index: index)))
        }
        graph.nodes.append(DataflowGraph.Node(name: label, operation: operation, inputs: read, outputs: written))
    }

    /// The finished graph: every value is defined, no node needs its own result.
    package func finish() throws(Fault) -> DataflowGraph {
        if let missing = isDefined.firstIndex(of: false) {
            throw Fault(
                .graphUndefinedValue, in: path, at: "node '\(firstReader[missing] ?? "the graph's outputs")'",
                "reads '\(graph.values[missing].name)', which nothing defines", advice: "the graph is incomplete")
        }
        var result = graph
        // Kahn's order: a node follows when all nodes that it reads from are placed.
        var waiting = [Int](repeating: 0, count: graph.nodes.count)
        var readers = [[Int]](repeating: [], count: graph.nodes.count)
        for (id, node) in graph.nodes.enumerated() {
            for case let value? in node.inputs {
                guard case .output(let source, _) = graph.values[value].definition else { continue }
                waiting[id] += 1
                readers[source].append(id)
            }
        }
        var order = graph.nodes.indices.filter { waiting[$0] == 0 }
        var next = 0
        while next < order.count {
            for reader in readers[order[next]] {
                waiting[reader] -= 1
                if waiting[reader] == 0 { order.append(reader) }
            }
            next += 1
        }
        guard order.count == graph.nodes.count else {
            let stuck = waiting.firstIndex { $0 > 0 } ?? 0
            throw Fault(
                .graphCycle, in: path, at: "node '\(graph.nodes[stuck].name)'", "needs its own result",
                advice: "the graph has a cycle")
        }
        result.nodes = order.map { graph.nodes[$0] }
        for (id, node) in result.nodes.enumerated() {
            for (index, value) in node.outputs.enumerated() {
                result.values[value].definition = .output(node: id, index: index)
            }
            for case let value? in node.inputs { result.values[value].uses.append(id) }
        }
        return result
    }
}
