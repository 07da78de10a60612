/// The name of a tensor of a model file, of int8 or of floats: the NAME of the tables in formats/gguf-albert.md, and
/// what the tensor is to it.
package struct TensorName: Sendable, Hashable {
    package enum Role: String, Sendable {
        /// Panels of a matmul, rows of a table, or a vector.
        case weight = ".weight"
        case bias = ".bias"
        /// Scales of int8 weights, one for each row.
        case scale = ".scale"
        /// Means of a matmul's inputs.
        case shift = ".shift"
        /// What a matmul's inputs are multiplied by before they are rotated.
        case gain = ".gain"
        /// The second plane of a matmul's weights, and its scales.
        case secondWeight = ".low.weight"
        case secondScale = ".low.scale"
        /// A tensor that is alone under its NAME.
        case itself = ""
    }

    /// NAME.
    package let group: String
    package let role: Role

    package init(_ group: String, _ role: Role) {
        self.group = group
        self.role = role
    }

    /// As GGUF has it, at most 63 bytes.
    package var text: String { group + role.rawValue }

    /// What all tensors of a stored layer begin with.
    fileprivate static func layer(_ index: Int) -> String { "blk." + String(index) + "." }
}

extension Parameter {
    /// Where files of floats keep the parameter. Files of int8 keep tables, vectors and matmuls under the same names,
    /// with query, key and value as one matmul (`Site.tensorGroup`).
    package var tensorName: TensorName {
        switch self {
        case .wordEmbeddings: TensorName("token_embd", .weight)
        case .positionEmbeddings: TensorName("position_embd", .weight)
        case .tokenTypeEmbeddings: TensorName("token_types", .weight)
        case .weight(let module): TensorName(module.tensorGroup, .weight)
        case .bias(let module): TensorName(module.tensorGroup, .bias)
        case .predictionBias: TensorName("head.prediction_bias", .itself)
        }
    }
}

extension ParameterModule {
    /// The NAME of its tensors.
    package var tensorGroup: String {
        switch self {
        case .embeddingNorm: "token_embd_norm"
        case .projection: "embd_projection"
        case .layer(let index, let module): TensorName.layer(index) + module.tensorGroup
        case .pooler: "pooler"
        case .classifier: "head.classifier"
        case .answer: "head.answer"
        case .order: "head.order"
        case .predictionDense: "head.prediction"
        case .predictionNorm: "head.prediction_norm"
        case .sentenceStage(let index): "sentence." + String(index)
        }
    }
}

extension LayerModule {
    fileprivate var tensorGroup: String {
        switch self {
        case .query: "attn_q"
        case .key: "attn_k"
        case .value: "attn_v"
        case .attentionOutput: "attn_output"
        case .attentionNorm: "attn_output_norm"
        case .ffnUp: "ffn_up"
        case .ffnDown: "ffn_down"
        case .outputNorm: "layer_output_norm"
        }
    }
}

extension Site {
    /// The NAME of the site's int8 matmul in a stored layer; attention has none.
    package func tensorGroup(layer: Int) -> String { TensorName.layer(layer) + name }
}
