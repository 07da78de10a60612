import AlbitModel
import AlbitRuntime
import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitImporters

/// Adapters, other families, odd configurations, folders in folders: right as transformers and peft are, or refused.
@Suite struct CheckpointCaseTests {
    private static func options(_ row: CheckpointCases.Row) -> ImportOptions {
        ImportOptions(adapter: row.adapter.map { CheckpointCases.directory + "/" + $0 })
    }

    @Test func allAreThere() {
        #expect(CheckpointCases.rows.count == 48)
        #expect(CheckpointCases.rows.allSatisfy { ($0.outputs == nil) != ($0.fault == nil) })
    }

    @Test(arguments: CheckpointCases.rows.filter { $0.outputs != nil })
    func outputsAgree(row: CheckpointCases.Row) throws {
        let source = try Importer.open(path: row.path, options: Self.options(row))
        let session = try Session(weights: try EncoderWeights(source))
        let ids = try #require(row.ids)
        let types = try #require(row.types)
        let input = EncoderInput(ids: ids, typeIds: types, mask: [Bool](repeating: true, count: ids.count))
        let found = Dictionary(uniqueKeysWithValues: try ZooOutputs(session.encode([input]), source).values)
        for (name, expected) in try #require(row.outputs) {
            let distance = RelativeL2.between(try #require(found[name], "\(row): \(name)"), expected)
            #expect(distance <= GoldenParityTests.bound, "\(row): \(name) is \(distance) away")
        }
        let adapters = source.report.notes.count { $0.contains("LoRA") }
        #expect(adapters == (row.input.hasPrefix("lora-") ? 1 : 0), "\(row): \(source.report.notes)")
    }

    @Test(arguments: CheckpointCases.rows.filter { $0.fault != nil })
    func refused(row: CheckpointCases.Row) throws {
        let found = fault { try Importer.open(path: row.path, options: Self.options(row)) }
        let error = try #require(found, "\(row)")
        let code = try #require(Self.codes[row.fault ?? ""], "\(row)")
        #expect(error.isA(code, row.words), "\(row): \(error)")
    }

    private static let codes: [String: FaultCode] = [
        "importAdapterAlone": .importAdapterAlone, "importAdapterMismatch": .importAdapterMismatch,
        "importAdapterUnmerged": .importAdapterUnmerged, "importAdapterUnsupported": .importAdapterUnsupported,
        "importDistributed": .importDistributed, "importNoAdapter": .importNoAdapter,
        "importOtherFamily": .importOtherFamily, "importSeveralCheckpoints": .importSeveralCheckpoints,
        "importUnsupportedConfiguration": .importUnsupportedConfiguration,
        "importUnsupportedFormat": .importUnsupportedFormat,
    ]

    /// The head is the adapter's, whatever the base was saved with, and the updates are listed.
    @Test func anAdapterTellsItsTask() throws {
        let options = ImportOptions(adapter: CheckpointCases.directory + "/lora-apart/adapter")
        let folder = try ModelFolder(copy: CheckpointCases.directory + "/lora-apart/base")
        try folder.configure(["architectures": ["BertForSequenceClassification"]])
        let source = try Importer.open(path: folder.path, options: options)
        #expect(source.card.heads == [.tokenClassification])
        #expect(source.report.tensors.count { $0.name.contains("lora_A") } == 12)
        let read = try #require(source.report.readFiles.first { $0.path.hasSuffix("adapter_config.json") })
        #expect(read.used.contains("rank_pattern") && read.unknown.isEmpty)
    }

    /// Reading in pieces gives the bits of reading at once.
    @Test func mergedRowsAreReadInAnyPieces() throws {
        let source = try Importer.open(
            path: CheckpointCases.directory + "/lora-embedding/base",
            options: ImportOptions(adapter: CheckpointCases.directory + "/lora-embedding/adapter"))
        let whole = try source.values(of: .wordEmbeddings)
        var pieces: [Float] = []
        for start in stride(from: 0, to: whole.count, by: 7) {
            let range = start..<min(start + 7, whole.count)
            var part = [Float](repeating: 0, count: range.count)
            try part.withUnsafeMutableBufferPointer { try source.read(.wordEmbeddings, elements: range, into: $0) }
            pieces += part
        }
        #expect(pieces.map(\.bitPattern) == whole.map(\.bitPattern))
    }

    /// Every key of `adapter_config.json` that says another arithmetic is refused, the unknown with `--strict` only.
    @Test(arguments: [
        ("use_dora", "true"), ("use_qalora", "true"), ("use_bdlora", "true"), ("layer_replication", "[[0,1]]"),
        ("target_parameters", "[\"a\"]"), ("trainable_token_indices", "[1]"), ("init_lora_weights", "\"pissa\""),
        ("loftq_config", "{\"loftq_bits\":4}"), ("arrow_config", "{\"top_k\":3}"), ("alora_invocation_tokens", "[5]"),
        ("peft_type", "\"ADALORA\""), ("peft_type", "\"P_TUNING\""),
    ])
    func otherAdapters(key: String, value: String) throws {
        let folder = try ModelFolder(copy: CheckpointCases.directory + "/lora-beside")
        try folder.configure(
            [key: try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)],
            in: "adapter_config.json")
        let found = fault { try Importer.open(path: folder.path) }
        #expect(found.isA(.importAdapterUnsupported, key), "\(String(describing: found))")
    }

    @Test func adaptersThatDoNotFit() throws {
        func open(_ changes: [String: Any?], strict: Bool = false) throws -> Fault? {
            let folder = try ModelFolder(copy: CheckpointCases.directory + "/lora-beside")
            try folder.configure(changes, in: "adapter_config.json")
            return fault { try Importer.open(path: folder.path, options: ImportOptions(isStrict: strict)) }
        }
        #expect(try open(["r": 5]).isA(.importAdapterMismatch, "lora_A", "rank"))
        #expect(try open(["r": nil]).isA(.importBadConfiguration, "lora_alpha"))
        #expect(try open(["rank_pattern": ["(a+)+b": 4]]).isA(.importBadConfiguration, "(a+)+b"))
        #expect(try open(["rank_pattern": ["(": 4]]).isA(.importBadConfiguration, "rank_pattern"))
        #expect(try open(["temperature": 2]) == nil)
        #expect(try open(["temperature": 2], strict: true).isA(.importUnknownKey, "'temperature'"))
        let onGraph = fault {
            try Importer.open(
                path: Zoo.directory + "/onnx/other/optimum_qa",
                options: ImportOptions(adapter: CheckpointCases.directory + "/lora-apart/adapter"))
        }
        #expect(onGraph.isA(.importAdapterUnsupported, "graph"), "\(String(describing: onGraph))")
    }

    /// A link to the folder that it lies in leads nowhere.
    @Test func aTreeOfLinksEnds() throws {
        let folder = try TestData.temporaryDirectory()
        try FileManager.default.createSymbolicLink(atPath: folder + "/checkpoint-1", withDestinationPath: ".")
        #expect(fault { try Importer.open(path: folder) }.isA(.importNoCheckpoint))
    }
}
