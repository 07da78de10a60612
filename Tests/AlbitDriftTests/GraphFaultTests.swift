import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitText
import Foundation
import TestData
import Testing

/// Inputs of the kinds on which the first version was wrong (`Tests/Data/graph-faults.tar.xz`): those that were
/// reported, and two of each kind by `Scripts/make-graph-faults.py` and `make-tensorflow-faults.py`. The values are
/// those of transformers 5.24 and ONNX Runtime 1.32.
@Suite struct GraphFaultTests {
    static let directory: String = {
        guard let scratch = try? TestData.temporaryDirectory() else { return "" }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "xJf", TestData.directory + "/graph-faults.tar.xz", "-C", scratch]
        guard (try? process.run()) != nil else { return "" }
        process.waitUntilExit()
        return scratch + "/graph-faults"
    }()

    /// One run of a model by the reference.
    struct Case {
        var path: String
        var ids: [Int32]
        var types: [Int32]?
        var mask: [Bool]?
        var outputs: [String: [Float]] = [:]
        var labels: [String]?

        init?(_ json: [String: Any], path: String) {
            guard let ids = json["ids"] as? [Int] else { return nil }
            self.path = path
            self.ids = ids.map { Int32($0) }
            types = (json["types"] as? [Int])?.map { Int32($0) }
            mask = (json["mask"] as? [Int])?.map { $0 != 0 }
            labels = json["labels"] as? [String]
            for name in ["lastHiddenState", "lastHiddenState_tanh"] {
                if let rows = json[name] as? [[Double]] { outputs["hidden"] = rows.flatMap { $0.map { Float($0) } } }
            }
            if let values = json["logits"] as? [Double] { outputs["logits"] = values.map { Float($0) } }
            for name in ["words", "exactWords"] {
                if let rows = json[name] as? [[Double]] { outputs[name] = rows.flatMap { $0.map { Float($0) } } }
            }
        }
    }

    static func cases(_ kind: String, in directory: String = GraphFaultTests.directory) throws -> [Case] {
        let folder = directory + "/" + kind
        var result: [Case] = []
        for name in ["expected.json", "expected-own.json"] {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            // Some kinds have words to say instead of values.
            guard let entries = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] else { continue }
            for entry in entries {
                if let input = entry["input"] as? String, let runs = entry["cases"] as? [[String: Any]] {
                    result += runs.compactMap { Case($0, path: folder + "/" + input) }
                } else {
                    // One input of its own; its text has the types that go with seven ids.
                    let inner =
                        ["m", "out", "albert_tiny"].first { FileManager.default.fileExists(atPath: folder + "/" + $0) }
                        ?? ""
                    var run = try #require(Case(entry, path: folder + "/" + inner))
                    if run.types == nil, run.ids.count == 7 { run.types = [0, 0, 0, 0, 1, 1, 1] }
                    result.append(run)
                }
            }
        }
        return result
    }

    @Test(arguments: [
        ("onnx-without-token-types", 8), ("onnx-opset23-attention", 4), ("tf-brightmart-albert", 3),
        ("tf-hub-finetuned-head", 3),
        ("tf-keras-layernorm-names", 3), ("id2label-integers", 3), ("gelu-of-config-without-model-type", 3),
        ("gguf-big-endian", 2),
    ])
    func outputsAgree(kind: String, count: Int) throws {
        let cases = try GraphFaultTests.cases(kind)
        #expect(cases.count == count)
        for run in cases {
            let source = try Importer.open(path: run.path)
            if let labels = run.labels { #expect(source.card.labels == labels, "\(run.path)") }
            if source.graph != nil, !run.path.contains("unknown_operator") {
                guard case .proved? = try GraphProof.run(source) else {
                    Issue.record("\(run.path) is not proved")
                    continue
                }
            }
            let session = try Session(weights: try EncoderWeights(source))
            // A given case without types was run with the reference's default.
            let types = run.path.contains("onnx-without-token-types") ? nil : run.types
            let sequence = try session.encode([EncoderInput(ids: run.ids, typeIds: types, mask: run.mask)])[0]
            #expect(!run.outputs.isEmpty)
            for (name, expected) in run.outputs {
                var found: [Float]
                if name == "hidden" {
                    found = (0..<sequence.count).flatMap { sequence.hidden($0) }
                } else {
                    let classifier = try #require(session.weights.classifier, "\(run.path)")
                    found = try #require(sequence.pooledLogits(classifier))
                }
                var wanted = expected
                if name == "hidden", let mask = run.mask {
                    let width = session.configuration.hiddenSize
                    wanted = mask.indices.filter { mask[$0] }.flatMap { expected[($0 * width)..<(($0 + 1) * width)] }
                }
                let distance = RelativeL2.between(found, wanted)
                #expect(distance <= 2e-5, "\(run.path): \(name) is \(distance) away")
            }
        }
    }

    /// Exported for a fixed length without token types, whose row the exporter or an optimizer folded into a table as
    /// long as the positions'.
    @Test func foldedTypesAreNotTakenForPositions() throws {
        let cases = try GraphFaultTests.cases("fixed-length", in: TestData.directory)
        #expect(cases.count == 2)
        for run in cases {
            let source = try Importer.open(path: run.path)
            #expect(source.configuration.typeVocabSize == 1)
            guard case .proved? = try GraphProof.run(source) else {
                Issue.record("\(run.path) is not proved")
                continue
            }
            let session = try Session(weights: try EncoderWeights(source))
            let sequence = try session.encode([EncoderInput(ids: run.ids)])[0]
            let found = (0..<sequence.count).flatMap { sequence.hidden($0) }
            #expect(RelativeL2.between(found, try #require(run.outputs["hidden"])) <= 2e-5, "\(run.path)")
        }
    }

    /// A graph in `onnx/`, beside whose folder configuration and tokenizer lie: by directory and by file.
    @Test(arguments: [
        "/onnx-in-subfolder/repo", "/onnx-in-subfolder/repo/onnx", "/onnx-in-subfolder/repo/onnx/model.onnx",
    ])
    func aGraphInASubfolderHasItsNeighbours(path: String) throws {
        let source = try Importer.open(path: GraphFaultTests.directory + path)
        #expect(source.card.labels == ["NEG", "POS"])
        #expect(source.tokenizerFiles.map(\.name) == ["spiece.model", "tokenizer_config.json"])
    }

    /// Other graphs in such a repository, also where it is packed: with the labels and the vocabulary that lie beside.
    @Test(arguments: ["albert-dynamo", "bert-dynamo"], [false, true])
    func ownGraphsInASubfolderHaveTheirNeighbours(name: String, isPacked: Bool) throws {
        let root = GraphFaultTests.directory + "/onnx-without-token-types"
        let scratch = try TestData.temporaryDirectory()
        let manager = FileManager.default
        try manager.createDirectory(atPath: scratch + "/repo/onnx", withIntermediateDirectories: true)
        try manager.copyItem(atPath: "\(root)/\(name)/model.onnx", toPath: scratch + "/repo/onnx/model.onnx")
        let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n"
        try Data(vocabulary.utf8).write(to: URL(filePath: scratch + "/repo/vocab.txt"))
        try Data(#"{"id2label": {"0": "NEG"}}"#.utf8).write(to: URL(filePath: scratch + "/repo/config.json"))
        var path = scratch + "/repo"
        if isPacked {
            path = scratch + "/repo.tar.gz"
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["tar", "czf", path, "-C", scratch, "repo"]
            try process.run()
            process.waitUntilExit()
        }
        let source = try Importer.open(path: path)
        #expect(source.tokenizerFiles.map(\.name) == ["vocab.txt"])
        let cases = try GraphFaultTests.cases("onnx-without-token-types").filter { $0.path.hasSuffix("/" + name) }
        #expect(cases.count == 2)
        let session = try Session(weights: try EncoderWeights(source))
        for run in cases {
            let sequence = try session.encode([EncoderInput(ids: run.ids)])[0]
            let found = (0..<sequence.count).flatMap { sequence.hidden($0) }
            #expect(RelativeL2.between(found, try #require(run.outputs["hidden"])) <= 2e-5)
        }
    }

    @Test func otherGGUFFilesAreReadOrNamed() throws {
        let folder = GraphFaultTests.directory + "/gguf-big-endian/"
        let bigEndian = Result { () throws(Fault) in try Importer.open(path: folder + "big-endian.gguf") }
        guard case .failure(let fault) = bigEndian else {
            Issue.record("read a file of another byte order")
            return
        }
        #expect(fault.code == .modelBigEndian && fault.description.contains("is big-endian"))
        let source = try Importer.open(path: folder + "llamacpp-bert.gguf")
        #expect(source.card.sentence?.poolings == [.mean] && source.configuration.numAttentionHeads == 2)
        let vocabulary = try #require(source.tokenizerFiles.first)
        #expect(vocabulary.name == "vocab.txt")
        #expect(vocabulary.bytes == Array("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nfilm\n".utf8))
    }

    /// llama.cpp's kinds of pooling: 3 is the last token, 4 a ranking head that Albit does not compute.
    @Test func poolingOfLlamaFilesIsReadOrRefused() throws {
        var bytes = try TestData.bytes(atPath: GraphFaultTests.directory + "/gguf-big-endian/llamacpp-bert.gguf")
        let key = Array("bert.pooling_type".utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: key) }) + key.count + 4
        func source(_ pooling: UInt8) throws -> AlbertSource {
            bytes[place] = pooling
            let path = try TestData.temporaryDirectory() + "/model.gguf"
            try Data(bytes).write(to: URL(filePath: path))
            return try Importer.open(path: path)
        }
        #expect(try source(3).card.sentence?.poolings == [.lastToken])
        #expect(try source(0).card.sentence == nil)
        #expect(try source(0).report.notes.contains { $0.contains("names no pooling") })
        do {
            _ = try source(4)
            Issue.record("took a ranking head for a pooling")
        } catch let fault as Fault {
            #expect(fault.isA(.importOtherFamily, "bert.pooling_type", "4"))
        }
    }

    /// What became part of another tensor is not told to be left out.
    @Test func factorsOfTheWordTableAreUsed() throws {
        let cases = try GraphFaultTests.cases("tf-brightmart-albert")
        #expect(cases.count == 3)
        for run in cases {
            let report = try Importer.open(path: run.path).report
            let factor = try #require(report.tensors.first { $0.name.hasSuffix("word_embeddings_2") }, "\(run.path)")
            #expect(factor.parameter == .wordEmbeddings)
            #expect(!report.ignored.contains { $0.name == factor.name })
        }
    }

    /// An operator that cannot be executed makes a graph unproved, not refused.
    @Test func unknownOperatorsAreNamed() throws {
        let source = try Importer.open(
            path: GraphFaultTests.directory + "/onnx-opset23-attention/unknown_operator.onnx")
        #expect(try GraphProof.run(source) == .notProved("Elu"))
    }

    /// Whoever makes something of such a graph is told, or refused with `--strict`.
    @Test func strictRefusesWhatIsNotProved() throws {
        let path = GraphFaultTests.directory + "/onnx-opset23-attention/unknown_operator.onnx"
        var options = ImportOptions()
        #expect(try OpenedModel.source(path, options: options).report.proof == "not proved: Elu")
        options.isStrict = true
        let strict = Result { () throws(Fault) in try OpenedModel.source(path, options: options) }
        guard case .failure(let fault) = strict else {
            Issue.record("took what is not proved")
            return
        }
        #expect(fault.code == .graphNotProved && fault.problem.contains("Elu"))
    }

    /// Finite weights whose activations are not end in a message with every preset, or in a file.
    @Test(arguments: ["ffn", "norm", "output"], [Preset.plain, .default, .accurate])
    func hugeWeightsEndInAMessage(name: String, preset: Preset) throws {
        let source = try Importer.open(path: GraphFaultTests.directory + "/crash-huge-weights/" + name)
        var request = QuantizationRequest()
        request.preset = preset
        request.calibration = (0..<2).map { seed in
            EncoderInput(ids: (0..<12).map { Int32(($0 * 17 + seed * 31) % 200) })
        }
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        guard let fault = GraphFaultTests.ending(source, request, path) else { return }
        #expect([.quantizerNotFinite, .runtimeNotFinite, .modelNotFinite].contains(fault.code), "\(fault)")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// Run as they are, they end in a message too.
    @Test func hugeWeightsAreNotRun() throws {
        let source = try Importer.open(path: GraphFaultTests.directory + "/crash-huge-weights/norm")
        let session = try Session(weights: try EncoderWeights(source))
        let run = Result { () throws(Fault) in try session.encode([EncoderInput(ids: [2, 17, 45, 99, 3])]) }
        guard case .failure(let fault) = run else {
            Issue.record("gave an answer")
            return
        }
        #expect(fault.code == .runtimeNotFinite)
    }

    /// What a quantization ends with; nil where it made a file.
    private static func ending(_ source: AlbertSource, _ request: QuantizationRequest, _ path: String) -> Fault? {
        do throws(Fault) {
            let made = try Quantizer(source: source, request: request).write(to: path, overwrite: false)
            try made.finish()
        } catch { return error }
        return nil
    }

    /// The sums that GPTQ needs do not exist there, which is told before anything is rounded.
    @Test func activationsWithoutSquaresAreRefused() throws {
        let source = try Importer.open(path: GraphFaultTests.directory + "/crash-huge-weights/ffn")
        var request = QuantizationRequest()
        request.calibration = [EncoderInput(ids: [2, 17, 45, 99, 123, 7, 3])]
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        #expect(GraphFaultTests.ending(source, request, path)?.code == .quantizerNotFinite)
    }
}
