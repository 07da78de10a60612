import AlbitModel

/// What an output of a graph computes from the encoder's last hidden state.
enum OutputMatch {
    case hidden
    case pooled(LinearMatch)
    /// A matmul of the pooled state.
    case fromPooled(pooler: LinearMatch, LinearMatch)
    /// A matmul of every token.
    case fromTokens(LinearMatch, isSplit: Bool)
    /// Dense, activation, LayerNorm and decoder: scores of the vocabulary.
    case words(dense: LinearMatch, activation: HiddenActivation, norm: Normalization, decoder: LinearMatch)
    case unknown
}

extension GraphWalk {
    /// Walks from an output back to the encoder. `value` of the result: what the match stands for, before what only
    /// rearranges it.
    func output(_ value: ValueID, of encoder: ValueID) -> (match: OutputMatch, value: ValueID) {
        var current = root[value]
        return (match(&current, of: encoder), current)
    }

    private func match(_ current: inout ValueID, of encoder: ValueID) -> OutputMatch {
        var isSplit = false
        for _ in 0..<32 {
            if current == encoder { return .hidden }
            if let pooler = pooler(current, encoder) { return .pooled(pooler) }
            if let linear = linear(current) {
                if let pooler = pooler(linear.input, encoder) { return .fromPooled(pooler: pooler, linear) }
                if tokens(linear.input) == encoder { return .fromTokens(linear, isSplit: isSplit) }
                if let norm = norms[tokens(linear.input)], let (input, activation) = activation(norm.input),
                    let dense = self.linear(input),
                    tokens(dense.input) == encoder
                {
                    return .words(dense: dense, activation: activation, norm: norm, decoder: linear)
                }
                return .unknown
            }
            guard let (_, node, _) = producer(current), let first = node.inputs.first ?? nil else { return .unknown }
            switch node.operation {
            case .split, .unstack, .slice, .stridedSlice, .sliceOfSize, .gather: isSplit = true
            case .transpose, .softmax, .flatSoftmax, .logSoftmax, .sigmoid, .logarithm: break
            case .argMax: break
            default: return .unknown
            }
            current = root[first]
        }
        return .unknown
    }

    /// Before a choice of some positions, as of those that are masked.
    private func tokens(_ value: ValueID) -> ValueID {
        var value = value
        for _ in 0..<8 {
            guard norms[value] == nil, let node = producer(value)?.node, node.inputs.count >= 2,
                let first = node.inputs[0], let indices = node.inputs[1]
            else { return value }
            switch node.operation {
            case .gather where constant(indices) == nil && constant(first) == nil: value = root[first]
            case .gatherND: value = root[first]
            default: return value
            }
        }
        return value
    }

    /// tanh of a matmul of the first token.
    private func pooler(_ value: ValueID, _ encoder: ValueID) -> LinearMatch? {
        guard let node = producer(root[value])?.node, node.operation == .tanh, let input = node.inputs.first ?? nil,
            let linear = linear(input), firstToken(linear.input) == encoder
        else { return nil }
        return linear
    }

    /// The sequence whose first position a value is.
    private func firstToken(_ value: ValueID) -> ValueID? {
        guard let (_, node, _) = producer(value), let first = node.inputs.first ?? nil else { return nil }
        switch node.operation {
        case .gather(let axis):
            return axis == 1 && folding.whole(node, 1) == [0] ? root[first] : nil
        case .slice, .stridedSlice, .sliceOfSize:
            guard let ranges = folding.sliceRanges(node)?.ranges, ranges.allSatisfy({ $0.start == 0 && $0.step == 1 })
            else { return nil }
            return ranges.contains { $0.axis == 1 && $0.end == 1 } ? root[first] : nil
        default: return nil
        }
    }
}
