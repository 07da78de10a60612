import AlbitExporters
import AlbitModel
import AlbitText
import TestData
import Testing

/// What a format has no room for.
@Suite struct SizeTests {
    /// A model of more numbers than there are bytes in a protobuf message, none of which is ever asked for.
    private final class Huge: ParameterSource {
        let configuration = Configuration(
            architecture: .albert, vocabSize: 2_000_000, embeddingSize: 512, hiddenSize: 512, intermediateSize: 512,
            numAttentionHeads: 8, numHiddenLayers: 1, numHiddenGroups: 1, innerGroupNum: 1, hiddenAct: .gelu,
            maxPositionEmbeddings: 64, typeVocabSize: 2, layerNormEps: 1e-12)
        func shape(of parameter: Parameter) -> [Int]? { parameter.shape(configuration) }
        func read(
            _ parameter: Parameter, elements range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
        ) throws(Fault) { Issue.record("\(parameter) is read") }
    }

    @Test func onnxHasTwoGigabytes() throws {
        let path = try TestData.temporaryDirectory() + "/huge.onnx"
        let found = fault { try ONNXExporter.write(Huge(), name: "huge", weights: .float, to: path, overwrite: false) }
        #expect(found.isA(.exportTooLarge, "external data"), "\(String(describing: found))")
    }
}
