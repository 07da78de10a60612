import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitRuntime
import AlbitText
import Foundation
import TestData
import Testing

/// Graph files that are told by more than their name: in folders of their own, with decoders of their own, by other
/// programs.
@Suite struct GraphFileTests {
    /// Those that attend to earlier tokens alone, or have layers of another kind.
    @Test func otherLlamaFilesAreRefused() throws {
        let original = try TestData.bytes(atPath: GraphFaultTests.directory + "/gguf-big-endian/llamacpp-bert.gguf")
        func found(_ change: (inout [UInt8]) throws -> Void) throws -> Fault? {
            var bytes = original
            try change(&bytes)
            let path = try TestData.temporaryDirectory() + "/model.gguf"
            try Data(bytes).write(to: URL(filePath: path))
            return fault { try Importer.open(path: path) }
        }
        func place(_ text: String, in bytes: [UInt8]) throws -> Int {
            let key = Array(text.utf8)
            return try #require(bytes.indices.first { bytes[$0...].starts(with: key) }) + key.count
        }
        let causal = try found { bytes in bytes[try place("bert.attention.causal", in: bytes) + 4] = 1 }
        #expect(causal.isA(.importOtherFamily, "bert.attention.causal", "true"))
        for (name, other) in [
            ("blk.0.attn_q.weight", "blk.0.attn_r.weight"), ("blk.0.ffn_up.bias", "blk.0.ffn_xp.bias"),
        ] {
            let foreign = try found { bytes in
                let end = try place(name, in: bytes)
                bytes.replaceSubrange((end - name.utf8.count)..<end, with: Array(other.utf8))
            }
            #expect(foreign.isA(.importOtherFamily, other, "of no BERT"), "\(String(describing: foreign))")
        }
    }

    /// A repository whose only graph has another name, in the folder `onnx` or beside: it is meant. Of several one has
    /// to be named. The same in archives, with what lies beside the folder.
    @Test(arguments: ["model_quantized.onnx", "model_fp16.onnx", "encoder.onnx"], ["", "onnx/"])
    func graphsOfOtherNames(name: String, folder: String) throws {
        let scratch = try TestData.temporaryDirectory()
        let manager = FileManager.default
        let source = GraphFaultTests.directory + "/onnx-without-token-types/bert-dynamo/model.onnx"
        try manager.createDirectory(atPath: scratch + "/repo/onnx", withIntermediateDirectories: true)
        try manager.copyItem(atPath: source, toPath: scratch + "/repo/" + folder + name)
        try Data("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n".utf8).write(to: URL(filePath: scratch + "/repo/vocab.txt"))
        try Data(#"{"id2label": {"0": "NEG"}, "model_type": "bert"}"#.utf8)
            .write(to: URL(filePath: scratch + "/repo/config.json"))
        let expected = try Importer.open(path: source).configuration
        for command in [["tar", "czf", "repo.tgz", "repo"], ["python3", "-m", "zipfile", "-c", "repo.zip", "repo/"]] {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.currentDirectoryURL = URL(filePath: scratch)
            process.arguments = command
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        for path in ["/repo", "/repo.tgz", "/repo.zip"] {
            let found = try Importer.open(path: scratch + path)
            #expect(found.configuration == expected && found.tokenizerFiles.map(\.name) == ["vocab.txt"], "\(path)")
            let read = try #require(
                found.report.readFiles.first { $0.path.hasSuffix("config.json") || $0.path.hasSuffix("config.json)") })
            #expect(read.used == ["id2label"] && read.inert.map(\.key) == ["model_type"] && read.unknown.isEmpty)
        }
        try manager.copyItem(atPath: source, toPath: scratch + "/repo/" + folder + "model_bnb4.onnx")
        let two = fault { try Importer.open(path: scratch + "/repo") }
        #expect(two.isA(.importSeveralCheckpoints, folder + name, folder + "model_bnb4.onnx"))
    }

    /// What becomes of a masked-word head whose decoder was rounded to 8 bits apart from the word embedding: it is
    /// taken with the embedding, and proved within what the two differ by; a decoder that is another matrix is refused.
    @Test(arguments: ["albert", "bert"]) func aDecoderWithARoundingOfItsOwn(name: String) throws {
        let folder = TestData.directory + "/rounded-decoder/"
        let source = try Importer.open(path: folder + name + ".onnx")
        #expect(source.card.heads == [.maskedLanguageModel])
        #expect(source.report.notes.contains { $0.contains("a copy with a rounding of its own") })
        guard case .proved? = try GraphProof.run(source) else {
            Issue.record("\(name) is not proved")
            return
        }
        let cases = try GraphFaultTests.cases("rounded-decoder", in: TestData.directory)
        let run = try #require(cases.first { $0.path.hasSuffix("/" + name + ".onnx") })
        let session = try Session(weights: try EncoderWeights(source))
        let sequence = try session.encode([EncoderInput(ids: run.ids)])[0]
        let head = try #require(session.weights.prediction)
        var found: [Float] = []
        for token in 0..<sequence.count { found += try sequence.vocabularyLogits(head, token: token) }
        // ONNX Runtime rounds activations to 8 bits too: it is further from the model before any rounding.
        let exact = try #require(run.outputs["exactWords"])
        let runtime = RelativeL2.between(try #require(run.outputs["words"]), exact)
        #expect(RelativeL2.between(found, exact) < runtime)
        let other = fault { try Importer.open(path: folder + name + "-other.onnx") }
        #expect(other.isA(.importUntiedDecoder, "tie_word_embeddings"))
    }

    /// Files of other machines, of both versions that have a byte order: with tensors and without.
    @Test(arguments: [UInt8(2), 3], [UInt8(0), 5]) func bigEndianFilesAreNamed(version: UInt8, tensors: UInt8) throws {
        var bytes = Array("GGUF".utf8) + [0, 0, 0, version] + [0, 0, 0, 0, 0, 0, 0, tensors]
        bytes += [UInt8](repeating: 0, count: 64)
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        try Data(bytes).write(to: URL(filePath: path))
        #expect(fault { try Importer.open(path: path) }.isA(.modelBigEndian, "is big-endian"))
    }
}
