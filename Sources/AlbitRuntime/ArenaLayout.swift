import AlbitModel
import CKernels

/// Where everything lies that a forward pass works on, in one block of memory.
struct ArenaLayout {
    private(set) var plan = MemoryPlan()
    let hidden: MemorySlot<Float>
    let context: MemorySlot<Float>
    let qkvRows: RowSlots
    let ids: MemorySlot<Int32>
    let types: MemorySlot<Int32>
    let positions: MemorySlot<Int32>
    let workspaces: MemorySlot<Workspace>
    private(set) var threads: [WorkspaceLayout] = []
    let traceNormed: MemorySlot<Float>?
    let traceActivated: MemorySlot<Float>?
    let traceEmbedded: MemorySlot<Float>?

    init(_ widths: ArenaWidths, rows: Int, threads: Int, traced: Bool) {
        hidden = plan.place(rows * widths.hiddenStride, of: Float.self)
        context = plan.place(rows * widths.hiddenStride, of: Float.self)
        qkvRows = RowSlots(widths.qkvRows, capacity: rows, &plan)
        ids = plan.place(rows, of: Int32.self)
        types = plan.place(rows, of: Int32.self)
        positions = plan.place(rows, of: Int32.self)
        workspaces = plan.place(threads, of: Workspace.self)
        for _ in 0..<threads { self.threads.append(WorkspaceLayout(widths, &plan)) }
        traceNormed = traced ? plan.place(rows * widths.hiddenStride, of: Float.self) : nil
        traceActivated = traced ? plan.place(rows * widths.intermediateSize, of: Float.self) : nil
        traceEmbedded = traced ? plan.place(rows * widths.embeddingSize, of: Float.self) : nil
    }
}

/// Where one thread's `Workspace` lies.
struct WorkspaceLayout {
    let qkv: MemorySlot<Float>
    let secondQKV: MemorySlot<Float>?
    let secondResult: MemorySlot<Float>?
    let head: MemorySlot<UInt8>
    let hiddenRows: RowSlots
    let activatedRows: RowSlots
    let activated: MemorySlot<Float>
    let result: MemorySlot<Float>
    let embedded: MemorySlot<Float>
    let embeddingRow: MemorySlot<Int8>
    let scratch: MemorySlot<Float>

    init(_ widths: ArenaWidths, _ plan: inout MemoryPlan) {
        let block = widths.blockRows
        qkv = plan.place(widths.length * widths.headWidth, of: Float.self)
        secondQKV = widths.hasSecondPlanes ? plan.place(widths.length * widths.headWidth, of: Float.self) : nil
        // Results with a second plane are added to those of either width.
        let secondStride = max(widths.resultStride, widths.activatedStride)
        secondResult = widths.hasSecondPlanes ? plan.place(block * secondStride, of: Float.self) : nil
        head = plan.place(widths.headBytes, of: UInt8.self)
        hiddenRows = RowSlots(widths.hiddenRows, capacity: block, &plan)
        activatedRows = RowSlots(widths.activatedRows, capacity: block, &plan)
        activated = plan.place(block * widths.activatedStride, of: Float.self)
        result = plan.place(block * widths.resultStride, of: Float.self)
        embedded = plan.place(block * widths.embeddingSize, of: Float.self)
        // A packed row of words may be longer than one of a byte a value, by what pads its last group.
        embeddingRow = plan.place(2 * widths.embeddingSize + PackedRows.groupWidth, of: Int8.self)
        scratch = plan.place(widths.scratch, of: Float.self)
    }
}

/// Where quantized rows lie.
package struct RowSlots {
    /// The shape of quantized rows: bytes from one to the next, and byte planes.
    package struct Shape {
        package let stride: Int
        package let planes: Int

        package init(stride: Int, planes: Int) {
            self.stride = stride
            self.planes = planes
        }
    }

    private let shape: Shape
    private let capacity: Int
    private let values: MemorySlot<UInt8>
    private let scale: MemorySlot<Float>
    private let zero: MemorySlot<Int32>

    package init(_ shape: Shape, capacity: Int, _ plan: inout MemoryPlan) {
        self.shape = shape
        self.capacity = capacity
        values = plan.place(shape.planes * capacity * shape.stride, of: UInt8.self)
        scale = plan.place(capacity, of: Float.self)
        zero = plan.place(capacity, of: Int32.self)
    }

    package func rows(in memory: Memory) -> kernel_rows {
        kernel_rows(
            values: memory[values], scale: memory[scale], zero: memory[zero], stride: shape.stride,
            capacity: Int32(capacity), planes: Int32(shape.planes))
    }
}
