/// The activation between the two feed-forward matmuls, named as in Hugging Face's `hidden_act`.
package enum HiddenActivation: UInt8, Sendable, Equatable {
    /// `gelu_new`, `gelu_pytorch_tanh`: the tanh form. An original `albert_config.json` calls it `gelu`.
    case geluNew = 0
    /// `gelu`: the erf form.
    case gelu = 1
    case relu = 2

    /// The Hugging Face spelling.
    package var name: String {
        switch self {
        case .geluNew: "gelu_new"
        case .gelu: "gelu"
        case .relu: "relu"
        }
    }

    /// Reads Hugging Face's spellings; nil where it is not one of the supported ones.
    package init?(name: String) {
        switch name {
        case "gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate": self = .geluNew
        case "gelu", "gelu_python": self = .gelu
        case "relu": self = .relu
        default: return nil
        }
    }
}

/// The families whose checkpoints are read; BERT is ALBERT without factorization and sharing.
package enum Architecture: UInt8, Sendable, Equatable {
    case albert = 0
    case bert = 1

    /// The value of `general.architecture` and of Hugging Face's `model_type`.
    package var name: String { self == .albert ? "albert" : "bert" }
}

/// Dimensions of a model, named as in Hugging Face's ALBERT configuration.
///
/// Source: Lan et al., "ALBERT: A Lite BERT for Self-supervised Learning of Language Representations" (2019).
package struct Configuration: Sendable, Equatable {
    package var architecture: Architecture = .albert
    package var vocabSize: Int
    package var embeddingSize: Int
    package var hiddenSize: Int
    package var intermediateSize: Int
    package var numAttentionHeads: Int
    package var numHiddenLayers: Int
    package var numHiddenGroups: Int
    package var innerGroupNum: Int
    package var hiddenAct: HiddenActivation
    package var maxPositionEmbeddings: Int
    package var typeVocabSize: Int
    package var layerNormEps: Float

    package init(
        architecture: Architecture = .albert, vocabSize: Int, embeddingSize: Int, hiddenSize: Int,
        intermediateSize: Int, numAttentionHeads: Int, numHiddenLayers: Int, numHiddenGroups: Int = 1,
        innerGroupNum: Int = 1, hiddenAct: HiddenActivation = .geluNew, maxPositionEmbeddings: Int = 512,
        typeVocabSize: Int = 2, layerNormEps: Float = 1e-12
    ) {
        self.architecture = architecture
        self.vocabSize = vocabSize
        self.embeddingSize = embeddingSize
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.numAttentionHeads = numAttentionHeads
        self.numHiddenLayers = numHiddenLayers
        self.numHiddenGroups = numHiddenGroups
        self.innerGroupNum = innerGroupNum
        self.hiddenAct = hiddenAct
        self.maxPositionEmbeddings = maxPositionEmbeddings
        self.typeVocabSize = typeVocabSize
        self.layerNormEps = layerNormEps
    }

    /// What a model of these dimensions is called where nothing else names it, such as `ALBERT 768, 12 layers from 1
    /// stored`: the same whatever file it came from.
    package var title: String {
        var title =
            (architecture == .albert ? "ALBERT " : "BERT ") + String(hiddenSize) + ", " + String(appliedLayers)
            + " layers"
        if storedLayers < appliedLayers { title += " from " + String(storedLayers) + " stored" }
        return title
    }

    /// Width of one attention head.
    package var headSize: Int { hiddenSize / numAttentionHeads }
    /// Distinct transformer layers that are stored: groups times inner groups.
    package var storedLayers: Int { numHiddenGroups * innerGroupNum }
    /// Transformer layers that are applied one after the other.
    package var appliedLayers: Int { numHiddenLayers * innerGroupNum }
    /// Whether a matmul maps the embeddings to the hidden size. ALBERT always has one, BERT never.
    package var hasEmbeddingProjection: Bool { architecture == .albert }

    /// The stored layer that is applied at a step, 0 ..< appliedLayers: Hugging Face's rule,
    /// group = layer / (layers / groups) in real arithmetic, then every inner group in order.
    package func storedLayer(at step: Int) -> Int {
        let layer = step / innerGroupNum
        let group = min(layer * numHiddenGroups / numHiddenLayers, numHiddenGroups - 1)
        return group * innerGroupNum + step % innerGroupNum
    }

    /// For each step, how many before it applied the same stored layer.
    package var applications: [Int] {
        var counts = [Int](repeating: 0, count: storedLayers)
        var result: [Int] = []
        for step in 0..<appliedLayers {
            let layer = storedLayer(at: step)
            result.append(counts[layer])
            counts[layer] += 1
        }
        return result
    }

    /// How often each stored layer is applied.
    package var applicationCounts: [Int] {
        var counts = [Int](repeating: 0, count: storedLayers)
        for step in 0..<appliedLayers { counts[storedLayer(at: step)] += 1 }
        return counts
    }

    /// The first dimension that makes no sense, in words; nil where all do. Bounds are those of the int8
    /// arithmetic (K up to 16384) and keep every product of two dimensions far inside 63 bits.
    package var problem: String? {
        func bad(_ name: String, _ value: Int, _ range: ClosedRange<Int>) -> String? {
            range.contains(value)
                ? nil
                : name + " is " + String(value) + ", expected " + String(range.lowerBound) + " to "
                    + String(range.upperBound)
        }
        if let text = bad("vocab_size", vocabSize, 1...4_000_000) ?? bad("embedding_size", embeddingSize, 1...16384)
            ?? bad("hidden_size", hiddenSize, 1...16384) ?? bad("intermediate_size", intermediateSize, 1...16384)
            ?? bad("num_attention_heads", numAttentionHeads, 1...1024) ?? bad(
                "num_hidden_layers", numHiddenLayers, 1...1024)
            ?? bad("num_hidden_groups", numHiddenGroups, 1...numHiddenLayers) ?? bad(
                "inner_group_num", innerGroupNum, 1...64)
            ?? bad("max_position_embeddings", maxPositionEmbeddings, 1...1_000_000)
            ?? bad("type_vocab_size", typeVocabSize, 0...1024)
        {
            return text
        }
        if hiddenSize % numAttentionHeads != 0 {
            return "hidden_size " + String(hiddenSize) + " is not a multiple of num_attention_heads "
                + String(numAttentionHeads)
        }
        if !(layerNormEps >= 0 && layerNormEps < 1) { return "layer_norm_eps is outside 0 ..< 1" }
        if architecture == .bert && embeddingSize != hiddenSize { return "BERT needs embedding_size == hidden_size" }
        return nil
    }
}
