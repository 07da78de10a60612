import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitTasks
import AlbitText
import TestData
import Testing

/// Models whose word rows have fewer bits than a byte: what is in the file, that every kernel reads it alike, and the
/// search for a size.
@Suite struct PackedModelTests {
    private static func made(_ bits: Int, _ preset: Preset = .plain) throws -> (source: AlbertSource, path: String) {
        let source = try Importer.open(path: Zoo.directory + "/safetensors/base-pretraining")
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        var request = QuantizationRequest()
        request.preset = preset
        request.embeddingBits = bits
        request.card = source.card
        request.calibration = [EncoderInput(ids: (0..<24).map { Int32($0 * 3 % 60 + 2) })]
        try Quantizer(source: source, request: request).write(to: path, overwrite: false).finish()
        return (source, path)
    }

    /// Each group errs no more than it would with the step that gives its largest value the least code, rounded to a
    /// multiple of the row's scale and every value to nearest.
    @Test(arguments: [6, 5, 4]) func rowsAreTheSourcesRounded(_ bits: Int) throws {
        let (source, path) = try Self.made(bits)
        let file = try ModelFile(path: path)
        #expect(file.embeddingBits == bits)
        let c = source.configuration
        let table = try file.table(.wordEmbeddings, rows: c.vocabSize, columns: c.embeddingSize)
        let packing = try #require(table.packing)
        let bytes = try TestData.bytes(atPath: path).map { Int8(bitPattern: $0) }
        let wanted = try source.values(of: .wordEmbeddings)
        for id in 0..<c.vocabSize {
            var row = [Float](repeating: 0, count: c.embeddingSize)
            let start = table.fileOffset + id * packing.rowBytes
            bytes.withUnsafeBufferPointer {
                guard let base = $0.baseAddress else { return }
                packing.unpack(base + start, scale: table.scales[id], into: &row)
            }
            for group in 0..<packing.groups {
                let columns = (group * 32)..<min(group * 32 + 32, c.embeddingSize)
                let values = columns.map { wanted[id * c.embeddingSize + $0] }
                let extreme = values.max { abs($0) < abs($1) } ?? 0
                let least = -Float(1 << (bits - 1))
                let step = (extreme / least / table.scales[id]).rounded() * table.scales[id]
                let plain = values.reduce(Float(0)) {
                    let nearest = step == 0 ? 0 : min(max(($1 / step).rounded(), least), -least - 1) * step
                    return $0 + ($1 - nearest) * ($1 - nearest)
                }
                let error = zip(columns, values).reduce(Float(0)) {
                    $0 + (row[$1.0] - $1.1) * (row[$1.0] - $1.1)
                }
                // Sums of 32 squares in single precision.
                #expect(error <= plain * 1.0001, "row \(id), group \(group)")
            }
        }
    }

    @Test(arguments: [6, 5, 4]) func everyKernelGivesTheSameBytes(_ bits: Int) throws {
        let weights = try EncoderWeights(ModelFile(path: try Self.made(bits, .default).path))
        let eight = try EncoderWeights(ModelFile(path: try Self.made(8, .default).path))
        let input = EncoderInput(ids: [2, 9, 31, 7, 44, 3])
        func logits(_ weights: EncoderWeights, _ kernel: Kernel) throws -> [Float] {
            let encoded = try Session(weights: weights, kernel: kernel, threads: 1).encode([input])
            return encoded[0].lastHiddenState
                + (try encoded[0].vocabularyLogits(try #require(weights.prediction), token: 2))
        }
        let first = try logits(weights, Kernel.best)
        for kernel in Kernel.available {
            let other = try logits(weights, kernel)
            #expect(other.map(\.bitPattern) == first.map(\.bitPattern), "\(kernel.name)")
        }
        // Near those of the same model with bytes: steps are 4 to 16 times as wide.
        let whole = try logits(eight, Kernel.best)
        let error = zip(first, whole).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let size = whole.reduce(Float(0)) { $0 + $1 * $1 }
        #expect(error > 0 && (error / size).squareRoot() < (bits == 4 ? 0.2 : 0.1), "\((error / size).squareRoot())")
    }

    @Test func theMostAccurateFileThatFits() throws {
        let sample = TestData.samples + "/albert-tiny-sst2"
        let output = try TestData.temporaryDirectory() + "/small.gguf"
        var quantization = Quantization()
        quantization.preset = .plain
        quantization.compute = ComputeChoice(threads: 1, kernel: "")
        quantization.vocabulary = VocabularyChoice(texts: sample + "/test.tsv", pieces: 9000)
        quantization.maxBytes = 2_800_000
        let made = try quantization.run(sample, to: output, observer: MakingObserver())
        let size = try #require(made.size)
        #expect(made.bytes <= 2_800_000 && made.bytes == size.best.bytes)
        #expect(try TestData.bytes(atPath: output).count == made.bytes)
        #expect(size.candidates.map(\.bits) == [8, 6, 5, 4])
        // Fewer bits leave more pieces, all that were asked for at last; the least error is taken.
        let pieces = size.candidates.compactMap(\.pieces)
        #expect(pieces == pieces.sorted() && pieces.count == 4 && pieces.allSatisfy { $0 <= 9000 })
        for candidate in size.candidates { #expect(candidate.bytes <= 2_800_000) }
        #expect(size.candidates.allSatisfy { ($0.error ?? 0) >= (size.best.error ?? .infinity) && $0.error != nil })
        let file = try ModelFile(path: output)
        #expect(file.embeddingBits == size.best.bits && file.configuration.vocabSize == size.best.pieces)
        #expect(made.text.contains("at most 2,800,000 bytes: \(size.best.bits)-bit word rows"))
        #expect(made.json.contains("\"maxBytes\": 2800000"))
    }

    @Test func withoutTextsOnlyBitsAreChosen() throws {
        let sample = TestData.samples + "/albert-tiny-sst2"
        var quantization = Quantization()
        quantization.preset = .plain
        quantization.maxBytes = 5_500_000
        let output = try TestData.temporaryDirectory() + "/small.gguf"
        let made = try quantization.run(sample, to: output, observer: MakingObserver())
        #expect(made.size?.best.pieces == nil && made.size?.best.bits ?? 8 < 8 && made.bytes <= 5_500_000)
        quantization.maxBytes = 1_000_000
        quantization.overwrite = true
        let refused = #expect(throws: Fault.self) {
            try quantization.run(sample, to: output, observer: MakingObserver())
        }
        #expect(refused?.code == .sizeNotReached && refused?.code.exitCode == .check)
        #expect(refused?.description.contains("--keep-vocabulary") == true)
        quantization.limits.maxError = 0.1
        let two = #expect(throws: Fault.self) { try quantization.run(sample, to: output, observer: MakingObserver()) }
        #expect(two?.code == .optionsConflict)
    }
}
