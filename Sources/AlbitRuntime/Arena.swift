import AlbitModel
import AlbitText
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

    init(weights: EncoderWeights, rows: Int, length: Int, threads: Int, traced: Bool) throws(Fault) {
        let widths = ArenaWidths(weights: weights, rows: rows, length: length)
        let layout = ArenaLayout(widths, rows: rows, threads: threads, traced: traced)
        let memory = try Memory(layout.plan, purpose: "activations")
        self.memory = memory
        rowCapacity = rows
        lengthCapacity = length
        blockRows = widths.blockRows
        hiddenStride = widths.hiddenStride
        hidden = memory[layout.hidden]
        context = memory[layout.context]
        qkvRows = layout.qkvRows.rows(in: memory)
        ids = memory[layout.ids]
        types = memory[layout.types]
        positions = memory[layout.positions]
        workspaces = memory[layout.workspaces]
        for (thread, slots) in layout.threads.enumerated() {
            (workspaces + thread).initialize(to: Workspace(slots, widths, in: memory))
        }
        traceNormed = layout.traceNormed.map { memory[$0] }
        traceActivated = layout.traceActivated.map { memory[$0] }
        traceEmbedded = layout.traceEmbedded.map { memory[$0] }
    }
}

/// What one thread works in.
struct Workspace {
    /// Query, key and value of one head [length][3 · padded head size].
    let qkv: UnsafeMutablePointer<Float>
    /// The same, and results of a block, with the second plane of the weights; null where no site has one.
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
    /// One int8 embedding row of each table: word, position.
    let embeddingRow: UnsafeMutablePointer<Int8>
    /// One row while it is quantized.
    let scratch: UnsafeMutablePointer<Float>

    init(_ slots: WorkspaceLayout, _ widths: ArenaWidths, in memory: Memory) {
        qkv = memory[slots.qkv]
        secondQKV = slots.secondQKV.map { memory[$0] }
        secondResult = slots.secondResult.map { memory[$0] }
        head = UnsafeMutableRawPointer(memory[slots.head])
        hiddenRows = slots.hiddenRows.rows(in: memory)
        activatedRows = slots.activatedRows.rows(in: memory)
        activated = memory[slots.activated]
        activatedStride = widths.activatedStride
        result = memory[slots.result]
        resultStride = widths.resultStride
        embedded = memory[slots.embedded]
        embeddingRow = memory[slots.embeddingRow]
        scratch = memory[slots.scratch]
    }
}
