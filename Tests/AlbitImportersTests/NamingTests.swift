import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitImporters

/// The names of each family, written down here a second time: one model under all of them is one model.
@Suite struct NamingTests {
    private final class MemoryTree: FileTree {
        let path = "memory"
        let files: [String: [UInt8]]
        init(_ files: [String: [UInt8]]) { self.files = files }
        var names: [String] { files.keys.sorted() }
        func open(_ name: String) throws(Fault) -> (any ByteSource)? { files[name].map { MemoryBytes($0, path: name) } }
    }

    private struct Named {
        var name: String
        var shape: [Int]
        var values: [Float]

        var transposed: Named {
            var result = self
            result.shape = [shape[1], shape[0]]
            for r in 0..<shape[0] {
                for c in 0..<shape[1] { result.values[c * shape[0] + r] = values[r * shape[1] + c] }
            }
            return result
        }
    }

    /// The tensors of a PyTorch-named safetensors file.
    private func tensors(_ folder: String) throws -> [Named] {
        let file = try FileBytes(path: Zoo.directory + "/safetensors/\(folder)/model.safetensors")
        return try Safetensors.read(file).tensors.map { named in
            var values = [Float](repeating: 0, count: named.tensor.elementCount)
            try values.withUnsafeMutableBufferPointer { try named.tensor.read(0..<$0.count, into: $0) }
            return Named(name: named.name, shape: named.tensor.shape, values: values)
        }
    }

    private func safetensors(_ tensors: [Named]) throws -> [UInt8] {
        var header: [String: Any] = [:]
        var data: [UInt8] = []
        for tensor in tensors {
            let bytes = tensor.values.withUnsafeBytes { Array($0) }
            header[tensor.name] = [
                "dtype": "F32", "shape": tensor.shape, "data_offsets": [data.count, data.count + bytes.count],
            ]
            data += bytes
        }
        let text = [UInt8](try JSONSerialization.data(withJSONObject: header))
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + data
    }

    private static func isNorm(_ module: String) -> Bool {
        module.contains("LayerNorm") || module.contains("layer_norm")
    }

    /// Leaf names of TensorFlow (`.gamma`) or Flax (`.scale`), kernels transposed.
    private static func leaf(_ tensor: Named, flax: Bool, embeddings: (String) -> String) -> Named {
        let dot = tensor.name.lastIndex(of: ".") ?? tensor.name.endIndex
        let module = String(tensor.name[..<dot])
        let isWeight = tensor.name.hasSuffix(".weight")
        var result = tensor
        if module.hasSuffix("_embeddings") {
            result.name = module + embeddings(module)
        } else if isNorm(module) {
            result.name = module + (isWeight ? (flax ? ".scale" : ".gamma") : (flax ? ".bias" : ".beta"))
        } else if isWeight {
            result = tensor.transposed
            result.name = module + ".kernel"
        }
        return result
    }

    private static func flax(_ tensor: Named) -> Named { leaf(tensor, flax: true) { _ in ".embedding" } }

    private static func keras(_ tensor: Named) -> Named {
        var result = leaf(tensor, flax: false) { $0.hasSuffix("word_embeddings") ? ".weight" : ".embeddings" }
        result.name = result.name.replacingOccurrences(of: ".", with: "/") + ":0"
        for list in ["albert_layer_groups/", "albert_layers/", "encoder/layer/"] {
            result.name = result.name.replacingOccurrences(of: list, with: list.dropLast() + "_._")
        }
        return result
    }

    /// google-research/bert and google-research/albert.
    private static func original(_ tensor: Named) -> Named {
        var source = tensor
        let heads = [
            "classifier.weight": "output_weights", "classifier.bias": "output_bias",
            "qa_outputs.weight": "cls/squad/output_weights",
            "qa_outputs.bias": "cls/squad/output_bias", "predictions.bias": "cls/predictions/output_bias",
            "sop_classifier.classifier.weight": "cls/seq_relationship/output_weights",
            "sop_classifier.classifier.bias": "cls/seq_relationship/output_bias",
        ]
        if let head = heads[tensor.name] {
            source.name = head
            return source
        }
        var result = leaf(tensor, flax: false) { _ in "" }
        result.name = result.name
            .replacingOccurrences(of: "albert_layer_groups.", with: "transformer.group_")
            .replacingOccurrences(of: ".albert_layers.", with: ".inner_group_")
            .replacingOccurrences(of: "encoder.layer.", with: "encoder.layer_")
        if result.name.hasPrefix("albert.") {
            result.name = "bert." + result.name.dropFirst(7)
            for (from, to) in [
                (".attention.query.", ".attention_1.self.query."), (".attention.key.", ".attention_1.self.key."),
                (".attention.value.", ".attention_1.self.value."), (".attention.dense.", ".attention_1.output.dense."),
                (".attention.LayerNorm.", ".LayerNorm."), (".ffn.", ".ffn_1.intermediate.dense."),
                (".ffn_output.", ".ffn_1.intermediate.output.dense."), (".full_layer_layer_norm.", ".LayerNorm_1."),
                ("bert.pooler.", "bert.pooler.dense."),
            ] { result.name = result.name.replacingOccurrences(of: from, with: to) }
        } else if result.name.hasPrefix("predictions.") {
            result.name = "cls.predictions.transform." + result.name.dropFirst(12)
        }
        result.name = result.name.replacingOccurrences(of: ".", with: "/")
        return result
    }

    private func check(_ folder: String, _ family: String, _ rename: (Named) -> Named) throws {
        let reference = try Importer.open(path: Zoo.directory + "/safetensors/" + folder)
        let bytes = try safetensors(try tensors(folder).map(rename))
        let configuration = try TestData.bytes(atPath: Zoo.directory + "/safetensors/\(folder)/config.json")
        let source = try Importer.open(
            MemoryBytes(bytes, path: "renamed"), name: "renamed", tree: MemoryTree(["config.json": configuration]),
            options: ImportOptions())
        #expect(source.report.naming == family)
        #expect(source.parameters == reference.parameters)
        #expect(source.card.heads == reference.card.heads)
        #expect(source.report.ignored.isEmpty)
        for parameter in reference.parameters {
            #expect(try source.values(of: parameter) == reference.values(of: parameter), "\(parameter)")
        }
    }

    @Test(arguments: ["base-pretraining", "base-qa", "base-tokcls", "g2-pretraining"])
    func albert(folder: String) throws {
        try check(folder, "Hugging Face ALBERT (Flax)", NamingTests.flax)
        try check(folder, "Hugging Face ALBERT (TensorFlow)", NamingTests.keras)
        try check(folder, "original ALBERT (TensorFlow 1)", NamingTests.original)
        for wrapper in ["module.", "model.encoder.", "_orig_mod.module."] {
            try check(folder, "Hugging Face ALBERT (PyTorch)") {
                Named(name: wrapper + $0.name, shape: $0.shape, values: $0.values)
            }
        }
        try check(folder, "original ALBERT (TensorFlow 1)") { tensor in
            var result = NamingTests.original(tensor)
            result.name = "module/" + result.name
            return result
        }
    }

    @Test func bert() throws {
        try check("bert-seqcls", "Hugging Face BERT (Flax)", NamingTests.flax)
        try check("bert-seqcls", "Hugging Face BERT (TensorFlow)", NamingTests.keras)
        try check("bert-seqcls", "original BERT (TensorFlow 1)", NamingTests.original)
        try check("bert-seqcls", "Hugging Face BERT (PyTorch)") { tensor in
            var result = tensor
            // Names of LayerNorm before transformers 1.0.
            if tensor.name.contains("LayerNorm.") {
                result.name = tensor.name.replacingOccurrences(of: "LayerNorm.weight", with: "LayerNorm.gamma")
                    .replacingOccurrences(of: "LayerNorm.bias", with: "LayerNorm.beta")
            }
            return result
        }
    }

    /// A checkpoint packed by itself, one named by its prefix, and one named by its data.
    @Test func opensWhatPeopleName() throws {
        let original = Zoo.directory + "/tf1/finetuned_qa/model.ckpt-7299"
        #expect(try Importer.open(path: original).card.heads == [.questionAnswering])
        #expect(try Importer.open(path: original + ".data-00000-of-00001").card.heads == [.questionAnswering])
        let folder = try TestData.temporaryDirectory()
        for name in ["model.safetensors", "config.json"] {
            try FileManager.default.copyItem(
                atPath: Zoo.directory + "/safetensors/base-qa/" + name, toPath: folder + "/" + name)
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", folder + "/model.safetensors"]
        try process.run()
        process.waitUntilExit()
        let source = try Importer.open(path: folder + "/model.safetensors.gz")
        try source.verify()
        #expect(source.card.heads == [.questionAnswering])
    }
}
