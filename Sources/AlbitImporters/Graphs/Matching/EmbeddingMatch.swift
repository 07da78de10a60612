import AlbitText

/// The sum of looked-up embeddings under a LayerNorm: where an encoder begins.
struct EmbeddingMatch {
    typealias ValueID = DataflowGraph.ValueID

    struct Table {
        /// [rows][E].
        var table: FoldedConstant
        var node: String
    }

    var words: Table
    var positions: Table?
    var types: Table?
    var norm: Normalization
    /// Whether the exporter cut the positions to the length that it exported for.
    var isCut = false
    /// Inputs of the graph that the word and the type ids come from.
    var idInputs: Set<ValueID>
    var typeInputs: Set<ValueID> = []
    var positionInputs: Set<ValueID> = []
    /// Name of the value that the word embeddings give: how messages and `--root` call this encoder.
    var name: String
}

extension GraphWalk {
    private struct Lookup {
        var table: EmbeddingMatch.Table
        var indices: ValueID?
        var value: ValueID
        /// What the indices depend on besides shapes.
        var inputs: Set<ValueID> = []
        /// Whether the indices count: a range, a cumulative sum, a slice of 0, 1, 2 …
        var counts = false
    }

    /// The embeddings whose LayerNorm this is; nil where it is another.
    func embeddings(_ norm: Normalization) throws(Fault) -> EmbeddingMatch? {
        let (leaves, constants) = terms(norm.input, stops: [])
        var lookups: [Lookup] = []
        // Three tables, and a few more for what others add; a long sum is something else.
        guard (1...8).contains(leaves.count) else { return nil }
        for leaf in leaves {
            guard let lookup = try lookup(leaf) else { return nil }
            lookups.append(lookup)
        }
        // Word ids come from outside. Positions count. Types are the smallest table.
        let candidates = lookups.indices.filter { !lookups[$0].inputs.isEmpty && !lookups[$0].counts }
        guard !candidates.isEmpty else { return nil }
        func rows(_ index: Int) -> Int { lookups[index].table.table.shape[0] }
        var byInput = candidates.sorted { rows($0) > rows($1) }
        // With an input for positions too, its name decides between words and positions, else the larger table is
        // words.
        if let named = byInput.firstIndex(where: {
            lookups[$0].inputs.contains { graph.values[$0].name.contains("position") }
        }), byInput.count > 1 {
            let index = byInput.remove(at: named)
            lookups[index].counts = true
        } else if byInput.count > 2 {
            lookups[byInput.remove(at: 1)].counts = true
        }
        let word = byInput[0]
        var result = EmbeddingMatch(
            words: lookups[word].table, norm: norm, idInputs: lookups[word].inputs,
            name: graph.values[lookups[word].value].name)
        var typeIndex: Int? = byInput.count > 1 ? byInput[1] : nil
        for index in lookups.indices where index != word && index != typeIndex {
            if lookups[index].counts && result.positions == nil {
                // RoBERTa counts positions from the ids themselves, past the padding: not what BERT does.
                guard lookups[index].inputs.isDisjoint(with: lookups[word].inputs) else {
                    throw Fault(
                        .graphNoMatch, in: path,
                        "is no ALBERT or BERT: matched a word embedding, then at node '\(lookups[index].table.node)' "
                            + "expected positions that are counted from 0, found positions made from the ids, as in "
                            + "RoBERTa")
                }
                result.positions = lookups[index].table
                result.positionInputs = lookups[index].inputs
            } else if typeIndex == nil {
                typeIndex = index
            } else {
                return nil
            }
        }
        if let typeIndex {
            result.types = lookups[typeIndex].table
            result.typeInputs = lookups[typeIndex].inputs
        }
        // A table that was cut to the graph's length, or a single row, added as it is.
        let width = result.words.table.shape[1]
        for constant in constants {
            guard constant.shape.last == width, let table = constant.reshaped([constant.count / max(1, width), width])
            else { return nil }
            let entry = EmbeddingMatch.Table(table: table, node: graph.values[constant.roots.first ?? norm.input].name)
            if result.types == nil, let row = try onlyRow(table) {
                result.types = EmbeddingMatch.Table(table: row, node: entry.node)
            } else if result.positions == nil {
                result.positions = entry
                result.isCut = true
            } else {
                return nil
            }
        }
        let tables = [result.positions, result.types].compactMap { $0 }
        return tables.allSatisfy { $0.table.shape[1] == width } ? result : nil
    }

    /// The row that a table repeats: what an exporter for a fixed length makes of token types that it takes for 0. Nil
    /// where rows differ.
    private func onlyRow(_ table: FoldedConstant) throws(Fault) -> FoldedConstant? {
        guard table.shape[0] > 1 else { return table }
        let width = table.shape[1]
        guard width > 0, let values = try table.values(limit: 1 << 22) else { return nil }
        for index in width..<values.count where values[index] != values[index - width] { return nil }
        return table.slice(axis: 0, 0..<1)
    }

    /// A gather of rows, a one-hot matmul, or the first rows of a table.
    private func lookup(_ value: ValueID) throws(Fault) -> Lookup? {
        guard let (_, node, _) = producer(value) else { return nil }
        var table: FoldedConstant?
        var indices: ValueID?
        switch node.operation {
        case .gather(let axis):
            guard axis == 0 || axis == -2, node.inputs.count >= 2, let first = node.inputs[0] else { return nil }
            table = constant(first)
            indices = node.inputs[1]
        case .dequantize:
            // Rows of a quantized table, dequantized after the look-up.
            guard let first = node.inputs.first ?? nil, let gather = producer(root[first])?.node,
                case .gather(let axis) = gather.operation,
                axis == 0, gather.inputs.count >= 2, let stored = gather.inputs[0].flatMap({ constant($0) }),
                let scale = node.inputs.dropFirst().first.flatMap({ $0 }).flatMap({ constant($0) }), scale.count == 1
            else { return nil }
            let zero = node.inputs.dropFirst(2).first.flatMap { $0 }.flatMap { constant($0) }
            table = try folding.dequantized(stored, scale: scale, zeroPoint: zero, axis: 0)
            indices = gather.inputs[1]
        case .slice, .stridedSlice, .sliceOfSize:
            table = node.inputs.first.flatMap { $0 }.flatMap { constant($0) }
        case .matmul(transposeA: false, let transposeB, scale: 1):
            guard node.inputs.count == 2, let a = node.inputs[0], let b = node.inputs[1],
                let stored = constant(b)?.matrix,
                let hot = producer(root[a])?.node, case .oneHot = hot.operation
            else { return nil }
            table = transposeB ? stored.transposed() : stored
            indices = hot.inputs.first ?? nil
        default: return nil
        }
        guard let table = table?.matrix, table.shape[0] > 0, table.shape[1] > 0 else { return nil }
        var result = Lookup(table: EmbeddingMatch.Table(table: table, node: node.name), indices: indices, value: value)
        guard let indices else {
            result.counts = true
            return result
        }
        let (inputs, nodes) = self.inputs(of: indices, limit: 1024)
        result.inputs = inputs
        if inputs.isEmpty, let values = probe(indices) {
            // What the graph computes for any ids tells more than how it does so.
            result.counts = values.count > 1 && values == Array(0..<values.count)
            return result
        }
        result.counts =
            nodes.contains { id in
                let node = graph.nodes[id]
                switch node.operation {
                case .range, .cumulativeSum: return true
                default: break
                }
                return node.inputs.contains { $0.map(isCount) ?? false }
            } || isCount(indices)
        return result
    }

    /// The indices that a graph computes for a few tokens, where they do not depend on ids: positions are 0, 1, 2 …,
    /// types all the same. Nil where they cannot be computed.
    private func probe(_ indices: ValueID) -> [Int]? {
        var inputs: [ValueID: NumberArray] = [:]
        for input in graph.inputs {
            let declaration = graph.values[input].declaration
            var shape = (declaration.shape ?? [nil, nil]).map { $0 ?? 1 }
            if let last = shape.indices.last, declaration.shape?[last] == nil { shape[last] = 4 }
            guard let count = NumberArray.count(shape), count <= 1 << 16 else { continue }
            inputs[input] =
                declaration.kind == .float
                ? NumberArray(shape: shape, floats: [Float](repeating: 1, count: count))
                : NumberArray(shape: shape, integers: [Int](repeating: 1, count: count))
        }
        let interpreter = GraphInterpreter(graph, path: path, rounds: true, budget: .init())
        return try? interpreter.run(inputs, wanted: [indices]).first?.integers
    }

    /// Whether a constant holds 0, 1, 2 …
    private func isCount(_ value: ValueID) -> Bool {
        guard let constant = constant(value), !constant.base.dtype.isFloating, constant.count > 1,
            let values = (try? constant.values(limit: 1 << 20)) ?? nil
        else { return false }
        return values[0] == 0 && values[1] == 1 && (values.count < 3 || values[2] == 2)
    }
}
