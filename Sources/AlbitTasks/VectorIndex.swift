import AlbitModel
import AlbitRuntime
import AlbitText
import CKernels

/// Texts and their vectors in a file: int8 rows with a scale each, searched row by row, all of them, every time.
///
/// GGUF 3 with `general.architecture` = `albit-index`, `albit.index.source` (which model and pooling made it),
/// `albit.index.texts`; tensors `vectors.weight` I8 [width, count] and `vectors.scale` F32 [count].
package struct VectorIndex {
    package static let architecture = "albit-index"
    /// Rows that are compared at a time.
    private static let blockRows = 1024

    package let file: GGUF
    package let count: Int
    package let width: Int
    private let texts: GGUFArray
    private let weights: UnsafePointer<Int8>
    private let scales: UnsafePointer<Float>

    /// Opens an index. `source` is what made the vectors; another one is refused.
    package init(path: String, source: String) throws(Fault) {
        let file = try GGUF(file: MappedFile(path: path))
        guard try file.string("general.architecture") == VectorIndex.architecture,
            let texts = try file.array("albit.index.texts"), texts.elementType == .string,
            let vectors = file.tensor("vectors.weight"), vectors.type == .i8, vectors.shape.count == 2,
            let steps = file.tensor("vectors.scale"), steps.type == .f32, steps.shape == [vectors.shape[1]],
            texts.count == vectors.shape[1],
            let bytes = file.bytes(of: vectors).baseAddress, let floats = file.bytes(of: steps).baseAddress,
            Int(bitPattern: floats) % 4 == 0
        else {
            throw Fault(
                .indexNotAnIndex, in: path, "is not an index",
                advice: "make one with 'match --candidates FILE --save-index " + path + "'")
        }
        let found = try file.string("albit.index.source") ?? ""
        guard found == source else {
            throw Fault(
                .indexOtherModel, in: path,
                "was made with another model or pooling (" + found + ", now " + source + ")",
                advice: "make it again")
        }
        self.file = file
        self.texts = texts
        width = vectors.shape[0]
        count = vectors.shape[1]
        weights = bytes.assumingMemoryBound(to: Int8.self)
        scales = floats.assumingMemoryBound(to: Float.self)
    }

    /// The best `top` rows for a vector of length 1: cosines, best first.
    package func search(_ vector: [Float], top: Int, kernel: Kernel) throws(Fault) -> [(index: Int, score: Float)] {
        guard vector.count == width else { return [] }
        let table = kernel.table.pointee
        let padded = Panels.width(width, isRotated: false)
        var plan = MemoryPlan()
        let rowSlots = RowSlots(RowSlots.Shape(stride: padded, planes: 2), capacity: 1, &plan)
        let scratch = plan.place(padded, of: Float.self)
        let scoreSlot = plan.place(VectorIndex.blockRows, of: Float.self)
        let memory = try Memory(plan, purpose: "the search")
        var row = rowSlots.rows(in: memory)
        var input = kernel_input(
            shift: nil, gain: nil, k: Int32(width), k_padded: Int32(padded), block: 0, planes: 2)
        table.quantize(&input, vector, width, 1, &row, 0, memory[scratch])
        let scores = memory[scoreSlot]
        var best = BestList<Int>(limit: top)
        var first = 0
        while first < count {
            let rows = min(VectorIndex.blockRows, count - first)
            table.matmul_table(
                weights + first * width, scales + first, nil, Int32(width), Int32(rows), &row, 0, 1, scores,
                VectorIndex.blockRows)
            for i in 0..<rows { best.add(first + i, score: scores[i]) }
            first += rows
        }
        return zip(best.elements, best.scores).map { ($0, $1) }
    }

    /// The texts of some rows.
    package func texts(_ rows: [Int]) -> [[UInt8]] {
        var found = [[UInt8]](repeating: [], count: rows.count)
        texts.forEachString { index, bytes in
            for (place, row) in rows.enumerated() where row == index { found[place] = Array(bytes) }
        }
        return found
    }
}

/// Collects texts and vectors, then writes an index file.
package struct VectorIndexWriter {
    private let width: Int
    private var weights: [Int8] = []
    private var scales: [Float] = []
    private var texts: [[UInt8]] = []

    package init(width: Int) { self.width = width }

    /// A vector of `width` values, rounded to steps of its largest magnitude over 127.
    package mutating func add(_ text: [UInt8], _ vector: [Float]) {
        guard vector.count == width else { return }
        var largest: Float = 0
        for value in vector { largest = max(largest, abs(value)) }
        let scale = largest / 127
        texts.append(text)
        scales.append(scale)
        for value in vector {
            weights.append(scale > 0 ? Int8(max(-127, min(127, (value / scale).rounded(.toNearestOrEven)))) : 0)
        }
    }

    package var count: Int { texts.count }

    package func write(to path: String, source: String, overwrite: Bool) throws(Fault) {
        var header = GGUFWriter()
        header.set("general.architecture", VectorIndex.architecture)
        header.set("albit.index.source", source)
        header.set("albit.index.texts", strings: texts)
        header.tensor("vectors.weight", .i8, shape: [width, count])
        header.tensor("vectors.scale", .f32, shape: [count])
        let file = try OutputFile(path: path, overwrite: overwrite)
        try file.write(header.header())
        try file.write(weights)
        try file.write([UInt8](repeating: 0, count: header.padding(after: weights.count)))
        try file.write(scales)
        try file.write([UInt8](repeating: 0, count: header.padding(after: 4 * scales.count)))
        try file.finish()
    }
}
