/// A matmul or a layer normalization: what has a weight and a bias.
package enum ParameterModule: Sendable, Hashable {
    case embeddingNorm
    /// ALBERT's matmul from the embedding to the hidden size.
    case projection
    /// Part of a stored layer, counted group by group.
    case layer(Int, LayerModule)
    case pooler
    // Heads, all optional. Which tasks they serve: see `Head`.
    /// Of sequences, of tokens, of choices.
    case classifier
    /// Start and end of an answer.
    case answer
    /// Order of sentences; BERT's next-sentence head too.
    case order
    case predictionDense
    case predictionNorm
    /// A dense module or a LayerNorm behind the pooling of a sentence model, by its place among the pipeline's stages.
    case sentenceStage(Int)

    package var isNorm: Bool {
        switch self {
        case .embeddingNorm, .predictionNorm: true
        case .layer(_, let module): module.isNorm
        case .projection, .pooler, .classifier, .answer, .order, .predictionDense, .sentenceStage: false
        }
    }

    /// Whether it belongs to a head and lies beside the encoder.
    package var isHead: Bool {
        switch self {
        case .classifier, .answer, .order, .predictionDense, .predictionNorm: true
        case .embeddingNorm, .projection, .layer, .pooler, .sentenceStage: false
        }
    }

    /// Output channels, or the width of a normalization; nil for the classifier, whose labels the source counts, and
    /// for stages of a sentence pipeline, which tells their shapes.
    package func rows(_ c: Configuration) -> Int? {
        switch self {
        case .embeddingNorm, .predictionDense, .predictionNorm: c.embeddingSize
        case .projection, .pooler: c.hiddenSize
        case .layer(_, let module): module == .ffnUp ? c.intermediateSize : c.hiddenSize
        case .classifier, .sentenceStage: nil
        case .answer, .order: 2
        }
    }

    /// Input channels of a matmul; nil for a normalization.
    package func columns(_ c: Configuration) -> Int? {
        if isNorm { return nil }
        switch self {
        case .projection: return c.embeddingSize
        case .layer(_, .ffnDown): return c.intermediateSize
        default: return c.hiddenSize
        }
    }

    func name(_ innerGroups: Int) -> String {
        switch self {
        case .embeddingNorm: "embeddings.LayerNorm"
        case .projection: "encoder.embedding_hidden_mapping_in"
        case .layer(let index, let module):
            "encoder.albert_layer_groups." + String(index / innerGroups) + ".albert_layers."
                + String(index % innerGroups) + "."
                + module.name
        case .pooler: "pooler"
        case .classifier: "classifier"
        case .answer: "qa_outputs"
        case .order: "sop_classifier"
        case .predictionDense: "predictions.dense"
        case .predictionNorm: "predictions.LayerNorm"
        case .sentenceStage(let index): "sentence." + String(index)
        }
    }
}

/// A matmul or a layer normalization of a transformer layer.
package enum LayerModule: CaseIterable, Sendable, Hashable {
    case query, key, value, attentionOutput, attentionNorm, ffnUp, ffnDown, outputNorm

    package var isNorm: Bool { self == .attentionNorm || self == .outputNorm }

    /// The end of its canonical name.
    package var name: String {
        switch self {
        case .query: "attention.query"
        case .key: "attention.key"
        case .value: "attention.value"
        case .attentionOutput: "attention.dense"
        case .attentionNorm: "attention.LayerNorm"
        case .ffnUp: "ffn"
        case .ffnDown: "ffn_output"
        case .outputNorm: "full_layer_layer_norm"
        }
    }
}
