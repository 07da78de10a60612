import AlbitImporters
import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

/// What an import tells about a source, and what a person may say to it.
@Suite struct ReportTests {
    private func open(_ path: String, _ options: ImportOptions = ImportOptions()) throws(Fault) -> AlbertSource {
        try Importer.open(path: Zoo.directory + "/" + path, options: options)
    }

    /// The original archive, the PyTorch file and the safetensors file of one model give the same canonical bytes.
    @Test func oneModelInThreeFormatsIsOneModel() throws {
        let sources = try [
            open("safetensors/base-pretraining"), open("torch/hf441_base-pretraining"), open("tf1/albert_base.tar.gz"),
        ]
        for source in sources.dropFirst() {
            #expect(source.configuration == sources[0].configuration)
            #expect(source.parameters == sources[0].parameters)
            #expect(source.card.heads == sources[0].card.heads)
            for parameter in source.parameters {
                #expect(source.shape(of: parameter) == sources[0].shape(of: parameter))
                #expect(
                    try source.values(of: parameter).map(\.bitPattern)
                        == sources[0].values(of: parameter).map(\.bitPattern), "\(parameter)")
            }
        }
    }

    @Test func aliasesAndCopiesAreMerged() throws {
        let torch = try open("torch/hf441_base-mlm")
        #expect(
            torch.report.merged.contains(
                .init(
                    kept: "albert.embeddings.word_embeddings.weight", duplicates: ["predictions.decoder.weight"])))
        #expect(torch.report.merged.contains(.init(kept: "predictions.decoder.bias", duplicates: ["predictions.bias"])))
        let keras = try open("keras/base-pretraining")
        #expect(keras.report.merged.contains { $0.kept.hasSuffix("word_embeddings/weight:0") })
        #expect(keras.report.uniqueBytes < keras.report.storedBytes)
    }

    @Test func namesTheFamilyAndTheRoot() throws {
        let nested = try open("torch/nested_dataparallel")
        #expect(nested.report.root == "state_dict.module.albert")
        #expect(nested.report.naming == "Hugging Face ALBERT (PyTorch)")
        #expect(nested.report.format == "PyTorch zip")
        let original = try open("tf1/finetuned_seqcls")
        #expect(original.report.naming == "original ALBERT (TensorFlow 1)")
        #expect(original.card.heads == [.sequenceClassification])
        #expect(original.card.labels == ["LABEL_0", "LABEL_1", "LABEL_2"])
    }

    private func file(_ text: String) throws -> String {
        let path = try TestData.temporaryDirectory() + "/labels.txt"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test func aPersonNamesTheLabels() throws {
        #expect(
            try open("safetensors/base-tokcls", ImportOptions(labels: file("O\nB-PER\r\nI-PER\nB-LOC\nI-LOC\n"))).card
                .labels
                == ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
        // A byte-order mark is no part of a label, and the configuration's own names no longer matter.
        let folder = try TestData.temporaryDirectory()
        let config = try String(contentsOfFile: Zoo.directory + "/safetensors/base-tokcls/config.json", encoding: .utf8)
        try Data(config.replacing("\"4\": \"LABEL_4\"", with: "\"4\": \"LABEL_4\", \"5\": \"LABEL_5\"").utf8)
            .write(to: URL(filePath: folder + "/config.json"))
        #expect(
            try open(
                "safetensors/base-tokcls",
                ImportOptions(config: folder + "/config.json", labels: file("\u{FEFF}a\nb\nc\nd\ne"))
            ).card.labels
                == ["a", "b", "c", "d", "e"])
        let wrong: [(String, FaultCode, String)] = [
            ("O\nB\n", .importLabelFileCount, "names 2 labels, but the classifier has 5 rows"),
            ("O\n\nB\n", .importBadLabel, "line 2"), ("O\nB\nO\n", .importBadLabel, "repeats 'O'"),
            ("", .importLabelFileCount, "names 0 labels"),
        ]
        for (text, code, message) in wrong {
            let found = fault { try open("safetensors/base-tokcls", ImportOptions(labels: file(text))) }
            #expect(found.isA(code, message), "\(String(describing: found))")
        }
        let latin = try file("")
        try Data([0x4F, 0x0A, 0xE9, 0x0A]).write(to: URL(filePath: latin))
        let notText = fault { try open("safetensors/base-tokcls", ImportOptions(labels: latin)) }
        #expect(notText.isA(.importBadLabel, "line 2"))
        let headless = fault { try open("safetensors/base-model", ImportOptions(labels: file("O\n"))) }
        #expect(headless.isA(.importLabelFileCount, "the classifier has 0 rows"))
    }

    /// A configuration of another model than the weights'.
    @Test func labelsOfAnotherModelAreAnError() throws {
        let folder = try TestData.temporaryDirectory()
        let config = try String(contentsOfFile: Zoo.directory + "/safetensors/base-tokcls/config.json", encoding: .utf8)
        try Data(config.replacing("\"4\": \"LABEL_4\"", with: "\"4\": \"LABEL_4\", \"5\": \"LABEL_5\"").utf8)
            .write(to: URL(filePath: folder + "/config.json"))
        let error = fault {
            try open("safetensors/base-tokcls", ImportOptions(config: folder + "/config.json"))
        }
        #expect(error.isA(.importLabelCount, "6", "5"))
    }

    /// The digest is that of the file a person has, and on a thread of its own the same; also where an archive lies in
    /// another.
    @Test func theDigestIsThatOfTheFile() throws {
        let folder = try TestData.temporaryDirectory()
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            set -e; cd '\(folder)'; mkdir outer
            tar cf outer/pytorch_model.bin -C '\(Zoo.directory)/safetensors/base-model' .
            tar czf twice.tar.gz outer; tar cf plain.tar -C '\(Zoo.directory)/safetensors' base-model
            """,
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let expected = try open("safetensors/base-model")
        for path in [
            folder + "/twice.tar.gz", folder + "/plain.tar",
            Zoo.directory + "/safetensors/base-model/model.safetensors",
        ] {
            let digest = try SHA256.hexDigest(of: TestData.bytes(atPath: path))
            let source = try Importer.open(path: path)
            let parallel = SourceDigest(source)
            for parameter in expected.parameters {
                #expect(
                    try source.values(of: parameter).map(\.bitPattern)
                        == expected.values(of: parameter).map(\.bitPattern), "\(parameter)")
            }
            #expect(try parallel.hexDigest() == digest && source.sha256() == digest, "\(path)")
        }
    }

    @Test func infersWhatThePublishedModelsTell() throws {
        let config = URL(filePath: TestData.samples + "/albert-tiny-sst2/model.safetensors")
        let folder = try TestData.temporaryDirectory()
        try FileManager.default.copyItem(at: config, to: URL(filePath: folder + "/model.safetensors"))
        let source = try Importer.open(path: folder)
        #expect(source.configuration.numHiddenLayers == 4)
        #expect(source.configuration.numAttentionHeads == 12)
        guard case .inferred(let rule) = source.report.configuration else {
            Issue.record("inferred")
            return
        }
        #expect(rule.contains("albert-tiny"))
        #expect(source.tokenizerFiles.isEmpty)
    }

    @Test func asksForAConfigurationWhereNothingTells() throws {
        do throws(Fault) {
            _ = try open("safetensors/direct/no_metadata.safetensors")
            Issue.record("expected an error")
        } catch {
            guard error.isA(.importConfigurationUnknown) else {
                Issue.record("\(error)")
                return
            }
            #expect(error.description.contains("--config"))
        }
    }

    @Test func choosesAmongSeveralTransformers() throws {
        // Two encoders in one checkpoint, as contrastive models have them.
        let folder = try TestData.temporaryDirectory()
        let original = try TestData.bytes(atPath: Zoo.directory + "/safetensors/base-model/model.safetensors")
        let length = original[0..<8].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        let size = original.count - 8 - length
        let header = try #require(
            JSONSerialization.jsonObject(with: Data(original[8..<(8 + length)])) as? [String: Any])
        var both: [String: Any] = [:]
        for (name, value) in header where name != "__metadata__" {
            guard var entry = value as? [String: Any], let offsets = entry["data_offsets"] as? [Int] else { continue }
            both["question." + name] = entry
            entry["data_offsets"] = offsets.map { $0 + size }
            both["passage." + name] = entry
        }
        let text = try JSONSerialization.data(withJSONObject: both)
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + [UInt8](text)
        bytes += original[(8 + length)...] + original[(8 + length)...]
        try Data(bytes).write(to: URL(filePath: folder + "/model.safetensors"))
        try FileManager.default.copyItem(
            atPath: Zoo.directory + "/safetensors/base-model/config.json", toPath: folder + "/config.json")

        do throws(Fault) {
            _ = try Importer.open(path: folder)
            Issue.record("expected an error")
        } catch {
            #expect(error.isA(.importSeveralTransformers, "'passage', 'question'"), "\(error)")
        }
        let source = try Importer.open(path: folder, options: ImportOptions(root: "question"))
        #expect(source.report.root == "question")
        #expect(source.report.ignored.allSatisfy { $0.reason.contains("outside the transformer") })
        #expect(source.report.ignored.count == source.parameters.count)
        let missing = fault { try Importer.open(path: folder, options: ImportOptions(root: "answer")) }
        #expect(missing.isA(.importNoSuchRoot, "'answer'"))
    }

    @Test func pointersAndEmptyPlacesHaveTheirErrors() throws {
        for row in Zoo.rows where row.path.hasPrefix("bad/not_weights/") {
            guard (ZooImport.refusal(of: row).error).isA(.importLargeFilePointer) else {
                Issue.record("\(row)")
                return
            }
        }
        let folder = try TestData.temporaryDirectory()
        func failure(_ path: String) -> Fault? {
            do throws(Fault) {
                _ = try Importer.open(path: path)
                return nil
            } catch { return error }
        }
        guard failure(folder + "/nothing").isA(.importNothingThere) else {
            Issue.record("nothingThere")
            return
        }
        guard failure(folder).isA(.importNoCheckpoint) else {
            Issue.record("noCheckpoint")
            return
        }
        try Data("hello".utf8).write(to: URL(filePath: folder + "/a.bin"))
        guard failure(folder).isA(.importUnknownFormat) else {
            Issue.record("unknownFormat")
            return
        }
        try Data("hello".utf8).write(to: URL(filePath: folder + "/b.bin"))
        guard failure(folder).isA(.importSeveralCheckpoints) else {
            Issue.record("severalCheckpoints")
            return
        }
    }

    @Test func saysThatAnUnknownTensorMayMatter() throws {
        let source = try open("bad/model/unknown_extra_tensor")
        let note = try #require(source.report.notes.first)
        #expect(note.contains("'adapter.lora_A.weight'"))
        #expect(try open("torch/hf441_base-qa").report.notes.isEmpty)
    }

    @Test func digestIsThatOfTheFile() throws {
        let row = try #require(Zoo.rows.first { $0.path == "tf1/albert_base.tar.gz" })
        let manifest = try #require(
            try JSONSerialization.jsonObject(with: Data(TestData.bytes(atPath: Zoo.directory + "/MANIFEST.json")))
                as? [String: Any])
        let files = try #require(manifest["files"] as? [[String: Any]])
        let expected = files.first { $0["path"] as? String == row.path }?["sha256"] as? String
        #expect(try ZooImport.open(row).sha256() == expected)
    }
}
