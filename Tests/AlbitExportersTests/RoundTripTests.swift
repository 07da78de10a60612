import AlbitExporters
import AlbitImporters
import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

/// What is exported and imported again is the same model, bit for bit.
@Suite struct RoundTripTests {
    /// Heads, groups, inner groups, BERT, another activation, half-precision sources.
    static let sources = [
        "safetensors/base-pretraining", "safetensors/base-qa", "safetensors/base-tokcls",
        "safetensors/base-pretraining-bf16",
        "safetensors/g2-pretraining", "flax/inner2-pretraining", "safetensors/bert-seqcls", "safetensors/gelu-model",
        "safetensors/base-mc",
    ]

    private func open(_ path: String) throws(Fault) -> AlbertSource { try Importer.open(path: path) }

    private func expectEqual(
        _ found: AlbertSource, _ source: AlbertSource, _ expected: (Float) -> Float = { $0 }
    ) throws {
        #expect(found.configuration == source.configuration)
        #expect(found.parameters == source.parameters)
        expectEqualAnswers(found.card, source.card)
        #expect(found.tokenizerFiles.map(\.name) == source.tokenizerFiles.map(\.name))
        #expect(found.tokenizerFiles.map(\.bytes) == source.tokenizerFiles.map(\.bytes))
        for parameter in source.parameters {
            #expect(found.shape(of: parameter) == source.shape(of: parameter), "\(parameter)")
            let values = try source.values(of: parameter)
            let wanted = (source.shape(of: parameter)?.count ?? 0) > 1 ? values.map(expected) : values
            #expect(try found.values(of: parameter).map(\.bitPattern) == wanted.map(\.bitPattern), "\(parameter)")
        }
    }

    /// All but what it was made from.
    private func expectEqualAnswers(_ found: ModelCard, _ card: ModelCard) {
        var found = found
        found.origin = card.origin
        #expect(found == card)
    }

    private func details(_ source: AlbertSource) throws -> GGUFDetails {
        var details = GGUFDetails(source.card)
        details.files = source.tokenizerFiles.map { ($0.name, $0.bytes) }
        return details
    }

    @Test(arguments: sources) func ggufOfFloats(_ path: String) throws {
        let source = try open(Zoo.directory + "/" + path)
        let output = try TestData.temporaryDirectory() + "/model.gguf"
        try GGUFExporter.write(source, details: details(source), precision: .f32, to: output, overwrite: false)
        let found = try open(output)
        #expect(found.report.ignored.isEmpty)
        try expectEqual(found, source)
    }

    /// Matrices round to the nearest half-precision number, vectors stay.
    @Test(arguments: ["safetensors/base-pretraining", "safetensors/bert-seqcls"]) func ggufOfHalves(
        _ path: String
    ) throws {
        let source = try open(Zoo.directory + "/" + path)
        let output = try TestData.temporaryDirectory() + "/model.gguf"
        try GGUFExporter.write(source, details: details(source), precision: .f16, to: output, overwrite: false)
        try expectEqual(try open(output), source) { Float(Float16($0)) }
    }

    @Test(arguments: sources) func safetensors(_ path: String) throws {
        let source = try open(Zoo.directory + "/" + path)
        let output = try TestData.temporaryDirectory()
        try SafetensorsExporter.write(source, to: output + "/model.safetensors", overwrite: false)
        let configuration = HuggingFaceConfiguration(
            configuration: source.configuration, card: source.card)
        try Data(configuration.text.utf8).write(to: URL(filePath: output + "/config.json"))
        for file in source.tokenizerFiles { try Data(file.bytes).write(to: URL(filePath: output + "/" + file.name)) }
        try expectEqual(try open(output), source)
    }
}
