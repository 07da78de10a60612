/// The canonical name of a parameter: Hugging Face's ALBERT name without the `albert.` prefix, whatever the
/// source calls it. BERT's layer i is group i, inner layer 0. Matrices are [out][in], row-major.
package enum ParameterName {
    package static let wordEmbeddings = "embeddings.word_embeddings.weight"  // [V][E]
    package static let positionEmbeddings = "embeddings.position_embeddings.weight"  // [P][E]
    package static let tokenTypeEmbeddings = "embeddings.token_type_embeddings.weight"  // [T][E]
    package static let embeddingNormWeight = "embeddings.LayerNorm.weight"  // [E]
    package static let embeddingNormBias = "embeddings.LayerNorm.bias"
    package static let projectionWeight = "encoder.embedding_hidden_mapping_in.weight"  // [H][E]; ALBERT only
    package static let projectionBias = "encoder.embedding_hidden_mapping_in.bias"
    package static let poolerWeight = "pooler.weight"  // [H][H]; optional
    package static let poolerBias = "pooler.bias"

    // Heads, all optional. Which tasks they serve: see Head.
    package static let classifierWeight = "classifier.weight"  // [labels][H]: sequence, token, multiple choice
    package static let classifierBias = "classifier.bias"
    package static let answerWeight = "qa_outputs.weight"  // [2][H]
    package static let answerBias = "qa_outputs.bias"
    package static let orderWeight = "sop_classifier.weight"  // [2][H]; BERT's next-sentence head too
    package static let orderBias = "sop_classifier.bias"
    package static let predictionDenseWeight = "predictions.dense.weight"  // [E][H]
    package static let predictionDenseBias = "predictions.dense.bias"
    package static let predictionNormWeight = "predictions.LayerNorm.weight"  // [E]
    package static let predictionNormBias = "predictions.LayerNorm.bias"
    package static let predictionBias = "predictions.bias"  // [V]; the decoder matrix is the word embedding

    /// The parameters of one stored layer; append to `layer(_:configuration:)`.
    package enum Layer: String, CaseIterable, Sendable {
        case queryWeight = "attention.query.weight", queryBias = "attention.query.bias"  // [H][H], [H]
        case keyWeight = "attention.key.weight", keyBias = "attention.key.bias"
        case valueWeight = "attention.value.weight", valueBias = "attention.value.bias"
        case outputWeight = "attention.dense.weight", outputBias = "attention.dense.bias"
        case attentionNormWeight = "attention.LayerNorm.weight", attentionNormBias = "attention.LayerNorm.bias"
        case ffnWeight = "ffn.weight", ffnBias = "ffn.bias"  // [I][H], [I]
        case ffnOutputWeight = "ffn_output.weight", ffnOutputBias = "ffn_output.bias"  // [H][I], [H]
        case layerNormWeight = "full_layer_layer_norm.weight", layerNormBias = "full_layer_layer_norm.bias"
    }

    /// Name of a parameter of stored layer `index` (group-major, then inner).
    package static func layer(_ index: Int, _ part: Layer, innerGroups: Int) -> String {
        "encoder.albert_layer_groups." + String(index / innerGroups) + ".albert_layers." + String(index % innerGroups)
            + "." + part.rawValue
    }
}
