/// A matmul with a constant, its bias, and a constant factor: y = (x Wᵀ) * weightFactor + b * biasFactor.
struct LinearMatch {
    var input: DataflowGraph.ValueID
    /// [out][in].
    var weight: FoldedConstant
    /// [out]; nil: zeros.
    var bias: FoldedConstant?
    var weightFactor: Float = 1
    var biasFactor: Float = 1
    /// Extents that the output axis is made of, where the graph keeps them apart: heads and head size.
    var outputExtents: [Int]
    /// Name of the matmul, for messages.
    var node: String

    var rows: Int { weight.shape[0] }
    var columns: Int { weight.shape[1] }

    /// Output channels `range` only.
    func slice(_ range: Range<Int>) -> LinearMatch? {
        guard let part = weight.slice(axis: 0, range) else { return nil }
        var result = self
        result.weight = part
        result.outputExtents = []
        if let bias {
            guard let cut = bias.slice(axis: 0, range) else { return nil }
            result.bias = cut
        }
        return result
    }

    func scaled(by factor: Float) -> LinearMatch {
        var result = self
        result.weightFactor *= factor
        result.biasFactor *= factor
        return result
    }

    var finishedWeight: FoldedConstant? { weight.scaled(by: weightFactor) }
    var finishedBias: FoldedConstant? { bias?.scaled(by: biasFactor) }
}

extension GraphWalk {
    /// The linear layer that gives a value, nil where it is none.
    func linear(_ value: ValueID) -> LinearMatch? {
        var current = root[value]
        var factor: Float = 1
        var bias: (constant: FoldedConstant, factor: Float)?
        for _ in 0..<16 {
            guard norms[current] == nil, let (_, node, _) = producer(current) else { return nil }
            switch node.operation {
            case .add:
                guard bias == nil, let (constant, other) = split(node) else { return nil }
                bias = (constant, factor)
                current = root[other]
            case .multiply, .divide:
                if let match = dequantizedProduct(node) {
                    return finish(match.input, match.weight, [], bias, factor, node.name)
                }
                guard let (constant, other) = split(node), constant.count == 1,
                    let value = (try? constant.values())??.first
                else { return nil }
                if case .divide = node.operation {
                    guard node.inputs[0] == other, value != 0 else { return nil }
                    factor /= value
                } else {
                    factor *= value
                }
                current = root[other]
            case .matmul(let transposeA, let transposeB, let scale):
                guard !transposeA, node.inputs.count >= 2, let a = node.inputs[0], let b = node.inputs[1],
                    constant(a) == nil,
                    let stored = constant(b), let matrix = stored.matrix,
                    let weight = transposeB ? matrix : matrix.transposed()
                else { return nil }
                return finish(root[a], weight, [], bias, factor * scale, node.name)
            case .einsum(let equation):
                guard let match = einsum(equation, node) else { return nil }
                return finish(match.input, match.weight, match.extents, bias, factor, node.name)
            default: return nil
            }
        }
        return nil
    }

    /// The constant operand of a node with two, and the other one.
    private func split(_ node: DataflowGraph.Node) -> (FoldedConstant, ValueID)? {
        guard node.inputs.count == 2, let a = node.inputs[0], let b = node.inputs[1] else { return nil }
        if let constant = constant(b), self.constant(a) == nil { return (constant, a) }
        if let constant = constant(a), self.constant(b) == nil { return (constant, b) }
        return nil
    }

    private func finish(
        _ input: ValueID, _ weight: FoldedConstant, _ extents: [Int],
        _ bias: (constant: FoldedConstant, factor: Float)?, _ factor: Float,
        _ node: String
    ) -> LinearMatch? {
        var extents = extents
        var vector: FoldedConstant?
        if let bias {
            // A bias may be of one number where there is one output only.
            guard bias.constant.count == weight.shape[0], let flat = bias.constant.flat else { return nil }
            vector = flat
            let own = bias.constant.shape.filter { $0 != 1 }
            if extents.isEmpty && own.count == 2 { extents = own }
        }
        return LinearMatch(
            input: input, weight: weight, bias: vector, weightFactor: factor, biasFactor: bias?.factor ?? 1,
            outputExtents: extents, node: node)
    }

    /// The weight of an einsum between an activation and a constant as [out][in].
    private func einsum(
        _ equation: String, _ node: DataflowGraph.Node
    ) -> (input: ValueID, weight: FoldedConstant, extents: [Int])? {
        guard node.inputs.count == 2, let a = node.inputs[0], let b = node.inputs[1],
            let labels = EinsumLabels(equation)
        else { return nil }
        let isSecond = constant(b) != nil
        guard let stored = constant(isSecond ? b : a), constant(isSecond ? a : b) == nil else { return nil }
        let weight = isSecond ? labels.second : labels.first
        let input = isSecond ? labels.first : labels.second
        guard weight.count == stored.shape.count, Set(weight).count == weight.count else { return nil }
        // Out: axes of the weight that the result keeps, in its order; in: those summed over, in the input's order.
        let out = labels.result.filter { weight.contains($0) }
        let summed = input.filter { weight.contains($0) && !labels.result.contains($0) }
        guard out.count + summed.count == weight.count, !out.isEmpty, !summed.isEmpty,
            out.allSatisfy({ !input.contains($0) })
        else { return nil }
        guard let permuted = stored.transposed((out + summed).compactMap { weight.firstIndex(of: $0) }) else {
            return nil
        }
        let extents = Array(permuted.shape.prefix(out.count))
        guard let rows = extents.checkedProduct,
            let columns = Array(permuted.shape.suffix(summed.count)).checkedProduct,
            let matrix = permuted.reshaped([rows, columns])
        else { return nil }
        return (root[isSecond ? a : b], matrix, extents)
    }

    /// x quantized · W quantized, cast and multiplied by both scales: how MatMulInteger is used.
    private func dequantizedProduct(_ node: DataflowGraph.Node) -> (input: ValueID, weight: FoldedConstant)? {
        guard case .multiply = node.operation, node.inputs.count == 2, let a = node.inputs[0], let b = node.inputs[1]
        else { return nil }
        for (product, scales) in [(a, b), (b, a)] {
            guard let integers = producer(root[product])?.node, integers.operation == .integerMatmul,
                integers.inputs.count >= 2,
                let quantized = integers.inputs[0], let stored = integers.inputs[1], let weight = constant(stored),
                let source = producer(root[quantized])?.node, let input = source.inputs.first ?? nil,
                let both = producer(root[scales])?.node, both.operation == .multiply
            else { continue }
            guard source.operation == .dynamicQuantize || isQuantize(source.operation) else { continue }
            let zeroPoint = integers.inputs.count > 3 ? integers.inputs[3].flatMap { constant($0) } : nil
            for case let scale? in both.inputs {
                guard let constant = constant(scale), let matrix = weight.matrix,
                    let folded = try? folding.dequantized(
                        matrix, scale: constant.flat, zeroPoint: zeroPoint?.flat, axis: 1),
                    let transposed = folded.transposed()
                else { continue }
                return (root[input], transposed)
            }
        }
        return nil
    }

    private func isQuantize(_ operation: Operation) -> Bool {
        if case .quantize = operation { true } else { false }
    }
}

/// The labels of an einsum equation with two operands.
struct EinsumLabels {
    var first: [Character]
    var second: [Character]
    var result: [Character]

    /// Nil for one operand, an implied result, or an ellipsis on both sides that cannot be dropped.
    init?(_ equation: String) {
        let text = equation.filter { $0 != " " }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard text.count <= 128, parts.count == 2, let arrow = parts[1].firstRange(of: "->") else { return nil }
        // An ellipsis stands for batch axes of the activation.
        func labels(_ part: Substring) -> [Character] { Array(String(part).split(separator: ".").joined()) }
        first = labels(parts[0])
        second = labels(parts[1][..<arrow.lowerBound])
        result = labels(parts[1][arrow.upperBound...])
        guard (first + second + result).allSatisfy(\.isLetter) else { return nil }
    }
}
