import AlbitModel
import AlbitText

/// A tensor of a TFLite graph: a weight, or the place of a value that is computed.
struct TFLiteTensor {
    static let maxRank = 16
    static let maxChannels = 1 << 20

    let name: String
    let shape: [Int]
    /// Nil: strings, resources and the like.
    let type: TensorType?
    /// The stored elements; nil where the value is an input or computed.
    let stored: (any LazyTensor)?
    /// For integers that stand for real numbers: (q - zero point) * scale, one for all or one per index of the axis.
    let scales: [Float]
    let zeroPoints: [Float]
    let axis: Int

    /// The shape, as far as it is fixed.
    let openShape: [Int?]

    var isQuantized: Bool {
        guard let type else { return false }
        return !scales.isEmpty && !type.isFloating
    }

    private static let types: [Int: TensorType] = [
        0: .float32, 1: .float16, 2: .int32, 3: .uint8, 4: .int64, 6: .bool, 7: .int16, 9: .int8, 10: .float64,
        12: .uint64,
        15: .uint32, 16: .uint16, 18: .bfloat16,
    ]

    /// `name` is what messages call it, `buffers` are those of the model.
    init(_ table: FlatBuffer.Table, name: String, buffers: [FlatBuffer.Table]) throws(Fault) {
        let source = table.buffer.source
        let path = source.path
        self.name = name
        shape = try table.int32s(0, limit: TFLiteTensor.maxRank, "the shape of tensor '\(name)'") ?? []
        let signature = try table.int32s(7, limit: TFLiteTensor.maxRank, "the shape of tensor '\(name)'") ?? []
        openShape = zip(shape, signature.count == shape.count ? signature : shape).map { $1 < 0 ? nil : $0 }
        let number = try table.unsigned(1, bytes: 1)
        type = TFLiteTensor.types[number]
        guard try table.table(6, "the sparsity of tensor '\(name)'") == nil else {
            throw Fault(.tfliteSparse, in: path, at: "tensor '\(name)'", "is stored sparse, which Albit does not read")
        }
        if let quantization = try table.table(4, "the quantization of tensor '\(name)'") {
            let what = "the scales of tensor '\(name)'"
            scales = try quantization.bits(2, bytes: 4, limit: TFLiteTensor.maxChannels, what).map {
                Float(bitPattern: UInt32(truncatingIfNeeded: $0))
            }
            zeroPoints = try quantization.bits(3, bytes: 8, limit: TFLiteTensor.maxChannels, what).map {
                Float(Int64(bitPattern: $0))
            }
            axis = try quantization.int32(6)
        } else {
            scales = []
            zeroPoints = []
            axis = 0
        }
        let index = try table.unsigned(2, bytes: 4)
        guard index < buffers.count || index == 0 else {
            throw Fault(
                .tfliteBadReference, in: path, "tensor '\(name)' refers to number \(index) of \(buffers.count)",
                advice: "the file is damaged")
        }
        guard index < buffers.count, let (offset, bytes) = try TFLiteTensor.content(buffers[index], tensor: name) else {
            stored = nil
            return
        }
        guard let count = shape.checkedProduct else {
            throw Fault(.tfliteBadShape, in: path, at: "tensor '\(name)'", "has the impossible shape \(shape)")
        }
        guard let type else {
            // Strings hold no weights; only sub-byte and complex numbers could.
            if number == 5 || number == 13 || number == 14 {
                stored = nil
                return
            }
            throw Fault(
                .tfliteUnknownType, in: path, at: "tensor '\(name)'",
                "has the type \(number), which holds no numbers that Albit reads",
                advice: "convert the model with float32, float16 or int8 weights")
        }
        let (needed, overflow) = count.multipliedReportingOverflow(by: type.size)
        guard !overflow, needed == bytes else {
            throw Fault(
                .tfliteWrongSize, in: path, at: "tensor '\(name)'",
                "has \(bytes) bytes of data, its shape and type need \(overflow ? Int.max : needed)",
                advice: "the file is damaged")
        }
        stored = StoredTensor(shape: shape, dtype: type, source: source, offset: offset)
        if isQuantized { try checkScales(path) }
    }

    /// Where a buffer's bytes lie: inside, or behind the tables in files above 2 GB. Nil: it has none.
    private static func content(_ buffer: FlatBuffer.Table, tensor: String) throws(Fault) -> (offset: Int, bytes: Int)?
    {
        let source = buffer.buffer.source
        if let (start, count) = try buffer.vector(0, bytes: 1, limit: Int(Int32.max), "the data of tensor '\(tensor)'"),
            count > 0
        {
            return (start, count)
        }
        let offset = try buffer.unsigned(1, bytes: 8)
        let bytes = try buffer.unsigned(2, bytes: 8)
        guard offset > 1 else { return nil }
        guard bytes >= 0, offset <= source.count, bytes <= source.count - offset else {
            throw Fault(
                .tfliteOutside, in: source.path, at: "tensor '\(tensor)'",
                "needs \(bytes) bytes at \(offset), the file has \(source.count)", advice: "copy or download it again")
        }
        return bytes == 0 ? nil : (offset, bytes)
    }

    private func checkScales(_ path: String) throws(Fault) {
        func bad(_ problem: String) -> Fault {
            Fault(.tfliteBadScale, in: path, at: "tensor '\(name)'", "has scales that \(problem)")
        }
        if scales.count > 1 {
            guard shape.indices.contains(axis), shape[axis] == scales.count else {
                throw bad("are \(scales.count), which fits no axis of its shape \(shape)")
            }
        }
        guard zeroPoints.isEmpty || zeroPoints.count == scales.count || zeroPoints.count == 1 else {
            throw bad("are \(scales.count), its zero points \(zeroPoints.count)")
        }
        guard scales.allSatisfy({ $0.isFinite && $0 >= 0 }) else { throw bad("are not all finite and positive") }
    }
}
