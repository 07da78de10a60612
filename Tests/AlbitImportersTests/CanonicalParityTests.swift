import AlbitImporters
import AlbitModel
import TestData
import Testing

/// One model in many formats: the canonical parameters have to be the same bits as from safetensors.
@Suite struct CanonicalParityTests {
    /// Reference sources by variant, keyed by parameter; heads come from several files of one backbone.
    private static func reference(_ paths: [String]) throws -> [Parameter: [UInt32]] {
        var result: [Parameter: [UInt32]] = [:]
        for path in paths {
            let source = try Importer.open(path: Zoo.directory + "/" + path)
            for parameter in source.parameters where parameter.module != .classifier && result[parameter] == nil {
                result[parameter] = try source.values(of: parameter).map(\.bitPattern)
            }
        }
        return result
    }

    private static let references: [String: [String]] = [
        "base": ["safetensors/base-pretraining", "safetensors/base-qa"],
        "base-f16": ["safetensors/base-pretraining-f16"], "base-bf16": ["safetensors/base-pretraining-bf16"],
        "g2": ["safetensors/g2-pretraining"], "gelu": ["safetensors/gelu-pretraining"],
        "inner2": ["flax/inner2-pretraining"],
    ]

    /// The reference of a row: narrow types have their own goldens.
    private func key(_ row: Zoo.Row) -> String {
        for type in ["bf16", "f16"] where row.golden?.contains("base-" + type) == true { return "base-" + type }
        return row.variant
    }

    @Test(arguments: ["safetensors", "torch", "tf1", "flax", "keras"])
    func everyFormatGivesTheSameBits(group: String) throws {
        var references: [String: [Parameter: [UInt32]]] = [:]
        var rows = 0
        var tensors = 0
        for row in Zoo.rows(group)
        where row.expected.hasPrefix("import") && row.variant != "bert" && !row.format.contains("GraphDef") {
            do {
                let source = try ZooImport.open(row)
                if references[key(row)] == nil {
                    references[key(row)] = try CanonicalParityTests.reference(
                        CanonicalParityTests.references[key(row)] ?? [])
                }
                let reference = references[key(row)] ?? [:]
                for parameter in source.parameters {
                    guard let expected = reference[parameter] else { continue }
                    // TensorFlow computes these with a bias of zeros, whatever PyTorch's names hold: see
                    // formats/keras.md.
                    if row.path.contains("zero_decoder_bias") && parameter == .predictionBias { continue }
                    let found = try source.values(of: parameter).map(\.bitPattern)
                    #expect(found == expected, "\(row): \(parameter)")
                    tensors += 1
                }
                rows += 1
            } catch {
                print("FAIL", row, error)
                Issue.record("\(row): \(error)")
            }
        }
        print("canonical parity, \(group): \(rows) rows, \(tensors) tensors equal bit for bit")
        #expect(rows > 0)
    }
}
