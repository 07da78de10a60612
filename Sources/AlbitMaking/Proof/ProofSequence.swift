import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitText

/// Ids, types and mask that a graph and the model recovered from it are both run on.
struct ProofSequence {
    /// Tokens where the graph takes any number; the second sequence is shorter.
    static let lengths = [16, 9]

    let ids: [Int]
    let types: [Int]
    let mask: [Bool]

    var count: Int { ids.count }

    /// Two sequences: one of 16 tokens with a mask and two types where the graph takes these, and a shorter one of all
    /// kept tokens. A graph of a fixed length is run at its length, the second time with more masked.
    static func all(_ graph: RecoveredGraph, _ configuration: Configuration) -> [ProofSequence] {
        let kinds = graph.inputs.map(\.kind)
        let hasMask = kinds.contains(.mask)
        let hasTypes = kinds.contains(.tokenTypes) && configuration.typeVocabSize > 1
        let limit = max(1, configuration.maxPositionEmbeddings)
        var random = SplitMix64(seed: 19)
        func sequence(_ count: Int, kept: Int, types: Bool) -> ProofSequence {
            ProofSequence(
                ids: (0..<count).map { _ in random.below(max(1, configuration.vocabSize)) },
                types: (0..<count).map { types && $0 >= count / 2 ? 1 : 0 }, mask: (0..<count).map { $0 < kept })
        }
        if let fixed = graph.fixedLength {
            let length = min(fixed, limit)
            let first = sequence(length, kept: hasMask ? max(1, length - length / 4) : length, types: hasTypes)
            return hasMask ? [first, sequence(length, kept: max(1, length / 2), types: false)] : [first]
        }
        let long = min(lengths[0], limit)
        let short = min(lengths[1], limit)
        return [
            sequence(long, kept: hasMask ? max(1, long - 3) : long, types: hasTypes),
            sequence(short, kept: short, types: false),
        ]
    }

    var encoderInput: EncoderInput {
        EncoderInput(ids: ids.map { Int32($0) }, typeIds: types.map { Int32($0) }, mask: mask)
    }

    /// The same for the graph's inputs, in the shapes that it declares.
    func inputs(_ graph: RecoveredGraph) throws(Fault) -> [DataflowGraph.ValueID: NumberArray] {
        var result: [DataflowGraph.ValueID: NumberArray] = [:]
        for (value, kind) in graph.inputs {
            let declaration = graph.graph.values[value].declaration
            var shape = (declaration.shape ?? [nil, nil]).map { $0 ?? 1 }
            if let last = shape.indices.last { shape[last] = (declaration.shape ?? [nil, nil])[last] ?? count }
            let width = shape.last ?? 1
            let isFloating = declaration.kind == .float
            let numbers: [Float] =
                switch kind {
                case .ids: ids.map { Float($0) }
                case .tokenTypes: types.map { Float($0) }
                // With more than two axes a mask of numbers is added to the scores.
                case .mask: mask.map { isFloating && shape.count > 2 ? ($0 ? 0 : -10000) : $0 ? 1 : 0 }
                case .positions, .other: (0..<max(1, count)).map { Float($0) }
                }
            let size = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
            let name = "input '\(graph.graph.values[value].name)'"
            guard size >= 0, size <= 1 << 20, width > 0 else {
                throw Fault(.graphNotExecuted, in: graph.path, at: name, "has the shape \(shape)")
            }
            // What is fed besides tokens has a length of its own; a number alone is 0, as "do not train".
            guard shape.isEmpty || width == count || kind == .other else {
                throw Fault(
                    .graphNotExecuted, in: graph.path, at: name, "has the shape \(shape), which is not that of the ids")
            }
            let filled = (0..<size).map { shape.isEmpty ? 0 : numbers[$0 % width % numbers.count] }
            result[value] =
                isFloating
                ? NumberArray(shape: shape, floats: filled)
                : NumberArray(shape: shape, integers: filled.map { Int($0) })
        }
        return result
    }

    /// What the graph computed for the first sequence of its batch, at the tokens that count; nil where the shape is
    /// another than the output has.
    func rows(
        _ value: NumberArray, of claim: RecoveredGraph.Claim, _ configuration: Configuration, _ weights: EncoderWeights
    ) -> [Float]? {
        let width: Int
        switch claim.output {
        case .lastHiddenState, .pooled: width = configuration.hiddenSize
        case .words: width = configuration.vocabSize
        case .order: width = weights.order?.rows ?? 0
        case .answerEnds: width = weights.answer?.rows ?? 0
        case .sequenceClassifier, .tokenClassifier: width = weights.classifier?.rows ?? 0
        }
        let numbers = value.floats
        guard width > 0, numbers.count % width == 0 else { return nil }
        switch claim.output {
        case .pooled, .order, .sequenceClassifier: return numbers.isEmpty ? nil : Array(numbers.prefix(width))
        default:
            // A head may compute only some positions, which were given from the first on.
            let tokens = min(count, numbers.count / width)
            guard tokens > 0 else { return nil }
            return (0..<tokens).filter { mask[$0] }.flatMap { numbers[($0 * width)..<(($0 + 1) * width)] }
        }
    }

    /// The same output by Albit's forward pass: at all tokens that count, or one for the sequence.
    static func outputs(_ output: RecoveredGraph.Output, _ sequence: EncodedSequence) throws(Fault) -> [Float] {
        let weights = sequence.batch.weights
        switch output {
        case .lastHiddenState: return (0..<sequence.count).flatMap { sequence.hidden($0) }
        case .pooled: return sequence.pooled ?? []
        case .words:
            var result: [Float] = []
            guard let prediction = weights.prediction else { return result }
            for token in 0..<sequence.count { result += try sequence.vocabularyLogits(prediction, token: token) }
            return result
        case .order: return weights.order.flatMap { sequence.pooledLogits($0) } ?? []
        case .answerEnds: return weights.answer.map { sequence.tokenLogits($0) } ?? []
        case .sequenceClassifier: return weights.classifier.flatMap { sequence.pooledLogits($0) } ?? []
        case .tokenClassifier: return weights.classifier.map { sequence.tokenLogits($0) } ?? []
        }
    }
}
