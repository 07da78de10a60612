import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import Foundation
import TestData
import Testing

/// One model as a checkpoint and as graphs of two exporters gives one int8 file.
struct GraphFileTests {
    /// Bytes of every tensor, and every key outside `albit.source.`, of a file made with calibration.
    private static func content(_ path: String) throws -> (tensors: [String: Data], keys: [String: String]) {
        let source = try Importer.open(path: Zoo.directory + "/" + path)
        var request = QuantizationRequest()
        request.threads = 2
        request.card = source.card
        request.card.origin = ModelOrigin(file: path, format: source.report.format, digest: try source.sha256())
        request.calibration = (0..<4).map { seed in
            let ids: [Int32] = (0..<20).map { position in Int32(((position + 1) * 7919 + seed * 104_729) % 1000) }
            return EncoderInput(ids: ids)
        }
        let file = try TestData.temporaryDirectory() + "/model.gguf"
        try Quantizer(source: source, request: request).write(to: file, overwrite: false).finish()
        let gguf = try GGUF(file: try MappedFile(path: file))
        var tensors: [String: Data] = [:]
        for tensor in gguf.tensors { tensors[tensor.name] = Data(Array(gguf.bytes(of: tensor))) }
        var keys: [String: String] = [:]
        for (key, value) in gguf.metadata where !key.hasPrefix("albit.source.") {
            keys[key] =
                switch value {
                case .array(let array): "\(array.count) " + Data(Array(array.bytes)).base64EncodedString()
                case .string(let bytes): String(decoding: bytes, as: UTF8.self)
                default: "\(value)"
                }
        }
        return (tensors, keys)
    }

    @Test func exportersGiveTheSameFile() throws {
        // 13 copies of the square weights; one copy behind Identity nodes; without deduplication; by way of TensorFlow.
        try compare(
            "torch/hf441_base-seqcls",
            [
                "onnx/t215/dynamo_default_dynshape_seqcls.onnx", "onnx/t215/legacy_op14_seqcls.onnx",
                "onnx/other/legacy_nodedup_seqcls.onnx",
                "onnx/other/tf2onnx_hf_savedmodel.onnx",
            ])
        try compare(
            "safetensors/base-pretraining",
            [
                "onnx/t215/legacy_op13_pretraining.onnx", "onnx/other/tf2onnx_frozen_base_op13.onnx",
            ])
    }

    private func compare(_ checkpoint: String, _ graphs: [String]) throws {
        let expected = try Self.content(checkpoint)
        #expect(expected.tensors.count > 10)
        for path in graphs {
            let found = try Self.content(path)
            #expect(found.tensors.keys.sorted() == expected.tensors.keys.sorted(), "\(path)")
            for (name, bytes) in expected.tensors { #expect(found.tensors[name] == bytes, "\(path): \(name)") }
            #expect(found.keys == expected.keys, "\(path)")
        }
    }
}
