import AlbitText
import Foundation
import Testing

/// `quantize` says what it did, and `encode` takes texts as well as ids, on both programs alike.
struct QuantizeAndEncodeTests {
    private func withModel(_ body: (_ path: String, _ summary: JSONValue) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let made = try BuiltProgram.desktop.run(["quantize", BuiltProgram.sample, "-o", path, "--preset", "plain", "--json"])
        #expect(made.code == 0, "\(made.errors)")
        try body(path, JSONValue(parsing: made.output))
    }

    @Test func quantizeListsWhatItUsed() throws {
        try withModel { path, summary in
            let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            #expect(summary["fileBytes"]?.integer == bytes)
            #expect(summary["used"]?.array?.count == 27)
            #expect(summary["ignored"]?.array?.count == 0)
            #expect(summary["calibration"]?.isNull == true)
        }
    }

    @Test func encodeTakesTexts() throws {
        try withModel { path, _ in
            let words = try BuiltProgram.desktop.run(["tokenize", path, "a charming film", "--json"])
            let ids = try JSONValue(parsing: words.output)["ids"]?.array?.compactMap(\.integer) ?? []
            #expect(ids.count == 5)
            let byIds = try BuiltProgram.desktop.run(["encode", path, "--ids", ids.map(String.init).joined(separator: " "), "--json"])
            for program in [BuiltProgram.desktop, .board] {
                #expect(try program.run(["encode", path, "a charming film", "--json"]).output == byIds.output)
                let lines = try program.run(["encode", path, "--json"], input: "a charming film\n\n")
                #expect(lines.lines.count == 2)
                #expect(lines.lines.first.map { $0 + "\n" } == byIds.output)
                let both = try program.run(["encode", path, "text", "--ids", "2 3"])
                #expect(both.code == 2)
                let long = String(repeating: "word ", count: 700)
                let refused = try program.run(["encode", path, "--strict", long])
                #expect(refused.code == 3 && refused.errors.contains("702 tokens"))
                let cut = try program.run(["encode", path, long])
                #expect(cut.code == 0 && cut.errors.contains("1 text was longer than 512"))
            }
        }
    }

    /// A CSV with a header calibrates like the JSON lines of the same texts.
    @Test func calibrationReadsTables() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let csv = folder.appendingPathComponent("c.csv"), lines = folder.appendingPathComponent("c.jsonl")
        try "label,text\n1,\"fine, really\"\n0,dull\n".write(to: csv, atomically: true, encoding: .utf8)
        try "{\"text\": \"fine, really\"}\n{\"text\": \"dull\"}\n".write(to: lines, atomically: true, encoding: .utf8)
        var digests: [String?] = []
        for file in [csv, lines] {
            let output = folder.appendingPathComponent("m.gguf").path
            let made = try BuiltProgram.desktop.run(
                ["quantize", BuiltProgram.sample, "-o", output, "--force", "--calibrate", file.path, "--json"])
            #expect(made.output.contains("2 sequences"), "\(made.output) \(made.errors)")
            digests.append(try JSONValue(parsing: BuiltProgram.desktop.run(["selftest", output, "--json"]).output)["digest"]?.string)
        }
        #expect(digests[0] != nil && digests[0] == digests[1])
        try "{\"ids\": [2, \"x\"]}\n".write(to: lines, atomically: true, encoding: .utf8)
        let refused = try BuiltProgram.desktop.run(
            ["quantize", BuiltProgram.sample, "-o", folder.path + "/n.gguf", "--calibrate", lines.path])
        #expect(refused.code == 3 && refused.errors.contains("line 1"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/n.gguf"))
    }
}
