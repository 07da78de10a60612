import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitImporters

/// What is wrong with files that open, but hold something else than a model's weights.
@Suite struct ImportFaultTests {
    /// The base model of the zoo in a folder, with its weights changed.
    private func folder(_ change: (_ header: String, _ bytes: inout [UInt8]) throws -> Void) throws -> String {
        let folder = try TestData.temporaryDirectory()
        let model = Zoo.directory + "/safetensors/base-model"
        var bytes = try TestData.bytes(atPath: model + "/model.safetensors")
        let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        try change(String(decoding: bytes[8..<(8 + length)], as: UTF8.self), &bytes)
        try Data(bytes).write(to: URL(filePath: folder + "/model.safetensors"))
        try FileManager.default.copyItem(atPath: model + "/config.json", toPath: folder + "/config.json")
        return folder
    }

    @Test func numbersThatAreNone() throws {
        let path = try folder { header, bytes in
            // The first element of the word embedding becomes NaN.
            let name = try #require(header.firstRange(of: "word_embeddings.weight"))
            let offsets = try #require(header[name.upperBound...].firstRange(of: "\"data_offsets\":["))
            let begin = try #require(Int(header[offsets.upperBound...].prefix { $0.isNumber }))
            let place = 8 + header.utf8.count + begin
            bytes.replaceSubrange(place..<(place + 4), with: [0, 0, 0xC0, 0x7F])
        }
        let found = fault { try Importer.open(path: path).verify() }
        #expect(found.isA(.importNotFinite, "word_embeddings", "element 0"), "\(String(describing: found))")
    }

    /// TensorFlow's `:0` means nothing, so two names are one: the tensors have to be the same.
    @Test func copiesThatDiffer() throws {
        let path = try folder { header, bytes in
            let entry = try #require(
                header.firstMatch(
                    of: /"([^"]*embeddings\.LayerNorm\.bias)":\{"dtype":"F32","shape":\[(\d+)\]/))
            let count = try #require(Int(entry.2))
            let data = bytes[(8 + header.utf8.count)...]
            let added =
                header[...(try #require(header.lastIndex(of: "}")))].dropLast()
                + ",\"\(entry.1):0\":{\"dtype\":\"F32\",\"shape\":[\(count)],\"data_offsets\":"
                + "[\(data.count),\(data.count + 4 * count)]}}"
            let length = (0..<8).map { UInt8(truncatingIfNeeded: added.utf8.count >> (8 * $0)) }
            bytes = length + Array(added.utf8) + data + [UInt8](repeating: 0x3F, count: 4 * count)
        }
        let found = fault { try Importer.open(path: path) }
        #expect(found.isA(.importCopiesDiffer, "LayerNorm.bias:0"), "\(String(describing: found))")
    }

    @Test func noTransformer() throws {
        let header = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let file = MemoryBytes(
            [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0, 0, 0, 0], path: "a")
        let found = fault {
            try Importer.open(file, name: "a", tree: DirectoryTree(path: "."), options: ImportOptions())
        }
        #expect(found.isA(.importNoTransformer, "1"), "\(String(describing: found))")
    }

    @Test func picklesOfSomethingElse() {
        // Protocol 2, None, stop.
        #expect(fault { try PyTorch.read(legacy: MemoryBytes([0x80, 2, 0x4E, 0x2E], path: "p")) }.isA(.torchNotTorch))
    }

    @Test func sizesThatLie() {
        #expect(
            fault { try MemoryBytes([1, 2, 3], path: "b").bytes(count: 3, what: "it", limit: 2) }
                .isA(.fileTooLarge, "3", "2"))
    }
}
