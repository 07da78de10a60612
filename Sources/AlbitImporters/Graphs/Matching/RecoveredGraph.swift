import AlbitModel

/// A graph that a model was recovered from, with what the model says the graph computes: by this the model is proved.
package struct RecoveredGraph {
    package typealias ValueID = DataflowGraph.ValueID

    /// What an input of the graph is.
    package enum Input: Sendable, Equatable {
        case ids, tokenTypes, positions
        /// What the encoder depends on besides: which tokens count.
        case mask
        /// What only heads depend on, such as the positions of masked words.
        case other
    }

    /// What an output of the graph is, in terms of the recovered model.
    package enum Output: Sendable, Equatable {
        case lastHiddenState, pooled, words, order, answerEnds
        /// Of the pooled state, or of every token.
        case sequenceClassifier, tokenClassifier
    }

    /// How exactly the weights are those of the graph.
    package enum Precision: Sendable, Equatable {
        case float, half, eightBit
    }

    package struct Claim: Sendable {
        package var output: Output
        /// The value of the graph that the recovered output stands for: before softmax and rearrangements.
        package var value: ValueID
        /// The output of the graph that it was found from; nil for the encoder's result where it is none.
        package var found: ValueID?
        /// How far the graph's decoder of words is from the word embedding that stands in its place, as the norm of
        /// their difference; 0 where they are one.
        package var rounding = 0.0
    }

    /// As published: before anything was undone for recovery.
    package let graph: DataflowGraph
    package let path: String
    package let inputs: [(value: ValueID, kind: Input)]
    package let claims: [Claim]
    package let precision: Precision
    /// Whether the converter had folded biases into others, which was undone for recovery.
    package let isUnfolded: Bool

    /// The length that the graph was exported for; nil where it may be any.
    package var fixedLength: Int? {
        for (value, kind) in inputs where kind == .ids {
            if let shape = graph.values[value].declaration.shape, let last = shape.last { return last }
        }
        return nil
    }
}

extension RecoveredGraph {
    /// `published`: nil where it is the graph that was walked.
    init(
        _ walk: GraphWalk, published: DataflowGraph?, encoder: EncoderMatch, claims found: [Claim], precision: Precision
    ) {
        let graph = published ?? walk.graph
        // Values keep their names where a folding was undone; numbers differ.
        let known = published.map { other in
            Dictionary(other.values.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
        func place(_ value: ValueID) -> ValueID? { known.map { $0[walk.graph.values[value].name] } ?? value }
        self.graph = graph
        path = walk.path
        self.precision = precision
        isUnfolded = published != nil && !walk.isQuantized
        let embeddings = encoder.embeddings
        // The result may depend on very many nodes.
        let needed = walk.inputs(of: encoder.result, limit: Int.max).inputs
        inputs = walk.graph.inputs.compactMap { input in
            guard let value = place(input) else { return nil }
            if embeddings.idInputs.contains(input) { return (value, .ids) }
            if embeddings.typeInputs.contains(input) { return (value, .tokenTypes) }
            if embeddings.positionInputs.contains(input) { return (value, .positions) }
            return (value, needed.contains(input) ? .mask : .other)
        }
        claims = found.compactMap { claim in
            guard let value = place(claim.value) else { return nil }
            return Claim(
                output: claim.output, value: value, found: claim.found.flatMap(place), rounding: claim.rounding)
        }
    }
}
