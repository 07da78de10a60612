import AlbitText
import Foundation
import TestData
import Testing

/// `albit verify` and the gates of `quantize` through the command line, for the heads beside classification.
/// Scripts/golden-verify.py made data and metrics with transformers, seqeval and the rules of the SQuAD script.
@Suite struct VerifyTests {
    struct Golden {
        let lines: [String]
        let labels: [String]
        let metrics: [String: Double]

        init(_ name: String) throws {
            let path = TestData.directory + "/../AlbitDriftTests/Verify.json"
            let root = try #require(
                JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any])
            let part = try #require(root[name] as? [String: Any])
            lines = try #require(part["data"] as? [[String: Any]]).map {
                String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
            }
            labels = part["labels"] as? [String] ?? []
            metrics = try #require(part["metrics"] as? [String: Double])
        }
    }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = try TestData.temporaryDirectory() + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// What transformers' float32 model is worth is what Albit's is worth, and int8 is not far.
    @Test(arguments: [
        ("tagging", "base-tokcls", 1e-9), ("answering", "base-qa", 1e-9), ("maskedWords", "base-pretraining", 1e-4),
    ])
    func metricsOfEveryHead(_ name: String, _ model: String, _ tolerance: Double) throws {
        let golden = try Golden(name)
        let source = Zoo.directory + "/safetensors/" + model
        var options = ["--tokenizer", Zoo.directory + "/tokenizers/hf/tokenizer.json"]
        if !golden.labels.isEmpty {
            options += ["--labels", try write(golden.labels.joined(separator: "\n") + "\n", "labels.txt")]
        }
        let data = try write(golden.lines.joined(separator: "\n") + "\n", "data.jsonl")
        let int8 = try TestData.temporaryDirectory() + "/int8.gguf"
        let made = try BuiltProgram.desktop.run(["quantize", source, "-o", int8] + options)
        #expect(made.code == 0, "\(made.errors)")
        let outcome = try BuiltProgram.desktop.run(["verify", source, int8, "--data", data, "--json"] + options)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let report = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(report["examples"] as? Int == golden.lines.count)
        let metrics = try #require(report["metrics"] as? [[String: Any]])
        #expect(Set(metrics.compactMap { $0["name"] as? String }).isSuperset(of: golden.metrics.keys))
        for metric in metrics {
            let (key, found) = (try #require(metric["name"] as? String), try #require(metric["reference"] as? Double))
            guard let expected = golden.metrics[key] else { continue }
            // A pseudo-perplexity is made of float32 sums in another order; the others count answers.
            #expect(abs(found - expected) <= tolerance * abs(expected), "\(key): \(found), transformers \(expected)")
        }
        // Random weights answer close calls, so some answers may differ; most must not.
        #expect(try #require(report["agreement"] as? Double) >= 75)
        let hidden = try #require(report["hidden"] as? [String: Any])
        #expect(try #require(hidden["relativeL2"] as? Double) < 0.05)
    }

    static let sample = TestData.samples + "/albert-tiny-sst2"

    /// A drop that holds from the start: nothing is raised. With an error that cannot be had: exit 1, the reason with
    /// both figures, and no file. (That a drop alone fails is `ComparisonTests.aDropIsMeasured`.)
    @Test func aDropIsAGate() throws {
        let folder = try TestData.temporaryDirectory()
        // Labels by the model's own float32 answers: it is right everywhere, so int8 can only drop.
        let texts = try String(contentsOfFile: Self.sample + "/eval.tsv", encoding: .utf8).split(separator: "\n")
            .dropFirst()
            .prefix(120).map { String($0.split(separator: "\t")[0]) }
        let answers = try BuiltProgram.desktop.run(["classify", Self.sample, "--json"] + ["--"] + texts)
        let labels = answers.output.split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["label"] as? String
        }
        try #require(labels.count == texts.count)
        let data = try write("text\tlabel\n" + zip(texts, labels).map { "\($0)\t\($1)\n" }.joined(), "own.tsv")
        let holds = try BuiltProgram.desktop.run([
            "quantize", Self.sample, "-o", folder + "/holds.gguf", "--max-drop", "2", "--data", data, "--json",
        ])
        #expect(holds.code == 0, "\(holds.errors)")
        let verified = try BuiltProgram.desktop.run([
            "verify", Self.sample, folder + "/holds.gguf", "--data", data, "--max-drop", "2", "--json",
        ])
        #expect(verified.code == 0, "\(verified.errors)")
        let report = try #require(JSONSerialization.jsonObject(with: Data(verified.output.utf8)) as? [String: Any])
        #expect(report["reference"] as? Double == 100)

        let fails = try BuiltProgram.desktop.run([
            "quantize", Self.sample, "-o", folder + "/fails.gguf", "--max-drop", "0", "--max-error", "0", "--data",
            data,
        ])
        #expect(
            FaultCode.precisionNotFound.exitCode == .check && fails.code == 1
                && fails.errors.contains("no precision keeps the limit")
                && fails.errors.contains("accuracy drops from 100.00 % to"), "\(fails.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/fails.gguf"))
    }

    /// The search raises what it must, the file keeps what was promised, and the same data make the same file.
    @Test func anErrorIsAGateToo() throws {
        let folder = try TestData.temporaryDirectory()
        let limit = 0.002
        for (name, threads) in [("a", "1"), ("b", "2")] {
            let made = try BuiltProgram.desktop.run([
                "quantize", Self.sample, "-o", folder + "/" + name, "--max-error", "\(limit)", "--threads", threads,
                "--json",
            ])
            #expect(made.code == 0, "\(made.errors)")
            let summary = try #require(JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any])
            let precision = try #require(summary["precision"] as? [String: Any])
            #expect(try #require(precision["errorBefore"] as? Double) > limit)
            #expect(try #require(precision["error"] as? Double) <= limit)
            #expect(try #require(precision["raised"] as? Int) < 20)
        }
        #expect(FileManager.default.contentsEqual(atPath: folder + "/a", andPath: folder + "/b"))
    }
}
