import AlbitText
import CPlatform

/// An Albit model file: configuration, what each matmul looks like, and where every tensor lies.
/// Layout and keys: formats/gguf-albert.md.
package final class ModelFile: @unchecked Sendable {
    package let gguf: GGUF
    package let configuration: Configuration
    package let weights: StoredWeights
    /// Name of the preset it was quantized with, empty for floats.
    package let preset: String
    /// What the model answers, and what it was made from.
    package let card: ModelCard
    package let linears: [LinearDescription]
    package let precision: PrecisionMap
    /// Byte planes of the softmax weights, 1 or 2.
    package let attentionWeightPlanes: Int
    /// Bits of a value of the word embedding: 8, or fewer (`PackedRows`).
    package let embeddingBits: Int

    /// The newest version of keys and layout that this program reads. It writes the oldest one that can say what a
    /// file holds: 4 for int8, 3 where card or tokenizer have more than formats before could say, else 1. In int8 files
    /// before, 2 meant a second plane of weights.
    package static let formatVersion = 4

    package var path: String { gguf.file.path }

    package convenience init(path: String) throws(Fault) {
        try self.init(gguf: GGUF(file: MappedFile(path: path)))
    }

    /// Checks architecture, version and configuration. Tensors are checked when they are asked for.
    package init(gguf: GGUF) throws(Fault) {
        self.gguf = gguf
        let path = gguf.file.path
        let family = try Architecture(gguf)
        guard let version = try gguf.integer(ModelKey.formatVersion) else {
            throw Fault(
                .modelNotAlbit, in: path, "is a GGUF file without albit.format_version",
                advice: "make one with 'albit quantize' from the original checkpoint")
        }
        guard version >= 1, version <= ModelFile.formatVersion else {
            throw Fault(
                .modelNewerFormat, in: path,
                ModelKey.formatVersion + " is " + String(version)
                    + ", this program reads up to " + String(ModelFile.formatVersion), advice: "update Albit")
        }
        configuration = try Configuration(gguf, family)
        let name = try gguf.required(ModelKey.weights, gguf.string(ModelKey.weights))
        guard let weights = StoredWeights(rawValue: name) else {
            throw Fault(
                .modelBadValue, in: path, at: "key '" + ModelKey.weights + "'",
                "is '" + name + "', expected int8, f32 or f16")
        }
        self.weights = weights
        preset = try gguf.string(ModelKey.preset) ?? ""
        card = try ModelCard(gguf)
        linears = try LinearDescription.read(gguf)
        precision = try PrecisionMap.read(gguf, configuration, linears)
        attentionWeightPlanes = try gguf.integer(ModelKey.attentionWeightPlanes) ?? 2
        guard (1...2).contains(attentionWeightPlanes) else {
            throw Fault(
                .modelBadValue, in: path, at: "key '" + ModelKey.attentionWeightPlanes + "'", "is neither 1 nor 2")
        }
        let bits = try gguf.integer(ModelKey.embeddingBits)
        guard bits.map({ PackedRows.bitsRange.contains($0) }) ?? true else {
            throw Fault(
                .modelBadValue, in: path, at: "key '" + ModelKey.embeddingBits + "'", "is not 4, 5 or 6")
        }
        embeddingBits = bits ?? 8
    }

    // Tensors ---------------------------------------------------------------------------------

    package func tensor(_ name: TensorName, _ type: GGUFTensorType, shape: [Int]) throws(Fault) -> GGUFTensor {
        guard let tensor = gguf.tensor(name.text) else {
            throw Fault(
                .modelMissingTensor, in: path, at: "tensor '" + name.text + "'", "is missing",
                advice: "make the file again with 'albit quantize'")
        }
        guard tensor.type == type, tensor.shape == shape else {
            throw Fault(
                .modelWrongTensor, in: path, at: "tensor '" + name.text + "'",
                "is " + describe(tensor.type, tensor.shape),
                expected: describe(type, shape))
        }
        return tensor
    }

    private func describe(_ type: GGUFTensorType, _ shape: [Int]) -> String {
        type.name + " [" + shape.map { String($0) }.joined(separator: ", ") + "]"
    }

    /// A vector of finite float32 in the mapping.
    package func floats(_ name: TensorName, count: Int) throws(Fault) -> UnsafePointer<Float> {
        try floats(name, shape: [count])
    }

    /// Finite float32 in the mapping; `shape` as GGUF has it, the innermost dimension first.
    package func floats(_ name: TensorName, shape: [Int]) throws(Fault) -> UnsafePointer<Float> {
        let values = try aligned(gguf.bytes(of: tensor(name, .f32, shape: shape)), name)
        let count = shape.reduce(1, *)
        for i in 0..<count where !values[i].isFinite {
            throw Fault(
                .modelNotFinite, in: path, at: "tensor '" + name.text + "'", "holds NaN or Inf at element " + String(i))
        }
        return values
    }

    /// Finite half-precision values, widened.
    package func halves(_ name: TensorName, shape: [Int], into values: UnsafeMutablePointer<Float>) throws(Fault) {
        let bytes = gguf.bytes(of: try tensor(name, .f16, shape: shape))
        for i in 0..<shape.reduce(1, *) {
            values[i] = HalfPrecision.float(bytes.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
            guard values[i].isFinite else {
                throw Fault(
                    .modelNotFinite, in: path, at: "tensor '" + name.text + "'",
                    "holds NaN or Inf at element " + String(i))
            }
        }
    }

    private func aligned(_ bytes: UnsafeRawBufferPointer, _ name: TensorName) throws(Fault) -> UnsafePointer<Float> {
        guard let base = bytes.baseAddress, Int(bitPattern: base) % 4 == 0 else {
            throw Fault(
                .modelMisalignedTensor, in: path, at: "tensor '" + name.text + "'",
                "starts at data offset 0, not a multiple of 4")
        }
        return base.assumingMemoryBound(to: Float.self)
    }

    /// An int8 table [rows][columns] of embeddings that stays in the file, and its scales; of words the rows may be
    /// packed.
    package func table(_ parameter: Parameter, rows: Int, columns: Int) throws(Fault) -> Int8Table {
        let name = parameter.tensorName
        let packing =
            parameter == .wordEmbeddings && embeddingBits < 8 ? PackedRows(bits: embeddingBits, columns: columns) : nil
        let weights = try tensor(name, .i8, shape: [packing?.rowBytes ?? columns, rows])
        return Int8Table(
            fileOffset: weights.fileOffset, rows: rows, columns: columns, packing: packing,
            scales: try floats(TensorName(name.group, .scale), count: rows))
    }
}

/// A row-major int8 table that is read row by row from the file, because mapping it would fault it in whole.
package struct Int8Table: @unchecked Sendable {
    package let fileOffset: Int
    package let rows: Int
    package let columns: Int
    /// How rows of fewer than 8 bits a value lie; nil: a byte each.
    package let packing: PackedRows?
    /// One scale per row; zero for a row of zeros.
    package let scales: UnsafePointer<Float>

    package var rowBytes: Int { packing?.rowBytes ?? columns }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badConfiguration(path: String, problem: String) -> Fault {
        Fault(.modelBadConfiguration, in: path, problem)
    }
}
