import AlbitModel

// The tables of the families that there are.
extension NamingFamily {
    static let all: [NamingFamily] = [
        albert("Hugging Face ALBERT (PyTorch)", .pyTorch), bert("Hugging Face BERT (PyTorch)", .pyTorch),
        albert("Hugging Face ALBERT (TensorFlow)", .keras), bert("Hugging Face BERT (TensorFlow)", .keras),
        albert("Hugging Face ALBERT (Flax)", .flax), bert("Hugging Face BERT (Flax)", .flax),
        originalAlbert, originalBert, chineseAlbert,
    ]

    /// What `transformers` writes with PyTorch, and so what the exporters write.
    package static func huggingFace(_ architecture: Architecture) -> NamingFamily {
        switch architecture {
        case .albert: albert("Hugging Face ALBERT (PyTorch)", .pyTorch)
        case .bert: bert("Hugging Face BERT (PyTorch)", .pyTorch)
        }
    }

    private static func albert(_ name: String, _ leaves: Leaves) -> NamingFamily {
        NamingFamily(
            name: name, architecture: .albert, backbone: "albert.", leaves: leaves,
            layer: "encoder.albert_layer_groups.{g}.albert_layers.{i}.",
            layerModules: Dictionary(uniqueKeysWithValues: LayerModule.allCases.map { ($0, $0.name) }),
            modules: [
                .embeddingNorm: ["embeddings.LayerNorm"], .projection: ["encoder.embedding_hidden_mapping_in"],
                .pooler: ["pooler", "pooler.dense"], .classifier: ["classifier"], .answer: ["qa_outputs"],
                .order: ["sop_classifier.classifier"], .predictionDense: ["predictions.dense"],
                .predictionNorm: ["predictions.LayerNorm"],
            ],
            exceptions: [.predictionBias: predictionBias("predictions", leaves)])
    }

    private static func bert(_ name: String, _ leaves: Leaves) -> NamingFamily {
        // Object checkpoints of Keras name the two parts of the pre-training head apart.
        let (masked, next) = leaves.isDecoderBiasFirst ? ("mlm___cls", "nsp___cls") : ("cls", "cls")
        return NamingFamily(
            name: name, architecture: .bert, backbone: "bert.", leaves: leaves, layer: "encoder.layer.{g}.",
            layerModules: bertLayer,
            modules: [
                .embeddingNorm: ["embeddings.LayerNorm"], .pooler: ["pooler.dense"], .classifier: ["classifier"],
                .answer: ["qa_outputs"], .order: [next + ".seq_relationship"],
                .predictionDense: [masked + ".predictions.transform.dense"],
                .predictionNorm: [masked + ".predictions.transform.LayerNorm"],
            ],
            exceptions: [.predictionBias: predictionBias(masked + ".predictions", leaves)])
    }

    private static let bertLayer: [LayerModule: String] = [
        .query: "attention.self.query", .key: "attention.self.key", .value: "attention.self.value",
        .attentionOutput: "attention.output.dense", .attentionNorm: "attention.output.LayerNorm",
        .ffnUp: "intermediate.dense", .ffnDown: "output.dense", .outputNorm: "output.LayerNorm",
    ]

    private static func predictionBias(_ module: String, _ leaves: Leaves) -> [Place] {
        let decoder = Place(path: module + ".decoder.bias", isBeside: true)
        let own = Place(path: module + ".bias", isBeside: true)
        return leaves.isDecoderBiasFirst ? [decoder, own] : [own, decoder]
    }

    /// google-research/albert, `modeling.py`.
    private static let originalAlbert = NamingFamily(
        name: "original ALBERT (TensorFlow 1)", architecture: .albert, backbone: "bert.", leaves: .tensorFlow,
        layer: "encoder.transformer.group_{g}.inner_group_{i}.",
        layerModules: [
            .query: "attention_1.self.query", .key: "attention_1.self.key", .value: "attention_1.self.value",
            .attentionOutput: "attention_1.output.dense", .attentionNorm: "LayerNorm",
            .ffnUp: "ffn_1.intermediate.dense", .ffnDown: "ffn_1.intermediate.output.dense", .outputNorm: "LayerNorm_1",
        ],
        modules: originalModules.merging(
            [.projection: ["encoder.embedding_hidden_mapping_in"]], uniquingKeysWith: { a, _ in a }),
        exceptions: originalHeads, isGeluTanh: true)

    /// brightmart/albert_zh, `modeling.py`: a BERT of one layer that is applied again and again, whose word embedding
    /// is the product of two tables.
    private static let chineseAlbert = NamingFamily(
        name: "Chinese ALBERT (TensorFlow 1)", architecture: .bert, backbone: "bert.", leaves: .tensorFlow,
        layer: "encoder.layer_shared.", layerModules: bertLayer, modules: originalModules, exceptions: originalHeads,
        isGeluTanh: true)

    /// google-research/bert, `modeling.py`.
    private static let originalBert = NamingFamily(
        name: "original BERT (TensorFlow 1)", architecture: .bert, backbone: "bert.", leaves: .tensorFlow,
        layer: "encoder.layer_{g}.", layerModules: bertLayer, modules: originalModules, exceptions: originalHeads)

    private static let originalModules: [ParameterModule: [String]] = [
        .embeddingNorm: ["embeddings.LayerNorm"], .pooler: ["pooler.dense"],
        .predictionDense: ["cls.predictions.transform.dense"], .predictionNorm: ["cls.predictions.transform.LayerNorm"],
    ]

    /// The original programs multiply by their heads' weights [out][in], outside any layer of TensorFlow's.
    private static let originalHeads: [Parameter: [Place]] = [
        .weight(.classifier): [Place(path: "output_weights", isBeside: true)],
        .bias(.classifier): [Place(path: "output_bias", isBeside: true)],
        .weight(.answer): [Place(path: "cls.squad.output_weights", isBeside: true)],
        .bias(.answer): [Place(path: "cls.squad.output_bias", isBeside: true)],
        .weight(.order): [Place(path: "cls.seq_relationship.output_weights", isBeside: true)],
        .bias(.order): [Place(path: "cls.seq_relationship.output_bias", isBeside: true)],
        .predictionBias: [Place(path: "cls.predictions.output_bias", isBeside: true)],
    ]
}

extension NamingFamily.Leaves {
    static let pyTorch = Self(
        denseWeight: ".weight", isTransposed: false, normWeight: [".weight", ".gamma"], normBias: [".bias", ".beta"],
        embeddings: embeddings { [$0 + ".weight"] }, isDecoderBiasReadFirst: true)
    static let flax = Self(
        denseWeight: ".kernel", isTransposed: true, normWeight: [".scale"], normBias: [".bias"],
        embeddings: embeddings { [$0 + ".embedding"] })
    static let tensorFlow = Self(
        denseWeight: ".kernel", isTransposed: true, normWeight: [".gamma"], normBias: [".beta"],
        embeddings: embeddings { [$0] })
    /// In object checkpoints the variables are attributes of the embeddings layer itself.
    static let keras = Self(
        denseWeight: ".kernel", isTransposed: true, normWeight: [".gamma"], normBias: [".beta"],
        embeddings: [
            .wordEmbeddings: [
                "embeddings.word_embeddings.weight", "embeddings.word_embeddings.embeddings", "embeddings.weight",
            ],
            .positionEmbeddings: [
                "embeddings.position_embeddings.embeddings", "embeddings.position_embeddings", "embeddings.embeddings",
            ],
            .tokenTypeEmbeddings: [
                "embeddings.token_type_embeddings.embeddings", "embeddings.token_type_embeddings",
            ],
        ],
        isDecoderBiasFirst: true)

    private static func embeddings(_ names: (String) -> [String]) -> [Parameter: [String]] {
        [
            .wordEmbeddings: names("embeddings.word_embeddings"),
            .positionEmbeddings: names("embeddings.position_embeddings"),
            .tokenTypeEmbeddings: names("embeddings.token_type_embeddings"),
        ]
    }
}
