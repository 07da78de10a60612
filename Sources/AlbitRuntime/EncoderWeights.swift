import AlbitModel

/// The weights of one stored transformer layer, applied once or, when it is shared, many times.
package struct TransformerLayer: @unchecked Sendable {
    /// Rows as `AttentionRows` has them.
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

/// The weights of a stage of a sentence pipeline.
package enum SentenceStageWeights: @unchecked Sendable {
    /// Row-major [rows][columns]; bias may be nil.
    case dense(weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?, DenseStage)
    case layerNorm(LayerNorm, epsilon: Float)
    case normalize
}

/// All weights of a model and the arithmetic they are made for. Immutable, so sessions share it.
package final class EncoderWeights: @unchecked Sendable {
    package let configuration: Configuration
    package let wordEmbeddings: EmbeddingTable
    package let positionEmbeddings: EmbeddingTable
    /// [T][E] in memory, whatever the other tables are; nil where there are no token types.
    package let tokenTypeEmbeddings: UnsafePointer<Float>?
    package let embeddingNorm: LayerNorm
    package let projection: Linear?
    package let layers: [TransformerLayer]
    /// For each step, how many before it applied the same stored layer.
    let applications: [Int]
    package let pooler: Linear?
    package let classifier: Linear?
    package let answer: Linear?
    package let order: Linear?
    package let prediction: PredictionHead?
    /// Those of the model's sentence pipeline, stage by stage.
    package let sentence: [SentenceStageWeights]
    package let isInt8: Bool
    /// What each site works with; of no meaning for float32.
    package let precision: PrecisionMap
    package let attentionWeightPlanes: Int
    /// The file that int8 embedding rows are read from.
    package let file: MappedFile?
    /// What keeps the pointers above alive.
    private let owners: [Memory]

    package init(
        configuration: Configuration, wordEmbeddings: EmbeddingTable, positionEmbeddings: EmbeddingTable,
        tokenTypeEmbeddings: UnsafePointer<Float>?, embeddingNorm: LayerNorm, projection: Linear?,
        layers: [TransformerLayer], pooler: Linear?, classifier: Linear?, answer: Linear?, order: Linear?,
        prediction: PredictionHead?, sentence: [SentenceStageWeights] = [], isInt8: Bool, precision: PrecisionMap,
        attentionWeightPlanes: Int,
        file: MappedFile?, owners: [Memory]
    ) {
        self.configuration = configuration
        self.wordEmbeddings = wordEmbeddings
        self.positionEmbeddings = positionEmbeddings
        self.tokenTypeEmbeddings = tokenTypeEmbeddings
        self.embeddingNorm = embeddingNorm
        self.projection = projection
        self.layers = layers
        applications = configuration.applications
        self.pooler = pooler
        self.classifier = classifier
        self.answer = answer
        self.order = order
        self.prediction = prediction
        self.sentence = sentence
        self.isInt8 = isInt8
        self.precision = precision
        self.attentionWeightPlanes = attentionWeightPlanes
        self.file = file
        self.owners = owners
    }

    /// The same weights with another precision: what a search tries.
    package convenience init(_ other: EncoderWeights, precision: PrecisionMap) {
        self.init(
            configuration: other.configuration, wordEmbeddings: other.wordEmbeddings,
            positionEmbeddings: other.positionEmbeddings, tokenTypeEmbeddings: other.tokenTypeEmbeddings,
            embeddingNorm: other.embeddingNorm, projection: other.projection, layers: other.layers,
            pooler: other.pooler,
            classifier: other.classifier, answer: other.answer, order: other.order, prediction: other.prediction,
            sentence: other.sentence, isInt8: other.isInt8, precision: precision,
            attentionWeightPlanes: other.attentionWeightPlanes,
            file: other.file, owners: other.owners)
    }
}
