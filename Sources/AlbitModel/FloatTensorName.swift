/// What a GGUF file of floats calls a canonical parameter: the names of int8 files, with query, key and value apart.
package enum FloatTensorName {
    /// GGUF's name, at most 63 bytes.
    package static func name(of parameter: String, innerGroups: Int) -> String {
        let layers = "encoder.albert_layer_groups."
        guard parameter.utf8.starts(with: layers.utf8) else {
            for (ours, theirs) in whole where ours == parameter { return theirs }
            for (ours, theirs) in parts where parameter.utf8.starts(with: ours.utf8) {
                return theirs + String(decoding: parameter.utf8.dropFirst(ours.utf8.count), as: UTF8.self)
            }
            return parameter
        }
        let words = parameter.utf8.dropFirst(layers.utf8.count).split(separator: UInt8(ascii: "."), maxSplits: 3)
        guard words.count == 4, let group = Int(String(decoding: words[0], as: UTF8.self)),
            let inner = Int(String(decoding: words[2], as: UTF8.self)),
            let part = ParameterName.Layer(rawValue: String(decoding: words[3], as: UTF8.self))
        else { return parameter }
        return "blk." + String(group * innerGroups + inner) + "." + name(of: part)
    }

    private static let whole = [
        (ParameterName.wordEmbeddings, "token_embd.weight"), (ParameterName.positionEmbeddings, "position_embd.weight"),
        (ParameterName.tokenTypeEmbeddings, "token_types.weight"), (ParameterName.predictionBias, "head.prediction_bias"),
    ]

    private static let parts = [
        ("embeddings.LayerNorm.", "token_embd_norm."), ("encoder.embedding_hidden_mapping_in.", "embd_projection."),
        ("classifier.", "head.classifier."), ("qa_outputs.", "head.answer."), ("sop_classifier.", "head.order."),
        ("predictions.dense.", "head.prediction."), ("predictions.LayerNorm.", "head.prediction_norm."),
    ]

    private static func name(of part: ParameterName.Layer) -> String {
        switch part {
        case .queryWeight: "attn_q.weight"
        case .queryBias: "attn_q.bias"
        case .keyWeight: "attn_k.weight"
        case .keyBias: "attn_k.bias"
        case .valueWeight: "attn_v.weight"
        case .valueBias: "attn_v.bias"
        case .outputWeight: "attn_output.weight"
        case .outputBias: "attn_output.bias"
        case .attentionNormWeight: "attn_output_norm.weight"
        case .attentionNormBias: "attn_output_norm.bias"
        case .ffnWeight: "ffn_up.weight"
        case .ffnBias: "ffn_up.bias"
        case .ffnOutputWeight: "ffn_down.weight"
        case .ffnOutputBias: "ffn_down.bias"
        case .layerNormWeight: "layer_output_norm.weight"
        case .layerNormBias: "layer_output_norm.bias"
        }
    }
}
