import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitText
import Foundation
import TestData
import Testing

/// The same bytes from every kernel, number of threads, batch and padding, for the reference and for int8.
struct IdentityTests {
    private static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("samples/albert-tiny-sst2").path

    private static func input(_ length: Int, _ seed: Int, padding: Int = 0) -> EncoderInput {
        let ids = (0..<length).map { Int32((($0 + 1) * 7919 + seed * 104_729) % 30_000) }
        guard padding > 0 else { return EncoderInput(ids: ids) }
        return EncoderInput(
            ids: ids + [Int32](repeating: 0, count: padding), typeIds: [Int32](repeating: 0, count: length + padding),
            mask: [Bool](repeating: true, count: length) + [Bool](repeating: false, count: padding))
    }

    private static func quantized(
        _ preset: Preset, threads: Int = 2, kernel: Kernel = .best, precision: PrecisionMap? = nil
    ) throws -> URL {
        let source = try Importer.open(path: sample, options: ImportOptions())
        var request = QuantizationRequest()
        request.preset = preset
        request.precision = precision
        request.threads = threads
        request.kernel = kernel
        request.card = source.card
        request.calibration = (0..<4).map { input(24, $0) }
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf")
        try Quantizer(source: source, request: request).write(to: url.path, overwrite: false).finish()
        return url
    }

    private func check(_ weights: EncoderWeights, _ name: String, longest: Int = 128) throws {
        for length in [1, 6, 33, 128, 512] where length <= longest {
            let alone = try Session(weights: weights, kernel: Kernel(named: "scalar"), threads: 1)
            let expected = try alone.encode([Self.input(length, 1)])[0].lastHiddenState
            for kernel in Kernel.available {
                // The longest sequence once a kernel: the scalar one takes seconds for it.
                for threads in length == 512 ? 4...4 : 1...4 {
                    let session = try Session(weights: weights, kernel: kernel, threads: threads)
                    let batch = [
                        Self.input(9, 2), Self.input(length, 1), Self.input(length, 1, padding: min(5, 512 - length)),
                        Self.input(17, 3),
                    ]
                    let encoded = try session.encode(batch)
                    #expect(
                        encoded[1].lastHiddenState == expected, "\(name) \(kernel.name) \(threads) threads, S \(length)"
                    )
                    #expect(
                        Array(encoded[2].lastHiddenState.prefix(expected.count)) == expected,
                        "\(name) \(kernel.name) \(threads) threads, S \(length), padded")
                }
            }
        }
    }

    /// Heads on the pooled output read first tokens only; the last layer then does no others.
    @Test(arguments: [false, true])
    func firstTokens(int8: Bool) throws {
        let weights =
            try int8
            ? EncoderWeights(ModelFile(path: Self.quantized(.default).path))
            : EncoderWeights(Importer.open(path: Self.sample, options: ImportOptions()))
        let batch = [Self.input(9, 2), Self.input(1, 4), Self.input(33, 1, padding: 5), Self.input(17, 3)]
        let whole = try Session(weights: weights).encode(batch)
        let expected = batch.indices.map { (whole[$0].hidden(0), whole[$0].pooled) }
        for kernel in Kernel.available {
            for threads in 1...3 {
                let session = try Session(weights: weights, kernel: kernel, threads: threads)
                for _ in 0..<2 {
                    let encoded = try session.encode(batch, reading: .first)
                    #expect(encoded.rowCount == batch.count)
                    for (sequence, (hidden, pooled)) in expected.enumerated() {
                        #expect(encoded[sequence].hidden(0) == hidden)
                        #expect(encoded[sequence].pooled == pooled)
                    }
                }
                #expect(try session.encode(batch)[2].lastHiddenState == whole[2].lastHiddenState)
            }
        }
    }

    @Test func aBatchWithoutSequences() throws {
        let weights = try EncoderWeights(Importer.open(path: Self.sample, options: ImportOptions()))
        for threads in 1...2 {
            let session = try Session(weights: weights, threads: threads)
            try session.encode([Self.input(3, 1)])
            #expect(try session.encode([]).rowCount == 0)
            #expect(try session.encode([], reading: .first).rowCount == 0)
        }
    }

    /// What a batch says stays the same while its session goes on.
    @Test func batchesThatAreHeldDoNotChange() throws {
        let session = try Session(weights: EncoderWeights(Importer.open(path: Self.sample, options: ImportOptions())))
        let first = try session.encode([Self.input(9, 2)])
        let (hidden, pooled) = (first[0].lastHiddenState, first[0].pooled)
        let second = try session.encode([Self.input(9, 3)])
        #expect(first[0].lastHiddenState == hidden && first[0].pooled == pooled)
        #expect(second[0].lastHiddenState != hidden && second[0].pooled != pooled)
        #expect(try session.encode([Self.input(9, 2)])[0].lastHiddenState == hidden)
    }

    @Test func reference() throws {
        try check(EncoderWeights(Importer.open(path: Self.sample, options: ImportOptions())), "float32", longest: 512)
    }

    @Test(arguments: [Preset.plain, .default, .accurate]) func int8(_ preset: Preset) throws {
        let url = try Self.quantized(preset)
        defer { try? FileManager.default.removeItem(at: url) }
        try check(EncoderWeights(ModelFile(path: url.path)), preset.rawValue, longest: preset == .default ? 512 : 128)
    }

    /// Files of a preset that is no more: one plane of softmax weights.
    @Test func onePlaneOfSoftmaxWeights() throws {
        let url = try Self.quantized(.default)
        defer { try? FileManager.default.removeItem(at: url) }
        var bytes = try [UInt8](Data(contentsOf: url))
        let key = Array("albit.attention.weight_planes".utf8)
        let place = try #require(bytes.firstRange(of: key)).upperBound
        // The type of the value, u32, and the value.
        #expect(Array(bytes[place..<(place + 8)]) == [4, 0, 0, 0, 2, 0, 0, 0])
        let two = try Session(weights: EncoderWeights(ModelFile(path: url.path)))
        bytes[place + 4] = 1
        try Data(bytes).write(to: url)
        let weights = try EncoderWeights(ModelFile(path: url.path))
        #expect(weights.attentionWeightPlanes == 1)
        try check(weights, "one plane of softmax weights")
        let one = try Session(weights: weights)
        let digests = try [one, two].map { try $0.encode([Self.input(128, 1)])[0].digest }
        #expect(digests[0] != digests[1])
    }

    /// One to two planes of activations and two of weights, another choice at every layer and site.
    @Test func mixedPrecision() throws {
        let precision = try #require(
            PrecisionMap(bytes: [3, 2, 3, 2, 3, 1, 1, 3, 3, 1, 2, 1, 1, 2, 3, 1, 2, 2, 1, 1], layers: 4))
        let url = try Self.quantized(.default, precision: precision)
        defer { try? FileManager.default.removeItem(at: url) }
        let file = try ModelFile(path: url.path)
        #expect(file.precision == precision)
        let weights = try EncoderWeights(file)
        #expect(weights.layers[0].qkv.secondPlane != nil && weights.layers[0].ffnUp.secondPlane != nil)
        try check(weights, "mixed")
        // Every plane is worth something: the reference comes nearer.
        let reference = try Session(weights: EncoderWeights(Importer.open(path: Self.sample, options: ImportOptions())))
        // Of many tokens, as most of what is left lies in the tables, and errors cancel where they are few.
        func states(_ session: Session) throws -> [Float] {
            try (9..<25).flatMap { try session.encode([Self.input(64, $0)])[0].lastHiddenState }
        }
        let expected = try states(reference)
        var errors: [Float] = []
        for planes in [[1, 1, 1, 1, 1], [2, 2, 2, 2, 2], [3, 2, 3, 2, 3], [3, 2, 3, 3, 3]] as [[UInt8]] {
            let precision = try #require(PrecisionMap(bytes: (0..<4).flatMap { _ in planes }, layers: 4))
            let session = try Session(weights: EncoderWeights(weights, precision: precision))
            let found = try states(session)
            errors.append(zip(found, expected).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
        }
        #expect(errors[1] < errors[0] && errors[2] < errors[1] && errors[3] < errors[2], "\(errors)")
    }

    /// The file is a function of its inputs: not of threads, not of the kernel.
    @Test func filesAreEqualByteForByte() throws {
        var files: [Data] = []
        for (threads, kernel) in [(1, "scalar"), (2, Kernel.best.name), (4, Kernel.best.name)] {
            let url = try Self.quantized(.default, threads: threads, kernel: Kernel(named: kernel))
            files.append(try Data(contentsOf: url))
            try FileManager.default.removeItem(at: url)
        }
        #expect(files[0] == files[1] && files[1] == files[2])
    }

    @Test func refusesWhatTheModelCannotTake() throws {
        let weights = try EncoderWeights(Importer.open(path: Self.sample, options: ImportOptions()))
        let session = try Session(weights: weights)
        func refusal(_ input: EncoderInput) -> Fault? {
            do throws(Fault) { try session.encode([input]) } catch { return error }
            return nil
        }
        #expect(refusal(EncoderInput(ids: [2, 30_000])).isA(.runtimeIdOutOfRange, "30000", "30000"))
        #expect(refusal(EncoderInput(ids: [2], typeIds: [2])).isA(.runtimeTypeOutOfRange, "2", "2"))
        #expect(refusal(Self.input(513, 0)).isA(.runtimeTooLong, "513", "512"))
        #expect(refusal(EncoderInput(ids: [2], mask: [false])).isA(.runtimeEmptySequence))
        #expect(refusal(EncoderInput(ids: [2], typeIds: [0, 0])).isA(.runtimeUnequalLengths, "1", "2"))
        #expect(fault { try Kernel(named: "abacus") }.isA(.runtimeUnknownKernel, "'abacus'"))
        for kernel in Kernel.all where !kernel.table.pointee.available() {
            #expect(fault { try Kernel(named: kernel.name) }.isA(.runtimeKernelNotAvailable, "'\(kernel.name)'"))
        }
        #expect(fault { try Memory(bytes: 1 << 60, purpose: "a test") }.isA(.runtimeOutOfMemory, "a test"))
    }
}
