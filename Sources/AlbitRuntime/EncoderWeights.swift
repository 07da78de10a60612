import AlbitModel

/// The weights of one stored transformer layer, applied once or, when it is shared, many times.
package struct TransformerLayer: @unchecked Sendable {
    /// Rows of head h, with p the head size padded to 16: h·3p + [0, p) query, [p, 2p) key, [2p, 3p) value.
    package let qkv: Linear
    package let attentionOutput: Linear
    package let attentionNorm: LayerNorm
    package let ffnUp: Linear
    package let ffnDown: Linear
    package let outputNorm: LayerNorm
}

/// Weight and bias of a layer normalization, each as long as the row it is applied to.
package struct LayerNorm: @unchecked Sendable {
    package let weight: UnsafePointer<Float>
    package let bias: UnsafePointer<Float>
}

/// A table of embedding rows.
package enum EmbeddingTable: @unchecked Sendable {
    /// Row-major float32 in memory.
    case float32(UnsafePointer<Float>)
    /// Int8 rows that stay in the file.
    case int8(Int8Table)
}

/// The masked-word head: dense, activation, LayerNorm, then the word embedding as a matmul plus `bias` [V].
package struct PredictionHead: @unchecked Sendable {
    package let dense: Linear
    package let norm: LayerNorm
    package let bias: UnsafePointer<Float>
}

/// All weights of a model and the arithmetic they are made for. Immutable, so sessions share it.
package final class EncoderWeights: @unchecked Sendable {
    package let configuration: Configuration
    package let wordEmbeddings: EmbeddingTable
    package let positionEmbeddings: EmbeddingTable
    package let tokenTypeEmbeddings: EmbeddingTable?
    package let embeddingNorm: LayerNorm
    package let projection: Linear?
    package let layers: [TransformerLayer]
    package let pooler: Linear?
    package let classifier: Linear?
    package let answer: Linear?
    package let order: Linear?
    package let prediction: PredictionHead?
    package let isInt8: Bool
    /// Planes per applied layer and site; empty: each matmul's own.
    package let precision: [UInt8]
    package let attentionWeightPlanes: Int
    /// The file that int8 embedding rows are read from.
    package let file: MappedFile?
    /// What keeps the pointers above alive.
    private let owners: [Memory]

    package init(
        configuration: Configuration, wordEmbeddings: EmbeddingTable, positionEmbeddings: EmbeddingTable,
        tokenTypeEmbeddings: EmbeddingTable?, embeddingNorm: LayerNorm, projection: Linear?,
        layers: [TransformerLayer], pooler: Linear?, classifier: Linear?, answer: Linear?, order: Linear?,
        prediction: PredictionHead?, isInt8: Bool, precision: [UInt8], attentionWeightPlanes: Int,
        file: MappedFile?, owners: [Memory]
    ) {
        self.configuration = configuration
        self.wordEmbeddings = wordEmbeddings
        self.positionEmbeddings = positionEmbeddings
        self.tokenTypeEmbeddings = tokenTypeEmbeddings
        self.embeddingNorm = embeddingNorm
        self.projection = projection
        self.layers = layers
        self.pooler = pooler
        self.classifier = classifier
        self.answer = answer
        self.order = order
        self.prediction = prediction
        self.isInt8 = isInt8
        self.precision = precision
        self.attentionWeightPlanes = attentionWeightPlanes
        self.file = file
        self.owners = owners
    }

    /// The same weights with other planes per applied layer and site: what a search tries.
    package convenience init(_ other: EncoderWeights, precision: [UInt8]) {
        self.init(
            configuration: other.configuration, wordEmbeddings: other.wordEmbeddings,
            positionEmbeddings: other.positionEmbeddings, tokenTypeEmbeddings: other.tokenTypeEmbeddings,
            embeddingNorm: other.embeddingNorm, projection: other.projection, layers: other.layers, pooler: other.pooler,
            classifier: other.classifier, answer: other.answer, order: other.order, prediction: other.prediction,
            isInt8: other.isInt8, precision: precision, attentionWeightPlanes: other.attentionWeightPlanes,
            file: other.file, owners: other.owners)
    }

    /// Planes that a site works with at an applied layer.
    package func planes(step: Int, site: Site) -> Int {
        guard isInt8 else { return 1 }
        if !precision.isEmpty { return min(2, Int(precision[step * Site.count + site.rawValue])) }
        let layer = layers[configuration.storedLayer(at: step)]
        switch site {
        case .attentionQKV: return layer.qkv.planes
        case .attention: return 1
        case .attentionOutput: return layer.attentionOutput.planes
        case .ffnUp: return layer.ffnUp.planes
        case .ffnDown: return layer.ffnDown.planes
        }
    }

    /// Whether a site adds the second plane of its weights at an applied layer.
    package func addsLowWeights(step: Int, site: Site) -> Bool {
        isInt8 && !precision.isEmpty && precision[step * Site.count + site.rawValue] == 3
    }

    /// The most planes any step needs at a site: what buffers are sized for.
    package func mostPlanes(_ site: Site) -> Int {
        (0..<configuration.appliedLayers).map { planes(step: $0, site: site) }.max() ?? 1
    }
}
