import AlbitText

/// A LayerNorm over the last axis, one node or many.
struct Normalization {
    var input: DataflowGraph.ValueID
    var result: DataflowGraph.ValueID
    var scale: FoldedConstant
    /// Nil: zeros.
    var bias: FoldedConstant?
    var epsilon: Float
}

/// Finds LayerNorms: nodes of that name, and groups of elementwise nodes around a mean that compute one. The groups
/// are recognised by evaluating them on small vectors, so it does not matter how an exporter spells them.
struct NormalizationFinder {
    typealias ValueID = DataflowGraph.ValueID

    let walk: GraphWalk
    private static let maxRegion = 64
    /// Means that are looked at: twice the layers of any model, and more.
    private static let maxRegions = 4096
    /// LayerNorms that are taken note of.
    private static let maxNorms = 4096
    /// Stands for a vector of the hidden dimension.
    private static let probe: [Double] = [0.7, -1.9, 0.4, 2.3]
    private static let symbols: [[Double]] = [[1.3, -0.6, 0.8, 2.1], [0.25, 1.75, -0.5, 0.9]]

    func all() throws(Fault) -> [Normalization] {
        var found: [Normalization] = []
        var done = Set<ValueID>()
        var regions = 0
        for node in walk.graph.nodes {
            guard found.count < NormalizationFinder.maxNorms else { return found }
            switch node.operation {
            case .layerNorm(let epsilon, let axis):
                // The rank is not known: hidden states have three axes.
                guard axis == -1 || axis == 2 else { continue }
                guard let input = node.inputs.first ?? nil, let second = node.inputs.dropFirst().first ?? nil,
                    let scale = walk.constant(second), let output = node.outputs.first
                else { continue }
                var bias: FoldedConstant?
                if let third = node.inputs.dropFirst(2).first ?? nil {
                    guard let constant = walk.constant(third) else { continue }
                    bias = constant
                }
                found.append(
                    Normalization(input: walk.root[input], result: output, scale: scale, bias: bias, epsilon: epsilon))
            case .reduceMean:
                guard let input = node.inputs.first ?? nil, isLastAxis(node) else { continue }
                let start = aliased(input)
                guard done.insert(start).inserted, walk.constant(start) == nil else { continue }
                regions += 1
                guard regions <= NormalizationFinder.maxRegions else { return found }
                if let norm = try region(from: start) { found.append(norm) }
            default: break
            }
        }
        return found
    }

    /// Before aliases and casts; a reshape stays, as other nodes may read from before it.
    private func aliased(_ value: ValueID) -> ValueID {
        var value = value
        while let node = walk.producer(value)?.node, let first = node.inputs.first ?? nil {
            guard node.operation == .identity || node.operation == .cast(to: .float) else { break }
            value = first
        }
        return value
    }

    private func isLastAxis(_ node: DataflowGraph.Node) -> Bool {
        guard case .reduceMean(let stored, _) = node.operation else { return false }
        guard let axes = stored ?? (node.inputs.count > 1 ? walk.folding.whole(node, 1) : nil) else { return false }
        // The rank of the input is not known; a mean over anything else fails the probe's consumers later.
        return axes.count == 1 && axes[0] != 0
    }

    /// The elementwise nodes that depend on `start` and constants alone; the first of them that is its LayerNorm.
    private func region(from start: ValueID) throws(Fault) -> Normalization? {
        var members: Set<ValueID> = [start]
        var order: [DataflowGraph.NodeID] = []
        var seen = Set<DataflowGraph.NodeID>()
        var open = Array(walk.graph.values[start].uses.prefix(4 * NormalizationFinder.maxRegion))
        while let id = open.min(), order.count < NormalizationFinder.maxRegion,
            seen.count < 4 * NormalizationFinder.maxRegion
        {
            open.removeAll { $0 == id }
            guard seen.insert(id).inserted else { continue }
            let node = walk.graph.nodes[id]
            guard let output = node.outputs.first, Pointwise.isPointwise(node.operation) || isLastAxis(node) else {
                continue
            }
            let operands = isLastAxis(node) ? Array(node.inputs.prefix(1)) : node.inputs
            guard operands.allSatisfy({ $0.map { members.contains($0) || walk.constant($0) != nil } ?? false }) else {
                continue
            }
            members.insert(output)
            order.append(id)
            // A value that many nodes read is a hidden state, not a part of this.
            let uses = walk.graph.values[output].uses
            open += uses.prefix(NormalizationFinder.maxRegion)
        }
        guard order.count >= 4 else { return nil }

        // Constants: numbers keep their value, vectors become symbols.
        var vectors: [(value: ValueID, constant: FoldedConstant)] = []
        var numbers: [ValueID: [Double]] = [:]
        for id in order {
            for case let input? in walk.graph.nodes[id].inputs where !members.contains(input) && numbers[input] == nil {
                guard let constant = walk.constant(input), !isLastAxis(walk.graph.nodes[id]) else { continue }
                if constant.count == 1 {
                    guard let value = try constant.values()?.first else { return nil }
                    numbers[input] = [Double(value)]
                } else if !vectors.contains(where: { $0.value == input }) {
                    vectors.append((input, constant))
                }
            }
        }
        guard (1...2).contains(vectors.count) else { return nil }
        let epsilons = Set(numbers.values.compactMap(\.first).filter { $0 > 0 && $0 < 0.1 }).sorted().prefix(8) + [0]
        for epsilon in epsilons {
            guard let large = evaluate(start, order, numbers, vectors.map(\.value), size: 1),
                let small = evaluate(start, order, numbers, vectors.map(\.value), size: max(1e-6, epsilon.squareRoot()))
            else { return nil }
            for output in order.compactMap({ walk.graph.nodes[$0].outputs.first }) {
                guard let first = large.values[output], let second = small.values[output] else { continue }
                for scale in vectors.indices {
                    let bias = vectors.indices.first { $0 != scale }
                    guard
                        NormalizationFinder.isNorm(first, of: large.input, scale: scale, bias: bias, epsilon: epsilon),
                        NormalizationFinder.isNorm(second, of: small.input, scale: scale, bias: bias, epsilon: epsilon)
                    else { continue }
                    return Normalization(
                        input: walk.root[start], result: output, scale: vectors[scale].constant,
                        bias: bias.map { vectors[$0].constant },
                        epsilon: Float(epsilon))
                }
            }
        }
        return nil
    }

    /// All values of a region for a probe of some size: large ones show the form, small ones the epsilon.
    private func evaluate(
        _ start: ValueID, _ order: [DataflowGraph.NodeID], _ numbers: [ValueID: [Double]], _ vectors: [ValueID],
        size: Double
    ) -> (input: [Double], values: [ValueID: [Double]])? {
        let input = NormalizationFinder.probe.map { $0 * size }
        var values = numbers
        values[start] = input
        for (index, vector) in vectors.enumerated() { values[vector] = NormalizationFinder.symbols[index] }
        for id in order {
            let node = walk.graph.nodes[id]
            guard let target = node.outputs.first else { return nil }
            if isLastAxis(node) {
                guard let source = node.inputs.first ?? nil, let operand = values[source] else { return nil }
                values[target] = [operand.reduce(0, +) / Double(operand.count)]
            } else {
                var operands: [[Double]] = []
                for case let source? in node.inputs {
                    guard let operand = values[source] else { return nil }
                    operands.append(operand)
                }
                guard let result = Pointwise.apply(node.operation, operands) else { return nil }
                values[target] = result
            }
        }
        return (input, values)
    }

    private static func isNorm(_ found: [Double], of x: [Double], scale: Int, bias: Int?, epsilon: Double) -> Bool {
        guard found.count == x.count else { return false }
        let mean = x.reduce(0, +) / Double(x.count)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        let factor = 1 / (variance + epsilon).squareRoot()
        return x.indices.allSatisfy { i in
            let expected = (x[i] - mean) * factor * symbols[scale][i] + (bias.map { symbols[$0][i] } ?? 0)
            return abs(found[i] - expected) <= 1e-4 * max(1, abs(expected))
        }
    }
}
