import AlbitModel
import AlbitText
import Foundation
import Testing

/// `quantize` says what it did, and `encode` takes texts as well as ids, on both programs alike.
struct QuantizeAndEncodeTests {
    private func withModel(_ body: (_ path: String, _ summary: JSONValue) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let made = try BuiltProgram.desktop.run([
            "quantize", BuiltProgram.sample, "-o", path, "--preset", "plain", "--json",
        ])
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

    /// `sha256sum` of the checkpoint's file.
    @Test(arguments: [["--preset", "plain"], [], ["--max-error", "0.007"]]) func theFileNamesItsSource(
        _ options: [String]
    ) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let made = try BuiltProgram.desktop.run(["quantize", BuiltProgram.sample, "-o", path] + options)
        #expect(made.code == 0, "\(made.errors)")
        #expect(try ModelFile(path: path).gguf.string("albit.source.sha256") == Self.sampleDigest)
    }

    private static let sampleDigest = "894b01e35ec23dfd752d8dc325057a59d826519d10961839912a52eb26fbc233"

    @Test func encodeTakesTexts() throws {
        try withModel { path, _ in
            let words = try BuiltProgram.desktop.run(["tokenize", path, "a charming film", "--json"])
            let ids = try JSONValue(parsing: words.output)["ids"]?.array?.compactMap(\.integer) ?? []
            #expect(ids.count == 5)
            let byIds = try BuiltProgram.desktop.run([
                "encode", path, "--ids", ids.map(String.init).joined(separator: " "), "--json",
            ])
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

    /// A limit that the default misses is kept by raising some sites; one that nothing keeps leaves no file.
    @Test func quantizeRaisesPrecisionUntilALimitHolds() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func quantize(_ name: String, _ limits: [String]) throws -> BuiltProgram.Outcome {
            try BuiltProgram.desktop.run(
                ["quantize", BuiltProgram.sample, "-o", folder.appendingPathComponent(name).path, "--json"] + limits)
        }
        let texts = folder.appendingPathComponent("dev.tsv")
        try "text\tlabel\na charming film\t1\ndull and far too long\t0\nit works\t1\n".write(
            to: texts, atomically: true, encoding: .utf8)
        let data = ["--data", texts.path]
        let plain = try JSONValue(parsing: quantize("default.gguf", data).output)
        let error = try #require(plain["drift"]?["hiddenRelativeL2"]?.double)
        let limit = error * 0.8
        let made = try quantize("close.gguf", data + ["--max-error", "\(limit)"])
        #expect(made.code == 0, "\(made.errors)")
        let summary = try JSONValue(parsing: made.output)
        let precision = try #require(summary["precision"])
        let planes = (precision["planes"]?.array ?? []).compactMap { $0.integer }
        #expect(planes.count == 20 && planes.count { $0 > 1 } == precision["raised"]?.integer)
        #expect((1...10).contains(precision["raised"]?.integer ?? 0))
        // Again: the same bytes. And verify, another command, finds the limit kept.
        _ = try quantize("again.gguf", data + ["--max-error", "\(limit)"])
        let files = ["close.gguf", "again.gguf"].map { folder.appendingPathComponent($0) }
        #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]))
        let close = files[0].path
        let verified = try BuiltProgram.desktop.run(
            ["verify", BuiltProgram.sample, close, "--max-error", "\(limit)", "--max-drop", "0"] + data)
        #expect(verified.code == 0, "\(verified.errors)")
        #expect(try BuiltProgram.board.run(["selftest", close]).code == 0)
        let none = try quantize("none.gguf", data + ["--max-error", "1e-9"])
        #expect(none.code == 1 && none.errors.contains("no file was made"), "\(none.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "again.gguf", "close.gguf", "default.gguf", "dev.tsv",
            ])
        #expect(try quantize("drop.gguf", ["--max-drop", "0"]).code == 2)
        #expect(try quantize("drop.gguf", data + ["--max-drop", "0"]).code == 0)
    }

    /// A CSV with a header calibrates like the JSON lines of the same texts.
    @Test func calibrationReadsTables() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let csv = folder.appendingPathComponent("c.csv")
        let lines = folder.appendingPathComponent("c.jsonl")
        try "label,text\n1,\"fine, really\"\n0,dull\n".write(to: csv, atomically: true, encoding: .utf8)
        try "{\"text\": \"fine, really\"}\n{\"text\": \"dull\"}\n".write(to: lines, atomically: true, encoding: .utf8)
        var digests: [String?] = []
        for file in [csv, lines] {
            let output = folder.appendingPathComponent("m.gguf").path
            let made = try BuiltProgram.desktop.run(
                ["quantize", BuiltProgram.sample, "-o", output, "--force", "--calibrate", file.path, "--json"])
            #expect(made.output.contains("2 sequences"), "\(made.output) \(made.errors)")
            digests.append(
                try JSONValue(parsing: BuiltProgram.desktop.run(["selftest", output, "--json"]).output)["digest"]?
                    .string)
        }
        #expect(digests[0] != nil && digests[0] == digests[1])
        try "{\"ids\": [2, \"x\"]}\n".write(to: lines, atomically: true, encoding: .utf8)
        let refused = try BuiltProgram.desktop.run(
            ["quantize", BuiltProgram.sample, "-o", folder.path + "/n.gguf", "--calibrate", lines.path])
        #expect(refused.code == 3 && refused.errors.contains("line 1"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/n.gguf"))
    }
}
