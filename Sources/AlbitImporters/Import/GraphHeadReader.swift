import AlbitModel
import AlbitText

/// Finds heads by walking from the graph's outputs back to the encoder.
struct GraphHeadReader {
    let walk: GraphWalk
    let encoder: EncoderMatch
    let configuration: Configuration
    let options: ImportOptions
    let file: ConfigurationFile?
    /// Whether something beside the graph says how texts become vectors.
    let hasPipeline: Bool

    private func declares(_ suffixes: String...) -> Bool {
        file?.architectures.contains { name in suffixes.contains { name.hasSuffix($0) } } ?? false
    }

    /// Adds the heads' parameters; the result tells what the classifier reads, where there is one.
    func read(
        into assembly: inout GraphAssembly, _ report: inout ImportReport, claims: inout [RecoveredGraph.Claim]
    ) throws(Fault) -> Head? {
        let outputs = walk.graph.outputs.map { id in
            let (match, value) = walk.output(id, of: encoder.result)
            return (id: id, name: walk.graph.values[id].name, match: match, value: value)
        }
        claims.append(.init(output: .lastHiddenState, value: encoder.result, found: nil))
        let hasWords = outputs.contains { if case .words = $0.match { true } else { false } }
        var kind: Head?
        func classifier(
            _ linear: LinearMatch, _ head: Head, _ output: String, _ assembly: inout GraphAssembly
        ) throws(Fault) -> String {
            guard kind == nil else { return "left out: the model has another classifier" }
            kind = head
            try assembly.set(.classifier, linear)
            return head == .tokenClassification ? "a classifier of tokens" : "a classifier of the pooled state"
        }
        for (id, name, match, value) in outputs {
            func claim(_ output: RecoveredGraph.Output) {
                claims.append(.init(output: output, value: value, found: id))
            }
            let role: String
            switch match {
            case .hidden:
                claim(.lastHiddenState)
                role = "the last hidden state"
            case .pooled(let pooler):
                try setPooler(pooler, &assembly)
                claim(.pooled)
                role = "the pooled state"
            case .fromPooled(let pooler, let linear):
                try setPooler(pooler, &assembly)
                let isOrder =
                    options.head == .sentenceOrder || (hasWords && linear.rows == 2)
                    || declares("ForNextSentencePrediction")
                if isOrder, linear.rows == 2, assembly.parameters[.weight(.order)] == nil {
                    try assembly.set(.order, linear)
                    claim(.order)
                    role = "the order of sentences"
                } else {
                    if kind == nil { claim(.sequenceClassifier) }
                    role = try classifier(linear, .sequenceClassification, name, &assembly)
                }
            case .fromTokens(let linear, let isSplit):
                if linear.rows == 2
                    && (isSplit || options.head == .questionAnswering || declares("ForQuestionAnswering"))
                {
                    if assembly.parameters[.weight(.answer)] == nil { try assembly.set(.answer, linear) }
                    claim(.answerEnds)
                    role = "the ends of answers"
                } else {
                    if kind == nil { claim(.tokenClassifier) }
                    role = try classifier(linear, .tokenClassification, name, &assembly)
                }
            case .words(let dense, let activation, let norm, let decoder):
                let rounding: Double
                (role, rounding) = try words(dense, activation, norm, decoder, &assembly)
                if !role.hasPrefix("left out") {
                    claims.append(.init(output: .words, value: value, found: id, rounding: rounding))
                }
            case .unknown:
                role = "computed by something that Albit does not know, and left out"
                // A sentence model's own vectors, which nobody else says how to make.
                if !hasPipeline, name.contains("embedding") {
                    report.doubt(
                        "output '\(name)' is \(role): vectors are made of the last hidden state, by its mean where no "
                            + "--pooling is given")
                    continue
                }
            }
            report.notes.append("output '\(name)' is \(role)")
        }
        return kind == .sequenceClassification ? nil : kind
    }

    private func setPooler(_ pooler: LinearMatch, _ assembly: inout GraphAssembly) throws(Fault) {
        if assembly.parameters[.weight(.pooler)] == nil { try assembly.set(.pooler, pooler) }
    }

    /// The decoder of the masked-word head has to be the word embedding: that is all Albit stores. A graph of 8 bits
    /// may hold both, each rounded by itself; then the result tells how far they are from each other.
    private func words(
        _ dense: LinearMatch, _ activation: HiddenActivation, _ norm: Normalization, _ decoder: LinearMatch,
        _ assembly: inout GraphAssembly
    ) throws(Fault) -> (role: String, rounding: Double) {
        guard let weight = decoder.finishedWeight else { return ("left out", 0) }
        let table = encoder.embeddings.words.table
        var rounding: Double?
        if try weight.isEqual(to: table) {
            rounding = 0
        } else if walk.isQuantized || walk.graph.nodes.contains(where: { $0.operation == .integerMatmul }) {
            rounding = try RoundedCopy(weight, of: table)?.distance
        }
        guard let rounding else {
            guard options.head == nil || options.head == .maskedLanguageModel else {
                return ("left out: its decoder is not the word embedding", 0)
            }
            func name(_ constant: FoldedConstant) -> String {
                constant.roots.first.map { walk.graph.values[$0].name } ?? ""
            }
            throw Fault(
                .importUntiedDecoder, in: assembly.path,
                "the decoder '\(name(weight))' differs from the word embedding '\(name(table))' "
                    + "(tie_word_embeddings is false)",
                advice: "masked-word scores would be wrong, so remove the prediction head or choose another "
                    + "with --task")
        }
        guard activation == configuration.hiddenAct, norm.epsilon == configuration.layerNormEps else {
            return ("left out: its activation or epsilon is not that of the layers", 0)
        }
        assembly.merge(weight, into: .wordEmbeddings)
        try assembly.set(.predictionDense, dense)
        try assembly.set(.predictionNorm, norm)
        try assembly.set(.predictionBias, decoder.finishedBias, orZeros: decoder.rows)
        let role = "scores of words at every token"
        return rounding == 0
            ? (role, 0)
            : (role + ", by the word embedding, of which its decoder is a copy with a rounding of its own", rounding)
    }
}
