import AlbitText

/// Self-attention between a hidden state and the output matmul.
struct AttentionMatch {
    var query: LinearMatch
    var key: LinearMatch
    var value: LinearMatch
    var heads: Int
}

extension GraphWalk {
    /// A value on its way back to a projection of the hidden state.
    private struct Trail {
        var linear: LinearMatch
        /// Extents of heads and head size, as reshapes on the way say.
        var extents: [[Int?]]
    }

    /// The attention whose context is `context` and which reads `hidden`.
    func attention(context: ValueID, hidden: ValueID, progress: String) throws(Fault) -> AttentionMatch {
        func fail(_ value: ValueID, _ expected: String) -> Fault {
            .noMatch(
                path: path, progress: progress, node: nodeName(value), expected: expected, found: operationName(value))
        }
        let merged = unarranged(context)
        guard let (_, product, _) = producer(merged), let operands = activations(product) else {
            throw fail(merged, "attention weights times values")
        }
        // Softmax on one side, values on the other; einsum may have them in any order.
        var found: (softmax: ValueID, values: ValueID)?
        for (a, b) in [(operands.0, operands.1), (operands.1, operands.0)] where found == nil {
            if let softmax = softmax(a) { found = (softmax, b) }
        }
        guard let found else { throw fail(merged, "a softmax before the values") }
        guard let scores = producer(found.softmax)?.node.inputs.first ?? nil, let value = trail(found.values, hidden)
        else {
            throw fail(found.values, "a matmul of the hidden state with the value weights")
        }
        guard let (query, key, scale) = scoreOperands(scores, hidden) else {
            throw fail(root[scores], "queries times keys, both matmuls of the hidden state with weights")
        }
        let width = query.linear.rows
        var heads: Int?
        for extents in query.extents + key.extents + value.extents {
            guard let count = GraphWalk.heads(extents, width: width) else { continue }
            guard heads == nil || heads == count else { throw fail(found.softmax, "one number of heads") }
            heads = count
        }
        // The queries' own factor counts towards the scale, as an exporter may put it before or after the matmul.
        let total = scale.factor * Double(query.linear.weightFactor) * Double(key.linear.weightFactor)
        if heads == nil, !scale.isImplied, total > 0 {
            let size = (1 / (total * total)).rounded()
            if size >= 1, size <= Double(width), width % Int(size) == 0 { heads = width / Int(size) }
        }
        guard let heads, heads > 0, width % heads == 0 else {
            throw fail(found.softmax, "a number of heads that the graph tells")
        }
        guard query.linear.rows == key.linear.rows, value.linear.rows == width else {
            throw fail(merged, "q, k and v of one width")
        }
        var match = AttentionMatch(query: query.linear, key: key.linear, value: value.linear, heads: heads)
        match.query.weightFactor = 1
        match.query.biasFactor /= query.linear.weightFactor
        match.key.weightFactor = 1
        match.key.biasFactor /= key.linear.weightFactor
        if !scale.isImplied {
            // What differs from one over the root of the head size belongs to the weights.
            let ratio = total * Double(width / heads).squareRoot()
            guard ratio > 0, ratio.isFinite else { throw fail(root[scores], "a positive scale of the scores") }
            if abs(ratio - 1) > 2e-3 {
                match.query = match.query.scaled(by: Float(ratio))
            }
        }
        return match
    }

    /// Back through everything that only rearranges.
    private func unarranged(_ value: ValueID) -> ValueID {
        var value = root[value]
        for _ in 0..<64 {
            guard let node = producer(value)?.node, case .transpose = node.operation,
                let first = node.inputs.first ?? nil
            else { break }
            value = root[first]
        }
        return value
    }

    /// Both operands of a product of two activations.
    private func activations(_ node: DataflowGraph.Node) -> (ValueID, ValueID)? {
        switch node.operation {
        case .matmul, .einsum, .attentionScores:
            guard node.inputs.count >= 2, let a = node.inputs[0], let b = node.inputs[1], constant(a) == nil,
                constant(b) == nil
            else { return nil }
            return (a, b)
        default: return nil
        }
    }

    /// The softmax that a value is, past what guards it.
    private func softmax(_ value: ValueID) -> ValueID? {
        var open = [value]
        var steps = 0
        while let next = open.popLast(), steps < 32 {
            steps += 1
            let value = unarranged(next)
            guard let node = producer(value)?.node else { continue }
            switch node.operation {
            case .softmax, .flatSoftmax: return value
            case .select: open += node.inputs.dropFirst().compactMap { $0 }
            default: break
            }
        }
        return nil
    }

    private struct Scale {
        var factor = 1.0
        /// One over the root of the head size, computed by the graph from shapes.
        var isImplied = false
    }

    /// Back from the input of the softmax to queries and keys.
    private func scoreOperands(_ value: ValueID, _ hidden: ValueID) -> (query: Trail, key: Trail, scale: Scale)? {
        var open: [(value: ValueID, scale: Scale, isSwapped: Bool)] = [(value, Scale(), false)]
        var steps = 0
        while let (next, scale, isSwapped) = open.popLast(), steps < 64 {
            steps += 1
            let current = root[next]
            guard let node = producer(current)?.node, constant(current) == nil else { continue }
            switch node.operation {
            case .add, .maximum, .minimum: open += node.inputs.compactMap { $0 }.map { ($0, scale, isSwapped) }
            case .maskScores: if let first = node.inputs.first ?? nil { open.append((first, scale, isSwapped)) }
            case .subtract: if let first = node.inputs.first ?? nil { open.append((first, scale, isSwapped)) }
            case .select: open += node.inputs.dropFirst().compactMap { $0 }.map { ($0, scale, isSwapped) }
            case .transpose(let permutation):
                guard let first = node.inputs.first ?? nil else { continue }
                // The last two axes change places where the greater index comes first.
                let swaps = permutation.map { $0.count >= 2 && $0[$0.count - 2] > $0[$0.count - 1] } ?? true
                open.append((first, scale, isSwapped != swaps))
            case .multiply, .divide:
                guard node.inputs.count == 2, let a = node.inputs[0], let b = node.inputs[1] else { continue }
                for (kept, factor) in [(a, b), (b, a)] {
                    var scale = scale
                    guard apply(factor, node.operation, to: &scale) else { continue }
                    open.append((kept, scale, isSwapped))
                    break
                }
            case .matmul(_, _, let own):
                var scale = scale
                scale.factor *= Double(own)
                if let found = pair(node, isSwapped, scale, hidden) { return found }
            case .einsum(let equation):
                guard let labels = EinsumLabels(equation), let last = labels.result.last else { continue }
                // The keys run along the axis of the softmax.
                let keysFirst = labels.first.contains(last) && !labels.second.contains(last)
                if let found = pair(node, keysFirst != isSwapped, scale, hidden) { return found }
            case .attentionScores(let own):
                var scale = scale
                if let own { scale.factor *= Double(own) } else { scale.isImplied = true }
                if let found = pair(node, isSwapped, scale, hidden) { return found }
            default: continue
            }
        }
        return nil
    }

    /// A factor of the scores: a number, or what the graph computes from shapes alone.
    private func apply(_ factor: ValueID, _ operation: Operation, to scale: inout Scale) -> Bool {
        if let number = number(factor), number != 0 {
            if case .divide = operation { scale.factor /= Double(number) } else { scale.factor *= Double(number) }
            return true
        }
        guard constant(factor) == nil else { return false }
        let (inputs, nodes) = inputs(of: factor, limit: 64)
        guard inputs.isEmpty, nodes.count < 64,
            nodes.contains(where: { if case .shape = graph.nodes[$0].operation { true } else { false } })
        else {
            return false
        }
        scale.isImplied = true
        return true
    }

    private func pair(
        _ node: DataflowGraph.Node, _ isSwapped: Bool, _ scale: Scale, _ hidden: ValueID
    ) -> (query: Trail, key: Trail, scale: Scale)? {
        guard let (a, b) = activations(node) else { return nil }
        var scale = scale
        guard let query = trail(isSwapped ? b : a, hidden, &scale), let key = trail(isSwapped ? a : b, hidden, &scale)
        else { return nil }
        return (query, key, scale)
    }

    private func trail(_ value: ValueID, _ hidden: ValueID) -> Trail? {
        var scale = Scale()
        guard let trail = trail(value, hidden, &scale), scale.factor == 1, !scale.isImplied else { return nil }
        return trail
    }

    /// Back through reshapes, transposes, factors and parts to a matmul of the hidden state.
    private func trail(_ value: ValueID, _ hidden: ValueID, _ scale: inout Scale) -> Trail? {
        var value = value
        var extents: [[Int?]] = []
        var part: (index: Int, count: Int, sizes: [Int]?)?
        for _ in 0..<64 {
            if let linear = linear(value) {
                guard linear.input == root[hidden] else { return nil }
                var result = linear
                if let part {
                    guard let range = GraphWalk.rows(part, of: linear.rows), let cut = linear.slice(range) else {
                        return nil
                    }
                    result = cut
                }
                if linear.outputExtents.count >= 2 { extents.append(linear.outputExtents.map { $0 }) }
                // Reshapes between the matmul and its bias are not on the trail.
                extents += reshapes(of: value)
                return Trail(linear: result, extents: extents)
            }
            guard let (_, node, index) = producer(value), let first = node.inputs.first ?? nil else { return nil }
            switch node.operation {
            case .reshape:
                if node.inputs.count > 1, let shape = node.inputs[1].flatMap({ folding.integers[$0] }) {
                    extents.append(shape)
                }
                value = first
            case .identity, .cast(to: .float), .squeeze, .unsqueeze, .expand, .transpose: value = first
            case .multiply, .divide:
                guard node.inputs.count == 2, let second = node.inputs[1] else { return nil }
                if apply(second, node.operation, to: &scale) {
                    value = first
                } else if case .multiply = node.operation, apply(first, node.operation, to: &scale) {
                    value = second
                } else {
                    return nil
                }
            case .split(_, let sizes):
                guard part == nil else { return nil }
                part = (index, node.outputs.count, sizes ?? folding.whole(node, 1))
                value = first
            case .unstack:
                guard part == nil else { return nil }
                part = (index, node.outputs.count, nil)
                value = first
            case .gather:
                // One of three stacked parts.
                guard part == nil, let chosen = folding.whole(node, 1), chosen.count == 1 else { return nil }
                part = (chosen[0] < 0 ? chosen[0] + 3 : chosen[0], 3, nil)
                value = first
            case .slice, .stridedSlice, .sliceOfSize:
                guard part == nil,
                    let ranges = folding.sliceRanges(node)?.ranges.filter({ $0.start != 0 || $0.end != nil }),
                    ranges.count <= 1
                else { return nil }
                if let range = ranges.first {
                    guard range.step == 1, range.start >= 0 else { return nil }
                    part = (range.start, -1, range.end.map { [$0] })
                }
                value = first
            default: return nil
            }
        }
        return nil
    }

    /// Shapes given on the way from a value back to its matmul, where `linear` passed over them.
    private func reshapes(of value: ValueID) -> [[Int?]] {
        var result: [[Int?]] = []
        var value = value
        for _ in 0..<16 {
            guard let node = producer(value)?.node else { break }
            switch node.operation {
            case .reshape:
                if node.inputs.count > 1, let shape = node.inputs[1].flatMap({ folding.integers[$0] }) {
                    result.append(shape)
                }
                guard let first = node.inputs[0] else { return result }
                value = first
            case .identity, .cast(to: .float), .squeeze, .unsqueeze, .add, .multiply, .divide:
                guard let next = node.inputs.compactMap({ $0 }).first(where: { constant($0) == nil }) else {
                    return result
                }
                value = next
            default: return result
            }
        }
        return result
    }

    /// Output channels of one part of a packed projection. Count -1: from a start, to an end or the next third.
    private static func rows(_ part: (index: Int, count: Int, sizes: [Int]?), of rows: Int) -> Range<Int>? {
        if part.count == -1 {
            let end = part.sizes?.first ?? rows
            let last = end < 0 ? end &+ rows : min(end, rows)
            return part.index >= 0 && part.index < last ? part.index..<last : nil
        }
        if let sizes = part.sizes, sizes.count == part.count {
            guard sizes.allSatisfy({ $0 > 0 && $0 <= rows }), sizes.reduce(0, +) == rows else { return nil }
            let start = sizes.prefix(part.index).reduce(0, +)
            return start..<(start + sizes[part.index])
        }
        guard part.count > 0, rows % part.count == 0, (0..<part.count).contains(part.index) else { return nil }
        let size = rows / part.count
        return (part.index * size)..<((part.index + 1) * size)
    }

    /// Heads by a shape [… heads, head size]; nil where it is of another kind.
    static func heads(_ shape: [Int?], width: Int) -> Int? {
        let inner = shape.filter { $0 != 1 }
        guard inner.count >= 2 else { return nil }
        let heads = inner[inner.count - 2]
        let size = inner[inner.count - 1]
        if let heads, let size, heads > 0, size > 0 {
            return heads.multipliedReportingOverflow(by: size) == (width, false) ? heads : nil
        }
        guard inner.count >= 3 || shape.count >= 4 else { return nil }
        if let heads, heads > 1, width % heads == 0, size == -1, shape.count >= 4 { return heads }
        if let size, size > 0, size < width, width % size == 0, heads == -1 || heads == nil, shape.count >= 4 {
            return width / size
        }
        return nil
    }
}
