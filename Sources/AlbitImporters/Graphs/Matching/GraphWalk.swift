import AlbitModel
import AlbitText

/// A graph with what can be told of its values by one look: constants, aliases, LayerNorms.
final class GraphWalk {
    typealias ValueID = DataflowGraph.ValueID

    let path: String
    let graph: DataflowGraph
    let folding: ConstantFolding
    /// By value: the value that has the same numbers in the same order, before reshapes, aliases and float casts.
    private(set) var root: [ValueID]
    /// Whether activations pass a quantization somewhere, which an import undoes.
    private(set) var isQuantized = false
    /// By result: the LayerNorms of the graph.
    private(set) var norms: [ValueID: Normalization] = [:]

    init(path: String, graph original: DataflowGraph) throws(Fault) {
        self.path = path
        // What is dequantized just after it was quantized is read as it was before.
        var source = Array(original.values.indices)
        for node in original.nodes {
            guard case .dequantize = node.operation, let first = node.inputs.first ?? nil,
                let output = node.outputs.first,
                let before = original.producer(first), before.index == 0, let values = before.node.inputs.first ?? nil
            else { continue }
            switch before.node.operation {
            case .quantize, .dynamicQuantize:
                source[output] = source[values]
                isQuantized = true
            default: break
            }
        }
        let graph = isQuantized ? original.reading(source) : original
        self.graph = graph
        folding = try ConstantFolding(graph)
        root = Array(graph.values.indices)
        for node in graph.nodes {
            guard let first = node.inputs.first ?? nil, let output = node.outputs.first, constant(output) == nil else {
                continue
            }
            switch node.operation {
            case .identity, .cast(to: .float), .reshape, .squeeze, .unsqueeze, .expand: root[output] = root[first]
            case .transpose(let stored):
                // Keras writes a product over several axes with transpositions that may keep all in place.
                guard let axes = stored ?? (node.inputs.count > 1 ? folding.whole(node, 1) : nil),
                    axes == Array(axes.indices)
                else { continue }
                root[output] = root[first]
            default: break
            }
        }
        for norm in try NormalizationFinder(walk: self).all() { norms[norm.result] = norm }
    }

    func constant(_ value: ValueID) -> FoldedConstant? { folding.constants[value] }

    /// The only element of a constant.
    func number(_ value: ValueID) -> Float? {
        guard let constant = constant(value), constant.count == 1, constant.base.dtype.isFloating else { return nil }
        return (try? constant.values())??.first
    }

    func producer(_ value: ValueID) -> (id: DataflowGraph.NodeID, node: DataflowGraph.Node, index: Int)? {
        graph.producer(value)
    }

    /// What messages call the place where a value comes from.
    func nodeName(_ value: ValueID) -> String { producer(value)?.node.name ?? graph.values[value].name }

    func operationName(_ value: ValueID) -> String {
        guard let node = producer(value)?.node else {
            return constant(value) == nil ? "an input of the graph" : "a constant"
        }
        if case .other(let name) = node.operation { return name }
        let text = "\(node.operation)"
        return String(text.prefix { $0 != "(" })
    }

    /// The summands of a value: constants and whatever is no addition. A value in `stops` is not taken apart.
    func terms(_ value: ValueID, stops: Set<ValueID>) -> (leaves: [ValueID], constants: [FoldedConstant]) {
        var leaves: [ValueID] = []
        var constants: [FoldedConstant] = []
        var open = [value]
        var steps = 0
        while let next = open.popLast(), steps < 64 {
            steps += 1
            if let constant = constant(next) {
                constants.append(constant)
                continue
            }
            let value = root[next]
            if !stops.contains(value), norms[value] == nil, let node = producer(value)?.node, node.operation == .add,
                node.inputs.count == 2,
                let a = node.inputs[0], let b = node.inputs[1]
            {
                open += [b, a]
            } else {
                leaves.append(value)
            }
        }
        return (leaves, constants)
    }

    /// Whether a value depends on an input of the graph otherwise than by its shape, and which; bounded.
    func inputs(of value: ValueID, limit: Int) -> (inputs: Set<ValueID>, nodes: Set<DataflowGraph.NodeID>) {
        var found = Set<ValueID>()
        var nodes = Set<DataflowGraph.NodeID>()
        var open = [value]
        while let next = open.popLast(), nodes.count < limit {
            if let (id, node, _) = producer(next) {
                guard nodes.insert(id).inserted else { continue }
                if case .shape = node.operation { continue }
                open += node.inputs.compactMap { $0 }
            } else if graph.storedConstant(next) == nil {
                found.insert(next)
            }
        }
        return (found, nodes)
    }
}
