import AlbitImporters
import AlbitModel
import AlbitRuntime
import Foundation
import TestData
import Testing

/// Attention as different exporters spell it (`Scripts/make-graph-forms.py`): the outputs are those of ONNX Runtime.
@Suite struct GraphFormsTests {
    private static let directory: String = {
        guard let scratch = try? TestData.temporaryDirectory() else { return "" }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "xJf", TestData.directory + "/graph-forms.tar.xz", "-C", scratch]
        guard (try? process.run()) != nil else { return "" }
        process.waitUntilExit()
        return scratch + "/graph-forms"
    }()

    @Test(arguments: ["sdpa", "packed_split", "packed_slice", "packed_5d", "keras", "prescaled", "swapped"])
    func outputsAgree(form: String) throws {
        let source = try Importer.open(path: GraphFormsTests.directory + "/" + form + ".onnx")
        #expect(
            source.configuration
                == Configuration(
                    vocabSize: 40, embeddingSize: 6, hiddenSize: 12, intermediateSize: 16, numAttentionHeads: 3,
                    numHiddenLayers: 2, hiddenAct: .gelu,
                    maxPositionEmbeddings: 20))
        let golden = try Golden(path: GraphFormsTests.directory + "/golden.npz")
        let ids = try #require(try golden.integers("input_ids"))
        let session = try Session(weights: try EncoderWeights(source))
        let sequence = try session.encode([EncoderInput(ids: ids.map(Int32.init))])[0]
        let distance = RelativeL2.between(sequence.lastHiddenState, try #require(try golden.values(form)))
        #expect(distance <= GoldenParityTests.bound, "\(form) is \(distance) away")
    }
}
