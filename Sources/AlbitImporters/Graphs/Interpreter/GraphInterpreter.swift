import AlbitModel
import AlbitText

/// Executes a dataflow graph in float32, node by node: what the graph itself computes, by which a recovered model is
/// proved. Weights are read where they are used, block by block; computed values are dropped after their last use.
package struct GraphInterpreter {
    package typealias ValueID = DataflowGraph.ValueID

    private let graph: DataflowGraph
    private let path: String
    private let quantized: QuantizedEvaluation
    private let budget: Budget

    /// How much a graph may compute: a small file could repeat the largest operation for hours otherwise.
    struct Budget {
        /// Bytes of all computed values at one time.
        var bytes = 1 << 28
        /// Multiplications in products of matrices.
        var products: Int
        /// Elements that other operations read and write; slow functions count for 16.
        var elements: Int

        /// In keeping with the weights: every one of them may be used 64 times for each of `tokens`, in a deep model
        /// that shares them.
        init(_ graph: DataflowGraph, tokens: Int) {
            var weights = 0
            for value in graph.values {
                guard case .constant(let tensor) = value.definition else { continue }
                weights += min(tensor.shape.checkedProduct ?? 0, tensor.byteCount, 1 << 34)
                weights = min(weights, 1 << 40)
            }
            products = 1 << 28 + weights * 64 * max(1, min(tokens, 1 << 12))
            // Scores of attention grow with the square of the tokens.
            elements = 1 << 27 + weights * 256 + min(tokens, 512) * min(tokens, 512) << 10
        }

        /// For the indices of a table.
        init() { (bytes, products, elements) = (1 << 22, 1 << 20, 1 << 20) }
    }

    /// `rounds`: whether quantized activations are rounded as a runtime does, or not at all. `tokens` of all sequences
    /// together bound how much is computed.
    package init(_ graph: DataflowGraph, path: String, rounds: Bool, tokens: Int) {
        self.init(graph, path: path, rounds: rounds, budget: Budget(graph, tokens: tokens))
    }

    init(_ graph: DataflowGraph, path: String, rounds: Bool, budget: Budget) {
        self.graph = graph
        self.path = path
        self.budget = budget
        quantized = QuantizedEvaluation(rounds: rounds)
    }

    /// Nodes that are needed to compute some values, in order.
    private func needed(_ wanted: [ValueID]) -> [DataflowGraph.NodeID] {
        var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
        var open = wanted
        while let value = open.popLast() {
            guard let (id, node, _) = graph.producer(value), !isNeeded[id] else { continue }
            isNeeded[id] = true
            open += node.inputs.compactMap { $0 }
        }
        return graph.nodes.indices.filter { isNeeded[$0] }
    }

    /// The first operator on the way to some values that cannot be executed, as its format calls it; nil where all can.
    package func unknownOperator(for wanted: [ValueID]) -> String? {
        for id in needed(wanted) {
            if case .other(let name) = graph.nodes[id].operation { return name }
        }
        return nil
    }

    /// The values `wanted`, computed from those of the graph's inputs. Throws `graphNotExecuted` where a node has an
    /// unknown operator, or inputs that do not fit it.
    package func run(_ inputs: [ValueID: NumberArray], wanted: [ValueID]) throws(Fault) -> [NumberArray] {
        let order = needed(wanted)
        // How many nodes of these still read a value; what is wanted is never dropped.
        var readers: [ValueID: Int] = [:]
        for id in order {
            for case let value? in graph.nodes[id].inputs { readers[value, default: 0] += 1 }
        }
        for value in wanted { readers[value, default: 0] += 1 }
        var values: [ValueID: GraphValue] = [:]
        var bytes = 0
        var products = MatmulEvaluation(products: budget.products)
        var elements = budget.elements
        func value(_ id: ValueID) throws(Fault) -> GraphValue {
            if let known = values[id] { return known }
            switch graph.values[id].definition {
            case .constant(let tensor):
                let value = try GraphValue(tensor)
                values[id] = value
                bytes += value.byteCount
                return value
            case .input:
                guard let array = inputs[id] else {
                    throw Fault(
                        .graphNotExecuted, in: path, at: "input '\(graph.values[id].name)'",
                        "is of a kind that is not known")
                }
                return .computed(array)
            case .output(let node, _):
                throw Fault(.graphNotExecuted, in: path, at: graph.nodes[node].name, "gives nothing")
            }
        }
        for id in order {
            let node = graph.nodes[id]
            var operands: [GraphValue?] = []
            for input in node.inputs {
                if let input { operands.append(try value(input)) } else { operands.append(nil) }
            }
            let isSigned = node.inputs.count > 2 && node.inputs[2].map(isSigned) ?? false
            elements -= GraphInterpreter.elements(node.operation, operands)
            guard elements >= 0 else {
                throw Fault(
                    .graphNotExecuted, in: path, at: "node '\(node.name)'",
                    "computes more than a model of this size does")
            }
            guard let results = try evaluate(node, operands, &products, isSigned: isSigned), results.count >= 1 else {
                let shapes = operands.map { $0.map { "\($0.shape)" } ?? "none" }.joined(separator: ", ")
                let operation = "\(node.operation)".prefix { $0 != "(" }
                throw Fault(
                    .graphNotExecuted, in: path, at: "node '\(node.name)'",
                    "cannot compute \(operation) of shapes \(shapes)")
            }
            for (output, result) in zip(node.outputs, results) where readers[output] != nil {
                values[output] = result
                bytes += result.byteCount
            }
            for case let input? in node.inputs {
                readers[input, default: 1] -= 1
                if readers[input] == 0, let dropped = values.removeValue(forKey: input) { bytes -= dropped.byteCount }
            }
            guard bytes <= budget.bytes else {
                throw Fault(
                    .graphNotExecuted, in: path, at: "node '\(node.name)'", "needs more than \(budget.bytes >> 20) MB")
            }
        }
        return try wanted.map { id throws(Fault) -> NumberArray in
            guard let array = try value(id).array() else {
                throw Fault(.graphNotExecuted, in: path, at: "value '\(graph.values[id].name)'", "is too large")
            }
            return array
        }
    }

    /// What an operation costs in elements, besides products of matrices.
    private static func elements(_ operation: Operation, _ operands: [GraphValue?]) -> Int {
        var sum = 16
        for case let operand? in operands {
            switch operand {
            case .computed(let array): sum += array.count
            // Rows of a table are few, and a weight in a product is counted there.
            case .stored(let tensor):
                if case .gather = operation { break } else { sum += min(tensor.shape.checkedProduct ?? 0, 1 << 40) / 4 }
            }
        }
        switch operation {
        case .exponential, .logarithm, .tanh, .erf, .sigmoid, .gelu, .sine, .cosine, .power, .softmax, .flatSoftmax,
            .logSoftmax, .expand, .tile:
            return 16 * sum
        default: return sum
        }
    }

    /// Whether a zero point says that quantized values are signed bytes.
    private func isSigned(_ value: ValueID) -> Bool { graph.storedConstant(value)?.dtype == .int8 }

    private func evaluate(
        _ node: DataflowGraph.Node, _ operands: [GraphValue?], _ products: inout MatmulEvaluation, isSigned: Bool
    ) throws(Fault) -> [GraphValue]? {
        func array(_ index: Int) throws(Fault) -> NumberArray? {
            index < operands.count ? try operands[index]?.array() : nil
        }
        func computed(_ array: NumberArray?) -> [GraphValue]? { array.map { [.computed($0)] } }
        guard let first = operands.first ?? nil else { return nil }
        // Weights stay in their file while they are only rearranged.
        if case .stored = first {
            if let view = first.arranged(node.operation, operands.count > 1 ? try array(1)?.integers : nil) {
                return [view]
            }
            if case .gather(let axis) = node.operation, axis == 0 || axis == -first.shape.count,
                let indices = try array(1)
            {
                return computed(try first.rows(indices))
            }
            if case .dequantize(let axis) = node.operation, case .stored(let tensor) = first,
                let scale = try array(1)?.floats
            {
                return dequantized(tensor, scale, zero: try array(2)?.floats, axis).map { [$0] }
            }
        }
        switch node.operation {
        case .shape: return computed(NumberArray(first.shape))
        case .rank: return computed(NumberArray(shape: [], integers: [first.shape.count]))
        case .size: return computed(NumberArray(shape: [], integers: [first.shape.checkedProduct ?? 0]))
        case .matmul(let transposeA, let transposeB, let scale):
            guard let a = try array(0), operands.count > 1, let b = operands[1],
                let product = try products.product(a, b, transposeA: transposeA, transposeB: transposeB)
            else { return nil }
            return computed(
                scale == 1 ? product : ElementwiseEvaluation.binary(.multiply, product, NumberArray(number: scale)))
        case .einsum(let equation):
            var arrays: [NumberArray] = []
            for index in operands.indices {
                guard let operand = try array(index) else { return nil }
                arrays.append(operand)
            }
            return computed(products.einsum(equation, arrays))
        case .attentionScores(let scale):
            guard let queries = try array(0), let keys = try array(1) else { return nil }
            return computed(products.scores(queries, keys, scale: scale))
        case .integerMatmul:
            guard let a = try array(0), let b = try array(1),
                let left = QuantizedEvaluation.centered(a, zeroPoint: try array(2), isColumn: false),
                let right = QuantizedEvaluation.centered(b, zeroPoint: try array(3), isColumn: true)
            else { return nil }
            return computed(products.batched(left, right))
        default: break
        }
        var arrays: [NumberArray?] = []
        for index in operands.indices { arrays.append(try array(index)) }
        return simple(node, arrays, isSigned: isSigned)?.map { .computed($0) }
    }

    /// Operations on whole arrays.
    private func simple(_ node: DataflowGraph.Node, _ inputs: [NumberArray?], isSigned: Bool) -> [NumberArray]? {
        func input(_ index: Int) -> NumberArray? { index < inputs.count ? inputs[index] : nil }
        guard let a = input(0) else { return nil }
        func one(_ array: NumberArray?) -> [NumberArray]? { array.map { [$0] } }
        switch node.operation {
        case .select:
            guard let yes = input(1), let no = input(2) else { return nil }
            return one(ElementwiseEvaluation.select(a, yes, no))
        case .softmax(let axis):
            return one(ReductionEvaluation.softmax(a, axis: axis, isLogarithm: false, isFlat: false))
        case .flatSoftmax(let axis):
            return one(ReductionEvaluation.softmax(a, axis: axis, isLogarithm: false, isFlat: true))
        case .logSoftmax(let axis):
            return one(ReductionEvaluation.softmax(a, axis: axis, isLogarithm: true, isFlat: false))
        case .layerNorm(let epsilon, let axis):
            return one(ReductionEvaluation.layerNorm(a, scale: input(1), bias: input(2), epsilon: epsilon, axis: axis))
        case .reduceMean, .reduceSum, .reduce:
            return one(ReductionEvaluation.reduce(node.operation, a, axes: input(1)?.integers))
        case .argMax(let axis, let keeps):
            return (axis ?? input(1)?.integer).flatMap {
                one(ReductionEvaluation.argMax(a, axis: $0, keepsAxis: keeps))
            }
        case .cumulativeSum(let isExclusive, let isReversed):
            guard let axis = input(1)?.integer else { return nil }
            return one(
                ReductionEvaluation.cumulativeSum(a, axis: axis, isExclusive: isExclusive, isReversed: isReversed))
        case .maskScores(let form):
            return input(1).flatMap { one(ScoreMaskEvaluation.evaluate(form, scores: a, mask: $0)) }
        case .quantize, .dequantize, .dynamicQuantize:
            return quantized.evaluate(node.operation, inputs, isSigned: isSigned)
        case .range, .fill, .triangle: return one(GeneratorEvaluation.evaluate(node.operation, inputs))
        case .gather, .batchGather, .gatherElements, .gatherND, .scatterND, .oneHot:
            return one(IndexEvaluation.evaluate(node.operation, inputs))
        default: break
        }
        if let result = ElementwiseEvaluation.unary(node.operation, a) { return [result] }
        if let b = input(1), let result = ElementwiseEvaluation.binary(node.operation, a, b) { return [result] }
        return ArrangementEvaluation.evaluate(node.operation, inputs, outputs: node.outputs.count)
    }

    private func dequantized(_ tensor: any LazyTensor, _ scale: [Float], zero: [Float]?, _ axis: Int) -> GraphValue? {
        guard let along = scale.count == 1 ? 0 : NumberArray.axis(axis, rank: tensor.shape.count) else { return nil }
        let channels = tensor.shape.isEmpty ? 1 : tensor.shape[along]
        guard scale.count == 1 || scale.count == channels, zero == nil || zero?.count == 1 || zero?.count == channels
        else { return nil }
        return .stored(AffineTensor(tensor, scale: scale, zeroPoint: zero ?? [0], axis: along))
    }
}
