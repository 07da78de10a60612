import AlbitModel

/// How a family of checkpoints names the parameters of a transformer: data that `NameResolver` reads. All paths
/// use dots; a source's slashes and `:0` are normalised first. `{g}` is a group (BERT: the layer), `{i}` an
/// inner layer.
struct NamingFamily: Sendable {
    /// Suffixes of the two parameters of a module.
    struct Leaves: Sendable {
        var denseWeight: String
        /// Whether dense weights are stored [in][out].
        var isTransposed: Bool
        var normWeight: [String]
        var normBias: [String]
        /// Names of the word, position and token type embeddings, most usual first.
        var embeddings: [String: [String]]
        /// TensorFlow adds `decoder.bias` alone, whatever `predictions.bias` holds; PyTorch and Flax tie the two.
        var isDecoderBiasFirst = false

        static let pyTorch = Leaves(
            denseWeight: ".weight", isTransposed: false, normWeight: [".weight", ".gamma"], normBias: [".bias", ".beta"],
            embeddings: embeddings { [$0 + ".weight"] })
        static let flax = Leaves(
            denseWeight: ".kernel", isTransposed: true, normWeight: [".scale"], normBias: [".bias"],
            embeddings: embeddings { [$0 + ".embedding"] })
        static let tensorFlow = Leaves(
            denseWeight: ".kernel", isTransposed: true, normWeight: [".gamma"], normBias: [".beta"],
            embeddings: embeddings { [$0] })
        /// In object checkpoints the variables are attributes of the embeddings layer itself.
        static let keras = Leaves(
            denseWeight: ".kernel", isTransposed: true, normWeight: [".gamma"], normBias: [".beta"],
            embeddings: [
                ParameterName.wordEmbeddings: [
                    "embeddings.word_embeddings.weight", "embeddings.word_embeddings.embeddings", "embeddings.weight",
                ],
                ParameterName.positionEmbeddings: [
                    "embeddings.position_embeddings.embeddings", "embeddings.position_embeddings", "embeddings.embeddings",
                ],
                ParameterName.tokenTypeEmbeddings: [
                    "embeddings.token_type_embeddings.embeddings", "embeddings.token_type_embeddings",
                ],
            ],
            isDecoderBiasFirst: true)

        private static func embeddings(_ names: (String) -> [String]) -> [String: [String]] {
            [
                ParameterName.wordEmbeddings: names("embeddings.word_embeddings"),
                ParameterName.positionEmbeddings: names("embeddings.position_embeddings"),
                ParameterName.tokenTypeEmbeddings: names("embeddings.token_type_embeddings"),
            ]
        }
    }

    /// As the report names it.
    var name: String
    var architecture: Architecture
    /// What the transformer is called inside a model with heads; heads lie beside it.
    var backbone: String
    var leaves: Leaves
    var layer: String
    /// Canonical module of a layer to the family's path.
    var layerModules: [String: String]
    /// Canonical modules outside the layers to the family's paths, relative to the transformer.
    var modules: [String: [String]]
    /// Canonical parameters of heads to full names, relative to the parent of the transformer.
    var heads: [String: [HeadName]]
    /// Original code, whose `gelu` is the tanh form: what Hugging Face calls `gelu_new`.
    var isGeluTanh = false

    /// Name of a head's parameter, and whether it is stored [in][out].
    struct HeadName: Sendable {
        var path: String
        var isTransposed = false
    }

    static let all: [NamingFamily] = [
        albert("Hugging Face ALBERT (PyTorch)", .pyTorch), bert("Hugging Face BERT (PyTorch)", .pyTorch),
        albert("Hugging Face ALBERT (TensorFlow)", .keras), bert("Hugging Face BERT (TensorFlow)", .keras),
        albert("Hugging Face ALBERT (Flax)", .flax), bert("Hugging Face BERT (Flax)", .flax),
        originalAlbert, originalBert, chineseAlbert,
    ]

    private static func albert(_ name: String, _ leaves: Leaves) -> NamingFamily {
        NamingFamily(
            name: name, architecture: .albert, backbone: "albert.", leaves: leaves,
            layer: "encoder.albert_layer_groups.{g}.albert_layers.{i}.",
            layerModules: [
                "attention.query": "attention.query", "attention.key": "attention.key", "attention.value": "attention.value",
                "attention.dense": "attention.dense", "attention.LayerNorm": "attention.LayerNorm", "ffn": "ffn",
                "ffn_output": "ffn_output", "full_layer_layer_norm": "full_layer_layer_norm",
            ],
            modules: [
                "embeddings.LayerNorm": ["embeddings.LayerNorm"],
                "encoder.embedding_hidden_mapping_in": ["encoder.embedding_hidden_mapping_in"],
                "pooler": ["pooler", "pooler.dense"],
            ],
            heads: heads(
                leaves, classifier: "classifier", answer: "qa_outputs", order: "sop_classifier.classifier",
                dense: "predictions.dense", norm: "predictions.LayerNorm", bias: "predictions"))
    }

    private static func bert(_ name: String, _ leaves: Leaves) -> NamingFamily {
        let isKeras = leaves.isDecoderBiasFirst
        return NamingFamily(
            name: name, architecture: .bert, backbone: "bert.", leaves: leaves, layer: "encoder.layer.{g}.",
            layerModules: bertLayer,
            modules: [
                "embeddings.LayerNorm": ["embeddings.LayerNorm"], "pooler": ["pooler.dense"],
            ],
            heads: heads(
                leaves, classifier: "classifier", answer: "qa_outputs",
                order: isKeras ? "nsp___cls.seq_relationship" : "cls.seq_relationship",
                dense: isKeras ? "mlm___cls.predictions.transform.dense" : "cls.predictions.transform.dense",
                norm: isKeras ? "mlm___cls.predictions.transform.LayerNorm" : "cls.predictions.transform.LayerNorm",
                bias: isKeras ? "mlm___cls.predictions" : "cls.predictions"))
    }

    private static let bertLayer = [
        "attention.query": "attention.self.query", "attention.key": "attention.self.key",
        "attention.value": "attention.self.value", "attention.dense": "attention.output.dense",
        "attention.LayerNorm": "attention.output.LayerNorm", "ffn": "intermediate.dense", "ffn_output": "output.dense",
        "full_layer_layer_norm": "output.LayerNorm",
    ]

    /// google-research/albert, `modeling.py`.
    private static let originalAlbert = NamingFamily(
        name: "original ALBERT (TensorFlow 1)", architecture: .albert, backbone: "bert.", leaves: .tensorFlow,
        layer: "encoder.transformer.group_{g}.inner_group_{i}.",
        layerModules: [
            "attention.query": "attention_1.self.query", "attention.key": "attention_1.self.key",
            "attention.value": "attention_1.self.value", "attention.dense": "attention_1.output.dense",
            "attention.LayerNorm": "LayerNorm", "ffn": "ffn_1.intermediate.dense",
            "ffn_output": "ffn_1.intermediate.output.dense", "full_layer_layer_norm": "LayerNorm_1",
        ],
        modules: originalModules.merging(
            ["encoder.embedding_hidden_mapping_in": ["encoder.embedding_hidden_mapping_in"]], uniquingKeysWith: { a, _ in a }),
        heads: originalHeads, isGeluTanh: true)

    /// brightmart/albert_zh, `modeling.py`: a BERT of one layer that is applied again and again, whose word embedding is the
    /// product of two tables.
    private static let chineseAlbert = NamingFamily(
        name: "Chinese ALBERT (TensorFlow 1)", architecture: .bert, backbone: "bert.", leaves: .tensorFlow,
        layer: "encoder.layer_shared.", layerModules: bertLayer, modules: originalModules, heads: originalHeads, isGeluTanh: true)

    /// google-research/bert, `modeling.py`.
    private static let originalBert = NamingFamily(
        name: "original BERT (TensorFlow 1)", architecture: .bert, backbone: "bert.", leaves: .tensorFlow,
        layer: "encoder.layer_{g}.", layerModules: bertLayer, modules: originalModules, heads: originalHeads)

    private static let originalModules = [
        "embeddings.LayerNorm": ["embeddings.LayerNorm"], "pooler": ["pooler.dense"],
    ]

    private static let originalHeads: [String: [HeadName]] = [
        ParameterName.classifierWeight: [HeadName(path: "output_weights")],
        ParameterName.classifierBias: [HeadName(path: "output_bias")],
        ParameterName.answerWeight: [HeadName(path: "cls.squad.output_weights")],
        ParameterName.answerBias: [HeadName(path: "cls.squad.output_bias")],
        ParameterName.orderWeight: [HeadName(path: "cls.seq_relationship.output_weights")],
        ParameterName.orderBias: [HeadName(path: "cls.seq_relationship.output_bias")],
        ParameterName.predictionDenseWeight: [HeadName(path: "cls.predictions.transform.dense.kernel", isTransposed: true)],
        ParameterName.predictionDenseBias: [HeadName(path: "cls.predictions.transform.dense.bias")],
        ParameterName.predictionNormWeight: [HeadName(path: "cls.predictions.transform.LayerNorm.gamma")],
        ParameterName.predictionNormBias: [HeadName(path: "cls.predictions.transform.LayerNorm.beta")],
        ParameterName.predictionBias: [HeadName(path: "cls.predictions.output_bias")],
    ]

    private static func heads(
        _ leaves: Leaves, classifier: String, answer: String, order: String, dense: String, norm: String, bias: String
    ) -> [String: [HeadName]] {
        let weight = leaves.denseWeight
        let flipped = leaves.isTransposed
        func matrix(_ path: String) -> [HeadName] { [HeadName(path: path + weight, isTransposed: flipped)] }
        let decoder = HeadName(path: bias + ".decoder.bias")
        let own = HeadName(path: bias + ".bias")
        return [
            ParameterName.classifierWeight: matrix(classifier),
            ParameterName.classifierBias: [HeadName(path: classifier + ".bias")],
            ParameterName.answerWeight: matrix(answer),
            ParameterName.answerBias: [HeadName(path: answer + ".bias")],
            ParameterName.orderWeight: matrix(order),
            ParameterName.orderBias: [HeadName(path: order + ".bias")],
            ParameterName.predictionDenseWeight: matrix(dense),
            ParameterName.predictionDenseBias: [HeadName(path: dense + ".bias")],
            ParameterName.predictionNormWeight: leaves.normWeight.map { HeadName(path: norm + $0) },
            ParameterName.predictionNormBias: leaves.normBias.map { HeadName(path: norm + $0) },
            ParameterName.predictionBias: leaves.isDecoderBiasFirst ? [decoder, own] : [own, decoder],
        ]
    }

    /// Names of a head's decoder matrix, relative to the parent: a copy of the word embedding, or refused.
    var decoderNames: [String] {
        (heads[ParameterName.predictionBias] ?? []).map(\.path).filter { $0.hasSuffix(".decoder.bias") }
            .map { String($0.dropLast(5)) + leaves.denseWeight }
    }
}
