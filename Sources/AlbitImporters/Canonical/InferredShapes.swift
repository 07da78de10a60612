import AlbitModel
import AlbitText

/// Dimensions that the tensors themselves tell.
struct InferredShapes {
    var architecture: Architecture
    var vocabSize: Int
    var embeddingSize: Int
    var hiddenSize: Int
    var intermediateSize: Int
    var maxPositions: Int
    var typeVocabSize: Int
    var groups: Int
    var innerGroups: Int
    /// Whether the names are of original code, whose `gelu` is the tanh form.
    var isGeluTanh = false
    /// Whether a BERT has one layer for all.
    var isShared = false

    /// Layers and heads of the models that were published: hidden size and intermediate size to both. Nothing in a
    /// shared-layer checkpoint tells how often the layer is applied.
    private static let published:
        [(hidden: Int, intermediate: Int, embedding: Int, layers: Int, heads: Int, name: String)] = [
            (768, 3072, 128, 12, 12, "albert-base"), (1024, 4096, 128, 24, 16, "albert-large"),
            (2048, 8192, 128, 24, 16, "albert-xlarge"), (4096, 16384, 128, 12, 64, "albert-xxlarge"),
            (312, 1248, 128, 4, 12, "albert-tiny (Chinese)"), (384, 1536, 128, 6, 12, "albert-small (Chinese)"),
        ]

    /// A configuration without a file, and the rule it follows; refused where the tensors do not decide it.
    func configuration(path: String) throws(Fault) -> (Configuration, String) {
        var result = Configuration(
            architecture: architecture, vocabSize: vocabSize, embeddingSize: embeddingSize, hiddenSize: hiddenSize,
            intermediateSize: intermediateSize, numAttentionHeads: 1, numHiddenLayers: 1, numHiddenGroups: groups,
            innerGroupNum: innerGroups, hiddenAct: architecture == .albert ? .geluNew : .gelu,
            maxPositionEmbeddings: maxPositions, typeVocabSize: typeVocabSize)
        let hint = "give its config.json with --config"
        if architecture == .bert {
            guard hiddenSize % 64 == 0 else {
                throw Fault(
                    .importConfigurationUnknown, in: path,
                    "there is no config.json beside it, and the number of attention heads (hidden size "
                        + "\(hiddenSize)) cannot be told from the tensors",
                    advice: hint)
            }
            result.numHiddenLayers = groups
            result.numAttentionHeads = hiddenSize / 64
            return (result, "dimensions and layers from the tensors, heads of 64, erf GELU")
        }
        guard groups == 1, innerGroups == 1,
            let model = InferredShapes.published.first(where: {
                $0.hidden == hiddenSize && $0.intermediate == intermediateSize && $0.embedding == embeddingSize
            })
        else {
            throw Fault(
                .importConfigurationUnknown, in: path,
                "there is no config.json beside it, and how often the shared layer is applied (hidden "
                    + "size \(hiddenSize) is of no published ALBERT) cannot be told from the tensors",
                advice: hint)
        }
        result.numHiddenLayers = model.layers
        result.numAttentionHeads = model.heads
        return (
            result,
            """
            dimensions from the tensors; \(model.layers) layers, \(model.heads) heads and tanh GELU as in \(model.name)
            """
        )
    }
}
