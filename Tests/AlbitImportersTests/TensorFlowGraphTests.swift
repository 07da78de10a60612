import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitText
import Foundation
import TestData
import Testing

/// TensorFlow's graphs and TFLite files, run in float32 against the outputs of TensorFlow.
@Suite struct TensorFlowGraphTests {
    static let data = TestData.directory + "/tensorflow/"

    /// float16 files hold biases that the converter folded and then rounded to 2^-11; int8 runs round activations to
    /// 1/255 of their range, which the import of the weights does not.
    static func bound(_ name: String) -> Double {
        if name.contains("16") { return 1e-3 }
        if name.contains("int8") { return 0.15 }
        return GoldenParityTests.bound
    }

    /// Graphs of the zoo, without a configuration: all of it comes from the graph.
    @Test func zooAgrees() throws {
        let rows = Zoo.rows.filter { row in
            row.expected == "import-ok"
                && (row.format.contains("GraphDef") || row.path.hasSuffix("saved_model.pb") || row.group == "tflite")
        }
        var counts: [String: Int] = [:]
        var worst = 0.0
        var outputs = 0
        for row in rows {
            do {
                let source = try Importer.open(path: row.fullPath)
                #expect(source.configuration.hiddenAct == .geluNew, "\(row)")
                for (name, distance) in try GoldenParityTests.distances(row, source) {
                    #expect(distance <= TensorFlowGraphTests.bound(row.path), "\(row): \(name) is \(distance) away")
                    worst = max(worst, distance)
                    outputs += 1
                }
                counts[row.format, default: 0] += 1
            } catch { Issue.record("\(row): \(error)") }
        }
        print(
            """
            TensorFlow graphs: \(outputs) outputs of \
            \(counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }), worst \(worst)
            """
        )
        #expect(counts.values.reduce(0, +) == rows.count && rows.count >= 5)
    }

    /// With a configuration beside it, a frozen graph is matched by its names; both ways find the same weights.
    @Test func namesAndDataflowAgree() throws {
        let rows = Zoo.rows.filter { $0.format.contains("GraphDef") && $0.expected == "import-ok" }
        for row in rows {
            let named = try ZooImport.open(row)
            let walked = try Importer.open(path: row.fullPath)
            #expect(named.report.naming.contains("original ALBERT") && walked.report.naming == "dataflow")
            #expect(named.configuration == walked.configuration, "\(row)")
            #expect(named.card.heads == walked.card.heads, "\(row)")
            #expect(named.parameters == walked.parameters, "\(row)")
            for parameter in named.parameters {
                #expect(try named.values(of: parameter) == walked.values(of: parameter), "\(row): \(parameter)")
            }
        }
        #expect(rows.count >= 3)
    }

    /// Every way in which TensorFlow saves, with variables that have no names; archives are read in place.
    @Test(arguments: [
        ("v1.tar.gz", "golden"), ("frozen.pb.gz", "golden"), ("v2.tar.gz", "golden-v2"),
        ("float16.tflite.gz", "golden-float16"),
        ("int8.tflite.gz", "golden-int8"),
    ])
    func savedByTensorFlow(file: String, golden: String) throws {
        let source = try Importer.open(path: TensorFlowGraphTests.data + file)
        let configuration = source.configuration
        #expect(
            configuration.numAttentionHeads == 3 && configuration.numHiddenLayers == 2
                && configuration.numHiddenGroups == 1)
        #expect(configuration.hiddenAct == (file.hasPrefix("v2") ? .gelu : .geluNew))
        // 1e-6 is below what float16 holds exactly: its nearest value.
        #expect(abs(configuration.layerNormEps - 1e-6) <= (file.contains("16") ? 5e-8 : 0))
        #expect(source.card.heads == [.sequenceClassification])
        let found = try TensorFlowGraphTests.outputs(source, golden: golden)
        for (name, distance) in found {
            #expect(distance <= TensorFlowGraphTests.bound(file), "\(file): \(name) is \(distance) away")
        }
        print("\(file):", found.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
        #expect(found.contains { $0.0 == "seqcls_logits" })
    }

    @Test func findsTheTokenizerOfASavedModel() throws {
        let source = try Importer.open(path: TensorFlowGraphTests.data + "v1.tar.gz")
        #expect(source.tokenizerFiles.map(\.name) == ["vocab.txt"])
    }

    /// All parts of a SavedModel on disk, opened by its directory and by its file.
    @Test func opensADirectory() throws {
        let directory = try TestData.temporaryDirectory()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "xzf", TensorFlowGraphTests.data + "v2.tar.gz", "-C", directory]
        try process.run()
        process.waitUntilExit()
        let byDirectory = try Importer.open(path: directory)
        let byFile = try Importer.open(path: directory + "/saved_model.pb")
        #expect(byDirectory.configuration == byFile.configuration)
        #expect(try byDirectory.sha256() == byFile.sha256())
        try FileManager.default.removeItem(atPath: directory + "/variables/variables.index")
        do throws(Fault) {
            _ = try Importer.open(path: directory)
            Issue.record("opened without variables")
        } catch {
            guard error.isA(.tensorFlowNoVariables) else {
                Issue.record("\(error)")
                return
            }
        }
    }

    private static func outputs(_ source: AlbertSource, golden name: String) throws -> [(String, Double)] {
        let golden = try Golden(path: data + name + ".npz")
        let session = try Session(weights: try EncoderWeights(source))
        let ids = try #require(try golden.integers("input_ids"))
        let types = try #require(try golden.integers("token_type_ids"))
        let mask = try #require(try golden.integers("attention_mask"))
        let shape = try #require(try golden.shape("input_ids"))
        let batch = try session.encode(
            (0..<shape[0]).map { i in
                let range = (i * shape[1])..<((i + 1) * shape[1])
                return EncoderInput(
                    ids: ids[range].map(Int32.init), typeIds: types[range].map(Int32.init),
                    mask: mask[range].map { $0 != 0 })
            })
        var result: [(String, Double)] = []
        for (name, found) in try ZooOutputs(batch, source).values {
            guard var expected = try golden.values(name) else { continue }
            if name == "last_hidden_state" {
                let width = expected.count / mask.count
                expected = mask.indices.filter { mask[$0] != 0 }.flatMap { expected[($0 * width)..<(($0 + 1) * width)] }
            }
            result.append((name, RelativeL2.between(found, expected)))
        }
        return result
    }
}
