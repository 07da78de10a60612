import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitText

/// Proves a model that was recovered from a graph: the graph's own arithmetic and Albit's forward pass on the recovered
/// weights have to give the same outputs on the same ids.
package enum GraphProof {
    package enum Outcome: Sendable, Equatable {
        /// Tokens of the longest sequence, and the largest distance of an output, as relative L2.
        case proved(tokens: Int, distance: Double)
        /// Why the graph could not be executed.
        case notProved(String)

        /// As reports and model files say it: `proved on 16 tokens, 3e-7`.
        package var text: String {
            switch self {
            case .proved(let tokens, let distance): "proved on \(tokens) tokens, \(GraphProof.shortly(distance))"
            case .notProved(let why): "not proved: \(why)"
            }
        }
    }

    /// The largest distance that an output may have. Float graphs: both sides round to float32 in different orders,
    /// which gives up to 2e-6, and a role that was taken for another gives 1e-2 and more. Half precision: numbers that
    /// an exporter folded, such as the scale of the scores or a bias, were rounded to 2^-11 of their size, and are
    /// recovered as what they stand for. 8 bits: the graph is executed without the rounding of activations, so it is as
    /// exact as a float one; where a converter folded biases through weights before it rounded these, half a step of
    /// them (1/254 of the largest) times the folded bias is in what it stores, and not in what is recovered.
    package static func bound(_ graph: RecoveredGraph) -> Double {
        switch graph.precision {
        case .float: 1e-4
        case .half: 2e-3
        case .eightBit: graph.isUnfolded ? 2e-3 : 1e-4
        }
    }

    /// Proves a source and notes in it what came of it; nothing happens where it has no graph. Throws `graphDisproved`,
    /// and with `strict` `graphNotProved` for what cannot be executed.
    package static func prove(_ source: AlbertSource, strict: Bool) throws(Fault) {
        guard let outcome = try run(source) else { return }
        if strict, case .notProved(let why) = outcome {
            throw Fault(
                .graphNotProved, in: source.report.path, "is not proved: \(why)",
                advice: "leave --strict out to take it as it is")
        }
        source.note(proof: outcome.text)
    }

    /// Nil where the source has no graph. Throws `graphDisproved` where an output differs.
    package static func run(_ source: AlbertSource) throws(Fault) -> Outcome? {
        guard let graph = source.graph else { return nil }
        let wanted = graph.claims.map(\.value)
        if let length = graph.fixedLength, length > source.configuration.maxPositionEmbeddings {
            throw Fault(
                .graphDisproved, in: graph.path,
                "was exported for \(length) tokens, but \(source.configuration.maxPositionEmbeddings) positions were "
                    + "recovered from it", advice: otherKind)
        }
        let sequences = ProofSequence.all(graph, source.configuration)
        let interpreter = GraphInterpreter(
            graph.graph, path: graph.path, rounds: false, tokens: sequences.map(\.count).max() ?? 1)
        if let name = interpreter.unknownOperator(for: wanted) { return .notProved(name) }
        let session = try Session(weights: try EncoderWeights(source))
        var worst = 0.0
        for sequence in sequences {
            let values: [NumberArray]
            do throws(Fault) {
                values = try interpreter.run(sequence.inputs(graph), wanted: wanted)
            } catch {
                let fault = error
                guard fault.code == .graphNotExecuted else { throw fault }
                return .notProved(fault.place.isEmpty ? fault.problem : fault.place + " " + fault.problem)
            }
            let encoded = try session.encode([sequence.encoderInput])[0]
            for (claim, value) in zip(graph.claims, values) {
                guard let expected = sequence.rows(value, of: claim, source.configuration, session.weights) else {
                    return .notProved("'\(graph.graph.values[claim.value].name)' has the shape \(value.shape)")
                }
                let found = try ProofSequence.outputs(claim.output, encoded).prefix(expected.count)
                let size = try usualSize(claim.output, source, encoded)
                var distance = relativeL2(Array(found), expected, atLeast: size)
                if claim.rounding > 0 { distance -= try roundedShare(claim, source, sequence, expected) }
                worst = max(worst, distance)
                guard distance <= bound(graph) else {
                    let name = graph.graph.values[claim.found ?? claim.value].name
                    throw Fault(
                        .graphDisproved, in: graph.path, at: "'\(name)'",
                        "what was recovered gives \(claim.output.words) that is \(shortly(distance)) away from what "
                            + "the graph computes, on \(sequence.count) tokens",
                        expected: "at most \(shortly(bound(graph)))", advice: otherKind)
                }
            }
        }
        return .proved(tokens: sequences.map(\.count).max() ?? 0, distance: worst)
    }

    private static let otherKind =
        "the graph is of a kind that Albit takes for another; use the checkpoint that it was exported from"

    /// The norm that the few outputs of a head usually have: ‖W‖ ‖x‖ / √h for weights W and inputs x of width h. On the
    /// fixed ids they may cancel almost to 0, and then the rounding of x is large beside them. 0 for what has many
    /// outputs.
    private static func usualSize(
        _ output: RecoveredGraph.Output, _ source: AlbertSource, _ sequence: EncodedSequence
    ) throws(Fault) -> Double {
        let module: ParameterModule
        var input = sequence.pooled ?? []
        switch output {
        case .lastHiddenState, .pooled, .words: return 0
        case .order: module = .order
        case .sequenceClassifier: module = .classifier
        case .answerEnds, .tokenClassifier:
            module = output == .answerEnds ? .answer : .classifier
            input = (0..<sequence.count).flatMap { sequence.hidden($0) }
        }
        func square(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) * Double($1) } }
        let weights = try source.values(of: .weight(module))
        return (square(weights) * square(input) / Double(source.configuration.hiddenSize)).squareRoot()
    }

    /// How far, as relative L2, words' scores may be from the graph's because its decoder D and the word embedding W
    /// that stands in its place were rounded each by itself. Over all tokens, ‖(D - W) X‖ is at most ‖D - W‖ ‖X‖; and
    /// what comes out of a LayerNorm of width e with the weight g and the bias b is not longer than √e max|g| + ‖b‖.
    private static func roundedShare(
        _ claim: RecoveredGraph.Claim, _ source: AlbertSource, _ sequence: ProofSequence, _ expected: [Float]
    ) throws(Fault) -> Double {
        func norm(_ values: [Float]) -> Double {
            values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
        let scale = try source.values(of: .weight(.predictionNorm))
        let largest = scale.reduce(0) { max($0, Double(abs($1))) }
        let input =
            Double(scale.count).squareRoot() * largest + norm(try source.values(of: .bias(.predictionNorm)))
        let tokens = Double(sequence.mask.count { $0 })
        let size = norm(expected)
        return size > 0 ? claim.rounding * tokens.squareRoot() * input / size : 0
    }

    /// ‖a - b‖ / ‖b‖ in double, with at least `size` for ‖b‖; infinite where lengths differ or something is not a
    /// number.
    static func relativeL2(_ a: [Float], _ b: [Float], atLeast size: Double = 0) -> Double {
        guard a.count == b.count else { return .infinity }
        var difference = 0.0
        var norm = 0.0
        for (x, y) in zip(a, b) {
            difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
            norm += Double(y) * Double(y)
        }
        norm = max(norm, size * size)
        let result = norm == 0 ? (difference == 0 ? 0 : .infinity) : (difference / norm).squareRoot()
        return result.isNaN ? .infinity : result
    }

    /// One digit and an exponent, rounded up: `3e-7`.
    static func shortly(_ value: Double) -> String {
        guard value.isFinite else { return "infinitely far" }
        guard value > 0 else { return "0" }
        var exponent = 0
        var digit = value
        while digit < 1 {
            digit *= 10
            exponent -= 1
        }
        while digit >= 10 {
            digit /= 10
            exponent += 1
        }
        var rounded = Int((digit - 1e-9).rounded(.up))
        if rounded == 10 { (rounded, exponent) = (1, exponent + 1) }
        return exponent == 0 ? String(rounded) : "\(rounded)e\(exponent)"
    }
}

extension RecoveredGraph.Output {
    /// As a message calls it.
    var words: String {
        switch self {
        case .lastHiddenState: "a last hidden state"
        case .pooled: "a pooled state"
        case .words: "a masked-word head"
        case .order: "a head for the order of sentences"
        case .answerEnds: "a head for answers"
        case .sequenceClassifier: "a classifier"
        case .tokenClassifier: "a classifier of tokens"
        }
    }
}
