import AlbitModel
import AlbitText

/// One transformer layer as it is applied once.
struct LayerMatch {
    var attention: AttentionMatch
    var dense: LinearMatch
    var attentionNorm: Normalization
    var ffn: LinearMatch
    var activation: HiddenActivation
    var ffnOutput: LinearMatch
    var norm: Normalization
}

/// An encoder: embeddings, projection, layers.
struct EncoderMatch {
    var embeddings: EmbeddingMatch
    var projection: LinearMatch?
    var layers: [LayerMatch]
    /// The last hidden state.
    var result: DataflowGraph.ValueID
}

extension GraphWalk {
    static let maxLayers = 1024

    /// LayerNorms by the values that their input sums up.
    func normsBySummand() -> [ValueID: [Normalization]] {
        var result: [ValueID: [Normalization]] = [:]
        for norm in norms.values.sorted(by: { $0.result < $1.result }) {
            var open = [norm.input]
            var steps = 0
            while let next = open.popLast(), steps < 64 {
                steps += 1
                let value = root[next]
                guard constant(value) == nil else { continue }
                result[value, default: []].append(norm)
                guard norms[value] == nil, let node = producer(value)?.node, node.operation == .add else { continue }
                open += node.inputs.compactMap { $0 }
            }
        }
        return result
    }

    /// The encoder that begins with these embeddings.
    func encoder(_ embeddings: EmbeddingMatch, _ summands: [ValueID: [Normalization]]) throws(Fault) -> EncoderMatch {
        let start = root[embeddings.norm.result]
        var projection: LinearMatch?
        var hidden = start
        if summands[start] == nil {
            guard let (value, linear) = projected(start, summands) else {
                throw .noMatch(
                    path: path, progress: "the embeddings '\(embeddings.name)'", node: nodeName(start),
                    expected: "a layer, or a projection to the hidden size, that reads it and adds it to its result",
                    found: readers(start))
            }
            projection = linear
            hidden = value
        }
        var layers: [LayerMatch] = []
        while layers.count < GraphWalk.maxLayers {
            let next = summands[hidden] ?? []
            let candidates = next.filter { $0.input != hidden }
            guard let norm = candidates.first else { break }
            let progress =
                "the embeddings '\(embeddings.name)'" + (projection == nil ? "" : ", the projection")
                + " and \(layers.count) layer\(layers.count == 1 ? "" : "s")"
            layers.append(try layer(hidden, norm, summands, progress))
            hidden = root[layers[layers.count - 1].norm.result]
        }
        guard !layers.isEmpty else {
            throw .noMatch(
                path: path,
                progress: "the embeddings '\(embeddings.name)'" + (projection == nil ? "" : " and the projection"),
                node: nodeName(hidden), expected: "a layer that reads it and adds it to its result",
                found: readers(hidden))
        }
        return EncoderMatch(embeddings: embeddings, projection: projection, layers: layers, result: hidden)
    }

    private func readers(_ value: ValueID) -> String {
        let names = graph.values[value].uses.prefix(4).map { "'\(graph.nodes[$0].name)'" }
        return names.isEmpty ? "nothing that reads it" : "the readers " + names.joined(separator: ", ")
    }

    /// The linear layer of the embeddings whose result a layer adds.
    private func projected(_ start: ValueID, _ summands: [ValueID: [Normalization]]) -> (ValueID, LinearMatch)? {
        var found: (ValueID, LinearMatch)?
        for value in summands.keys.sorted() {
            guard let linear = linear(value), linear.input == start else { continue }
            // The matmul without its bias is a summand too.
            if found == nil || (found?.1.bias == nil && linear.bias != nil) { found = (value, linear) }
        }
        return found
    }

    private func layer(
        _ hidden: ValueID, _ first: Normalization, _ summands: [ValueID: [Normalization]], _ progress: String
    ) throws(Fault) -> LayerMatch {
        func fail(_ value: ValueID, _ expected: String) -> Fault {
            .noMatch(
                path: path, progress: progress, node: nodeName(value), expected: expected, found: operationName(value))
        }
        let dense = try residual(first, hidden, "the attention's output matmul", progress)
        let attention = try attention(context: dense.input, hidden: hidden, progress: progress)
        let middle = root[first.result]
        guard let second = summands[middle]?.first(where: { $0.input != middle }) else {
            throw fail(
                middle,
                "a feed-forward part that reads it and adds it to its result, but it is read by \(readers(middle))")
        }
        let output = try residual(second, middle, "the second feed-forward matmul", progress)
        guard let (input, activation) = activation(output.input) else {
            throw fail(output.input, "GELU (tanh or erf) or ReLU")
        }
        guard let ffn = linear(input), ffn.input == middle else {
            throw fail(input, "the first feed-forward matmul of the attention's result")
        }
        return LayerMatch(
            attention: attention, dense: dense, attentionNorm: first, ffn: ffn, activation: activation,
            ffnOutput: output, norm: second)
    }

    /// The linear layer that a LayerNorm adds to a hidden state, and nothing else.
    private func residual(
        _ norm: Normalization, _ hidden: ValueID, _ what: String, _ progress: String
    ) throws(Fault) -> LinearMatch {
        let (leaves, constants) = terms(norm.input, stops: [hidden])
        let others = leaves.filter { $0 != hidden }
        guard leaves.count == others.count + 1, others.count == 1, constants.count <= 1, var match = linear(others[0])
        else {
            throw .noMatch(
                path: path, progress: progress, node: nodeName(norm.result),
                expected: "the LayerNorm of a hidden state plus \(what)",
                found: others.first.map { operationName($0) } ?? "nothing to add")
        }
        if let bias = constants.first {
            guard match.bias == nil, bias.count == match.rows, let flat = bias.flat else {
                throw .noMatch(
                    path: path, progress: progress, node: nodeName(norm.result), expected: "one bias",
                    found: "a constant of shape \(bias.shape)")
            }
            match.bias = flat
            match.biasFactor = 1
        }
        return match
    }

    /// The activation that gives a value, and what it acts on: recognised by its values at some points.
    func activation(_ value: ValueID) -> (input: ValueID, activation: HiddenActivation)? {
        var order: [DataflowGraph.NodeID] = []
        var leaves = Set<ValueID>()
        var seen = Set<ValueID>()
        var open = [root[value]]
        var hasErf = false
        while let next = open.popLast() {
            guard seen.insert(next).inserted else { continue }
            guard seen.count <= 64 else { return nil }
            if number(next) != nil { continue }
            guard let (id, node, _) = producer(next), norms[next] == nil, Pointwise.isPointwise(node.operation),
                node.inputs.allSatisfy({ $0.map { constant($0) == nil || number($0) != nil } ?? false })
            else {
                leaves.insert(root[next])
                continue
            }
            if case .gelu(isTanh: false) = node.operation { hasErf = true }
            if node.operation == .erf { hasErf = true }
            order.append(id)
            open += node.inputs.compactMap { $0 }
        }
        guard leaves.count == 1, let input = leaves.first else { return nil }
        func apply(_ x: Double) -> Double? {
            var values: [ValueID: [Double]] = [:]
            for id in Set(order).sorted() {
                let node = graph.nodes[id]
                var operands: [[Double]] = []
                for case let operand? in node.inputs {
                    if let number = number(operand) {
                        operands.append([Double(number)])
                    } else if let known = values[operand] {
                        operands.append(known)
                    } else if root[operand] == input {
                        operands.append([x])
                    } else {
                        return nil
                    }
                }
                guard let result = Pointwise.apply(node.operation, operands), let output = node.outputs.first else {
                    return nil
                }
                values[output] = result
            }
            return values[root[value]]?.first
        }
        let candidates: [(HiddenActivation, (Double) -> Double)] = [
            hasErf ? (.gelu, Pointwise.geluErf) : (.geluNew, Pointwise.geluTanh), (.relu, { max(0, $0) }),
        ]
        // Constants in F16 move the values by up to a thousandth.
        return candidates.first { _, function in
            [-4.0, -2.2, -1, -0.3, 0, 0.4, 1.1, 2.5, 5].allSatisfy { x in
                guard let found = apply(x) else { return false }
                return abs(found - function(x)) <= 2e-3 * max(1, abs(x))
            }
        }.map { (input, $0.0) }
    }
}

/// What a match that breaks off throws.
extension Fault {
    static func noMatch(path: String, progress: String, node: String, expected: String, found: String) -> Fault {
        Fault(
            .graphNoMatch, in: path,
            "is no ALBERT or BERT: matched \(progress), then at node '\(node)' expected \(expected), found "
                + "\(found)")
    }
}
