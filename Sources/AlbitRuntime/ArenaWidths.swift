import AlbitModel
import CKernels

/// How wide the rows of a forward pass are, and how many pass at once: what follows from the weights.
struct ArenaWidths {
    /// Tokens of the longest sequence.
    let length: Int
    /// Rows of a block.
    let blockRows: Int
    let hiddenStride: Int
    /// Query, key and value of one head, padded.
    let headWidth: Int
    /// What a head's integer panels take, or the scores of one query for float32.
    let headBytes: Int
    let resultStride: Int
    let activatedStride: Int
    let qkvRows: RowSlots.Shape
    let hiddenRows: RowSlots.Shape
    let activatedRows: RowSlots.Shape
    /// Floats of the widest row that is quantized.
    let scratch: Int
    let embeddingSize: Int
    let intermediateSize: Int
    /// Whether any site adds products with a second plane of its weights.
    let hasSecondPlanes: Bool

    /// Parameters of a layer that outer caches do not hold beside everything else.
    private static let wideLayer = 8 << 20

    init(weights: EncoderWeights, rows: Int, length: Int) {
        let configuration = weights.configuration
        let precision = weights.precision
        self.length = length
        embeddingSize = configuration.embeddingSize
        intermediateSize = configuration.intermediateSize
        hiddenStride = Panels.padded(configuration.hiddenSize)
        headWidth = AttentionRows(configuration).headWidth
        headBytes =
            weights.isInt8
            ? kernel_head_bytes(
                Int32(length), Int32(configuration.headSize), Int32(precision.maxActivationPlanes(.attention)),
                Int32(weights.attentionWeightPlanes))
            : length * MemoryLayout<Float>.stride
        // All weights of a layer pass the caches once for each block: the more of them, the longer the block.
        let layerWeights =
            configuration.hiddenSize * (4 * configuration.hiddenSize + 2 * configuration.intermediateSize)
        blockRows = min(max(8, (rows + 7) / 8 * 8), layerWeights > ArenaWidths.wideLayer ? 128 : 64)
        hasSecondPlanes = weights.isInt8 && precision.hasSecondWeightPlanes

        let layers = weights.layers
        let heads = [
            weights.projection, weights.pooler, weights.classifier, weights.answer, weights.order,
            weights.prediction?.dense,
        ].compactMap { $0 }
        let narrow = layers.flatMap { [$0.attentionOutput, $0.ffnUp] } + heads
        resultStride = max(
            hiddenStride, heads.map { $0.outputWidth }.max() ?? 0, layers.map { $0.ffnDown.outputWidth }.max() ?? 0)
        activatedStride = layers.map { Panels.padded($0.ffnUp.outputWidth) }.max() ?? Panels.height
        func shape(_ linears: [Linear], planes: Int) -> RowSlots.Shape {
            RowSlots.Shape(stride: Panels.rowStride(linears.map { $0.inputWidth }.max() ?? 0), planes: planes)
        }
        qkvRows = shape(layers.map { $0.qkv }, planes: precision.maxActivationPlanes(.attentionQKV))
        hiddenRows = shape(
            narrow,
            planes: max(
                precision.maxActivationPlanes(.attentionOutput), precision.maxActivationPlanes(.ffnUp),
                heads.map { $0.planes }.max() ?? 1))
        activatedRows = shape(layers.map { $0.ffnDown }, planes: precision.maxActivationPlanes(.ffnDown))
        scratch = max(qkvRows.stride, hiddenRows.stride, activatedRows.stride, Panels.lineBytes)
    }
}
