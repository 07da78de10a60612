import AlbitModel
import CKernels

/// The memory of a forward pass, laid out once for a number of rows, a longest sequence and a number of threads.
final class Arena {
    /// Rows that pass through a layer together, so that its widest intermediate never exists whole.
    let blockRows: Int
    let rowCapacity: Int
    let lengthCapacity: Int
    private let memory: Memory

    /// Hidden states [row][hiddenStride].
    let hidden: UnsafeMutablePointer<Float>
    /// Attention output [row][hiddenStride].
    let context: UnsafeMutablePointer<Float>
    let hiddenStride: Int
    /// The hidden states as integers, for queries, keys and values.
    var qkvRows: kernel_rows
    let ids: UnsafeMutablePointer<Int32>
    let types: UnsafeMutablePointer<Int32>
    let positions: UnsafeMutablePointer<Int32>
    let workspaces: UnsafeMutablePointer<Workspace>
    /// What observers see; null without one.
    let traceNormed: UnsafeMutablePointer<Float>?
    let traceActivated: UnsafeMutablePointer<Float>?
    let traceEmbedded: UnsafeMutablePointer<Float>?

    init(weights: EncoderWeights, rows: Int, length: Int, threads: Int, traced: Bool) throws(RuntimeError) {
        let plan = ArenaPlan(weights: weights, rows: rows, length: length)
        let configuration = weights.configuration
        rowCapacity = rows
        lengthCapacity = length
        hiddenStride = plan.hiddenStride
        blockRows = plan.blockRows
        let traceSize = traced
            ? Memory.size(rows * plan.hiddenStride, of: Float.self)
                + Memory.size(rows * configuration.intermediateSize, of: Float.self)
                + Memory.size(rows * configuration.embeddingSize, of: Float.self) : 0
        let bytes = 2 * Memory.size(rows * plan.hiddenStride, of: Float.self)
            + ArenaPlan.rowsSize(rows, plan.qkvStride, plan.qkvPlanes)
            + 3 * Memory.size(rows, of: Int32.self)
            + Memory.size(threads, of: Workspace.self) + threads * plan.workspaceSize + traceSize
        memory = try Memory(bytes: bytes, purpose: "activations")
        hidden = memory.take(rows * plan.hiddenStride, of: Float.self)
        context = memory.take(rows * plan.hiddenStride, of: Float.self)
        qkvRows = ArenaPlan.takeRows(memory, rows, plan.qkvStride, plan.qkvPlanes)
        ids = memory.take(rows, of: Int32.self)
        types = memory.take(rows, of: Int32.self)
        positions = memory.take(rows, of: Int32.self)
        workspaces = memory.take(threads, of: Workspace.self)
        for thread in 0..<threads { (workspaces + thread).initialize(to: plan.takeWorkspace(memory)) }
        traceNormed = traced ? memory.take(rows * plan.hiddenStride, of: Float.self) : nil
        traceActivated = traced ? memory.take(rows * configuration.intermediateSize, of: Float.self) : nil
        traceEmbedded = traced ? memory.take(rows * configuration.embeddingSize, of: Float.self) : nil
    }
}

/// What one thread works in.
struct Workspace {
    /// Query, key and value of one head [length][3 · padded head size].
    let qkv: UnsafeMutablePointer<Float>
    /// The same, and results of a block, of the second plane of the weights; null where no site adds one.
    let secondQKV: UnsafeMutablePointer<Float>?
    let secondResult: UnsafeMutablePointer<Float>?
    /// A head's integer panels, or the scores of one query for float32.
    let head: UnsafeMutableRawPointer
    /// Integer rows of hidden width, and of the intermediate width.
    var hiddenRows: kernel_rows
    var activatedRows: kernel_rows
    /// Feed-forward intermediate [blockRows][activatedStride].
    let activated: UnsafeMutablePointer<Float>
    let activatedStride: Int
    /// Results of a block's matmul [blockRows][resultStride].
    let result: UnsafeMutablePointer<Float>
    let resultStride: Int
    /// Embedding rows [blockRows][embeddingSize].
    let embedded: UnsafeMutablePointer<Float>
    /// One int8 embedding row of each table: word, position, type.
    let embeddingRow: UnsafeMutablePointer<Int8>
    /// One row while it is quantized.
    let scratch: UnsafeMutablePointer<Float>
}

/// Sizes that follow from the weights.
private struct ArenaPlan {
    let length: Int
    let headSize: Int
    let paddedHeadSize: Int
    let headPlanes: Int
    let weightPlanes: Int
    let hiddenStride: Int
    let resultStride: Int
    let activatedStride: Int
    let qkvStride: Int
    let qkvPlanes: Int
    let hiddenRowStride: Int
    let hiddenPlanes: Int
    let activatedRowStride: Int
    let activatedPlanes: Int
    let scratch: Int
    let embeddingSize: Int
    let isInt8: Bool
    let hasSecondPlanes: Bool
    let blockRows: Int

    /// Parameters of a layer that outer caches do not hold beside everything else.
    private static let wideLayer = 8 << 20

    init(weights: EncoderWeights, rows: Int, length: Int) {
        let configuration = weights.configuration
        self.length = length
        headSize = configuration.headSize
        paddedHeadSize = (headSize + 15) / 16 * 16
        headPlanes = weights.precision.maxActivationPlanes(.attention)
        weightPlanes = weights.attentionWeightPlanes
        hiddenStride = (configuration.hiddenSize + 15) / 16 * 16
        isInt8 = weights.isInt8
        // All weights of a layer pass the caches once for each block: the more of them, the longer the block.
        let layerWeights = configuration.hiddenSize * (4 * configuration.hiddenSize + 2 * configuration.intermediateSize)
        blockRows = min(max(8, (rows + 7) / 8 * 8), layerWeights > ArenaPlan.wideLayer ? 128 : 64)
        hasSecondPlanes = weights.isInt8 && weights.precision.hasSecondWeightPlanes
        embeddingSize = configuration.embeddingSize
        let heads = [weights.projection, weights.pooler, weights.classifier, weights.answer, weights.order, weights.prediction?.dense]
            .compactMap { $0 }
        let narrow = weights.layers.flatMap { [$0.attentionOutput, $0.ffnUp] } + heads
        let layers = weights.layers
        resultStride = max(
            hiddenStride, heads.map { $0.outputWidth }.max() ?? 0, layers.map { $0.ffnDown.outputWidth }.max() ?? 0)
        activatedStride = layers.map { ($0.ffnUp.outputWidth + 15) / 16 * 16 }.max() ?? 16
        qkvStride = ArenaPlan.stride(layers.map { $0.qkv.inputWidth }.max() ?? 0)
        qkvPlanes = weights.precision.maxActivationPlanes(.attentionQKV)
        hiddenRowStride = ArenaPlan.stride(narrow.map { $0.inputWidth }.max() ?? 0)
        hiddenPlanes = max(
            weights.precision.maxActivationPlanes(.attentionOutput), weights.precision.maxActivationPlanes(.ffnUp), heads.map { $0.planes }.max() ?? 1)
        activatedRowStride = ArenaPlan.stride(layers.map { $0.ffnDown.inputWidth }.max() ?? 0)
        activatedPlanes = weights.precision.maxActivationPlanes(.ffnDown)
        scratch = max(qkvStride, hiddenRowStride, activatedRowStride, 64)
    }

    /// A row stride of an odd number of cache lines keeps the rows of a tile out of each other's cache sets.
    static func stride(_ width: Int) -> Int {
        guard width > 0 else { return 0 }
        let lines = (width + 63) / 64
        return (lines | 1) * 64
    }

    static func rowsSize(_ capacity: Int, _ stride: Int, _ planes: Int) -> Int {
        Memory.size(planes * capacity * stride, of: UInt8.self) + Memory.size(capacity, of: Float.self)
            + Memory.size(capacity, of: Int32.self)
    }

    static func takeRows(_ memory: Memory, _ capacity: Int, _ stride: Int, _ planes: Int) -> kernel_rows {
        kernel_rows(
            values: memory.take(planes * capacity * stride, of: UInt8.self), scale: memory.take(capacity, of: Float.self),
            zero: memory.take(capacity, of: Int32.self), stride: stride, capacity: Int32(capacity), planes: Int32(planes))
    }

    /// Of results that a second plane of weights is added to.
    private var secondStride: Int { max(resultStride, activatedStride) }

    private var headSizeInMemory: Int {
        isInt8
            ? kernel_head_bytes(Int32(length), Int32(headSize), Int32(headPlanes), Int32(weightPlanes))
            : length * MemoryLayout<Float>.stride
    }

    var workspaceSize: Int {
        let block = blockRows
        let second = hasSecondPlanes
            ? Memory.size(length * 3 * paddedHeadSize, of: Float.self) + Memory.size(block * secondStride, of: Float.self) : 0
        return second + Memory.size(length * 3 * paddedHeadSize, of: Float.self) + Memory.size(headSizeInMemory, of: UInt8.self)
            + ArenaPlan.rowsSize(block, hiddenRowStride, hiddenPlanes)
            + ArenaPlan.rowsSize(block, activatedRowStride, activatedPlanes)
            + Memory.size(block * activatedStride, of: Float.self) + Memory.size(block * resultStride, of: Float.self)
            + Memory.size(block * embeddingSize, of: Float.self) + Memory.size(3 * embeddingSize, of: Int8.self)
            + Memory.size(scratch, of: Float.self)
    }

    func takeWorkspace(_ memory: Memory) -> Workspace {
        let block = blockRows
        return Workspace(
            qkv: memory.take(length * 3 * paddedHeadSize, of: Float.self),
            secondQKV: hasSecondPlanes ? memory.take(length * 3 * paddedHeadSize, of: Float.self) : nil,
            secondResult: hasSecondPlanes ? memory.take(block * secondStride, of: Float.self) : nil,
            head: UnsafeMutableRawPointer(memory.take(headSizeInMemory, of: UInt8.self)),
            hiddenRows: ArenaPlan.takeRows(memory, block, hiddenRowStride, hiddenPlanes),
            activatedRows: ArenaPlan.takeRows(memory, block, activatedRowStride, activatedPlanes),
            activated: memory.take(block * activatedStride, of: Float.self), activatedStride: activatedStride,
            result: memory.take(block * resultStride, of: Float.self), resultStride: resultStride,
            embedded: memory.take(block * embeddingSize, of: Float.self),
            embeddingRow: memory.take(3 * embeddingSize, of: Int8.self),
            scratch: memory.take(scratch, of: Float.self))
    }
}
