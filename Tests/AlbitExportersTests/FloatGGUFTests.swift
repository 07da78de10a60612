import AlbitExporters
import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitText
import Foundation
import TestData
import Testing

/// What is wrong with a GGUF file as a source is said, and what cannot be exported too.
@Suite struct FloatGGUFTests {
    private func exported(
        _ precision: GGUFExporter.Precision = .f32, _ change: (inout GGUFDetails) -> Void = { _ in }
    ) throws -> String {
        let output = try TestData.temporaryDirectory() + "/model.gguf"
        let source = try Importer.open(path: Zoo.directory + "/safetensors/base-model")
        var details = GGUFDetails(ModelCard())
        change(&details)
        try GGUFExporter.write(
            source, details: details, precision: precision, to: output, overwrite: false)
        return output
    }

    private func failure(_ path: String, _ options: ImportOptions = ImportOptions()) -> Fault? {
        fault { try Importer.open(path: path, options: options).verify() }
    }

    @Test func flippedByteIsNoticed() throws {
        let path = try exported()
        var bytes = try TestData.bytes(atPath: path)
        bytes[bytes.count - 70] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        guard failure(path).isA(.ggufWrongChecksum, path) else {
            Issue.record("wrongChecksum")
            return
        }
    }

    @Test func int8IsNoSource() throws {
        var bytes = try TestData.bytes(atPath: try exported(.f32) { $0.card.name = "f32" })
        // The value of albit.weights, in place: no other bytes change.
        let key = Array("albit.weights".utf8)
        let start =
            try #require((0..<(bytes.count - key.count)).first { Array(bytes[$0..<($0 + key.count)]) == key })
            + key.count
        #expect(Array(bytes[(start + 12)..<(start + 15)]) == Array("f32".utf8))
        bytes.replaceSubrange((start + 4)..<(start + 15), with: [4, 0, 0, 0, 0, 0, 0, 0] + Array("int8".utf8))
        let path = try TestData.temporaryDirectory() + "/int8.gguf"
        // One byte longer: a name one byte shorter keeps all offsets, so the file is made again with it.
        let name = Array("general.name".utf8)
        let place =
            try #require((0..<(bytes.count - name.count)).first { Array(bytes[$0..<($0 + name.count)]) == name })
            + name.count
        bytes.replaceSubrange((place + 4)..<(place + 15), with: [2, 0, 0, 0, 0, 0, 0, 0] + Array("f3".utf8))
        try Data(bytes).write(to: URL(filePath: path))
        guard failure(path).isA(.ggufQuantized, path) else {
            Issue.record("quantized")
            return
        }
    }

    @Test func insideAnArchive() throws {
        let bytes = try TestData.bytes(atPath: try exported())
        let found = fault {
            try Importer.open(
                MemoryBytes(bytes, path: "model.gguf"), name: "model.gguf", tree: DirectoryTree(path: "."),
                options: ImportOptions())
        }
        #expect(found.isA(.ggufInsideArchive) && found?.file == "model.gguf")
    }

    @Test func namesThatLeadAway() throws {
        let path = try exported { $0.files = [("../spiece.model", [1])] }
        guard failure(path).isA(.modelBadValue, "'albit.files.names'") else {
            Issue.record("badValue")
            return
        }
    }

    @Test func headThatIsNotThere() throws {
        let path = try exported()
        guard failure(path, ImportOptions(head: .questionAnswering)).isA(.importNoSuchHead) else {
            Issue.record("noSuchHead")
            return
        }
    }

    /// The board's program runs int8 only, and says what to do.
    @Test func floatsAreNotRun() throws {
        let model = try ModelFile(path: try exported())
        do throws(Fault) {
            _ = try EncoderWeights(model)
            Issue.record("ran")
        } catch {
            guard error.isA(.modelBadValue, "'albit.weights'") else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func valuesBeyondHalfPrecision() throws {
        let folder = try TestData.temporaryDirectory()
        var bytes = try TestData.bytes(atPath: Zoo.directory + "/safetensors/base-model/model.safetensors")
        let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = String(decoding: bytes[8..<(8 + length)], as: UTF8.self)
        // The first element of the word embedding becomes 1e6.
        let name = try #require(header.range(of: "word_embeddings.weight"))
        let offsets = try #require(header[name.upperBound...].firstRange(of: "\"data_offsets\":["))
        let begin = try #require(Int(header[offsets.upperBound...].prefix { $0.isNumber }))
        bytes.replaceSubrange(
            (8 + length + begin)..<(8 + length + begin + 4), with: withUnsafeBytes(of: Float(1e6)) { Array($0) })
        try Data(bytes).write(to: URL(filePath: folder + "/model.safetensors"))
        try FileManager.default.copyItem(
            atPath: Zoo.directory + "/safetensors/base-model/config.json", toPath: folder + "/config.json")
        do {
            let source = try Importer.open(path: folder)
            try GGUFExporter.write(
                source, details: GGUFDetails(ModelCard()), precision: .f16, to: folder + "/model.gguf", overwrite: false
            )
            Issue.record("written")
        } catch {
            #expect(error.isA(.exportBeyondHalf, "65504"), "\(error)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                "config.json", "model.safetensors",
            ])
    }
}
