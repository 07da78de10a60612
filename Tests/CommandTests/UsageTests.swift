import Foundation
import TestData
import Testing

/// Command lines that people type, and what they are told.
@Suite struct UsageTests {
    static let sample = TestData.samples + "/albert-tiny-sst2"

    private func file(_ name: String, _ text: String) throws -> String {
        let path = try TestData.temporaryDirectory() + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func model() throws -> String {
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        let made = try BuiltProgram.desktop.run(["quantize", Self.sample, "-o", path, "--preset", "plain"])
        try #require(made.code == 0, "\(made.errors)")
        return path
    }

    /// A negative number is the option's value, which is refused with its range, in both programs.
    @Test func aNegativeNumberIsAValue() throws {
        for program in [BuiltProgram.desktop, .board] {
            for (option, value) in [("--threads", "-1"), ("--max-length", "-3")] {
                let outcome = try program.run(["classify", "m.gguf", "x", option, value])
                #expect(outcome.code == 2 && outcome.errors.contains(option), "\(outcome.errors)")
                #expect(outcome.errors.contains(value) && outcome.errors.contains("1"), "\(outcome.errors)")
            }
        }
        // A drop may be negative: the candidate has to be better.
        let outcome = try BuiltProgram.desktop.run([
            "verify", Self.sample, Self.sample, "--data", try file("d.tsv", "text\tlabel\na fine film\t1\ndull\t0\n"),
            "--max-drop", "-1",
        ])
        #expect(outcome.code == 1 && outcome.errors.contains("the limit is -1"), "\(outcome.errors)")
    }

    /// What would not be read, or would hold something else than its name says, is refused before anything is written.
    @Test func optionsThatWouldNotBeKept() throws {
        let folder = try TestData.temporaryDirectory()
        let data = try file("t.tsv", "text\na fine film\ndull\n")
        for (words, says) in [
            (
                ["quantize", Self.sample, "-o", folder + "/a.gguf", "--preset", "plain", "--calibrate", data],
                "--calibrate"
            ),
            (["quantize", Self.sample, "-o", folder + "/a.onnx"], "albit convert"),
            (["quantize", Self.sample, "-o", folder + "/a.tflite"], ".tflite"),
            (["convert", Self.sample, "-o", folder + "/a.tflite"], ".onnx or .gguf"),
            (["convert", Self.sample, "-o", folder + "/a.safetensors"], "directory"),
            (
                [
                    "verify", Self.sample, Self.sample, "--data", data, "--report", folder + "/a", "--junit",
                    folder + "/a",
                ],
                "same file"
            ),
        ] {
            let outcome = try BuiltProgram.desktop.run(words)
            #expect(outcome.code == 2 && outcome.errors.contains(says), "\(words): \(outcome.errors)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }

    /// An Albit file carries what these options name, and its original takes them in a comparison.
    @Test func optionsThatAModelFileHasNoUseFor() throws {
        let model = try model()
        let labels = try file("labels.txt", "bad\ngood\n")
        for words in [
            ["classify", model, "a fine film", "--labels", labels], ["tokenize", model, "a", "--tokenizer", labels],
            ["inspect", model, "--config", labels], ["encode", model, "a", "--root", "albert."],
            ["verify", model, model, "--data", labels, "--labels", labels],
        ] {
            let outcome = try BuiltProgram.desktop.run(words)
            let option = try #require(words.last { $0.hasPrefix("--") })
            #expect(outcome.code == 2, "\(words): \(outcome.errors)")
            #expect(outcome.errors.contains("quantize the original with \(option)"), "\(words): \(outcome.errors)")
        }
        let config = Self.sample + "/config.json"
        let data = try file("d.tsv", "text\na fine film\ndull\n")
        let compared = try BuiltProgram.desktop.run(
            ["verify", Self.sample, model, "--data", data, "--config", config])
        #expect(compared.code == 0, "\(compared.errors)")
    }

    /// A label a line; blank lines at the end are none, those between are refused.
    @Test func blankLinesAfterLabels() throws {
        for (text, code) in [
            ("bad\ngood", 0), ("bad\ngood\n\n", 0), ("bad\r\ngood\r\n\r\n\r\n", 0), ("bad\n\ngood\n", 3),
        ] {
            let outcome = try BuiltProgram.desktop.run([
                "classify", Self.sample, "a fine film", "--labels", try file("labels.txt", text),
            ])
            #expect(outcome.code == Int32(code), "\(text): \(outcome.errors)")
            #expect(code != 0 || outcome.output.hasPrefix("good"), "\(outcome.output)")
        }
    }

    /// An empty second text is none; a cut pair tells the tokens that it lost, as transformers counts them.
    @Test func pairs() throws {
        let model = try model()
        let alone = try BuiltProgram.desktop.run(["classify", model, "a fine film", "--json"])
        let empty = try BuiltProgram.desktop.run(["classify", model, "--pairs", "a fine film", "", "--json"])
        #expect(alone.output == empty.output && alone.code == 0)
        let tokens = try BuiltProgram.desktop.run(["tokenize", model, "a fine film", "--pair", ""])
        #expect(try tokens.output == BuiltProgram.desktop.run(["tokenize", model, "a fine film"]).output)
        // transformers 5.24: the pair has 20 tokens, 9 of which are left.
        let cut = try BuiltProgram.desktop.run([
            "classify", model, "--pairs", "--max-length", "9", "a b c d e f g", "h i j k l m n",
        ])
        #expect(
            cut.errors.contains("1 text was longer than 9 tokens and cut; 11 tokens were left out"), "\(cut.errors)")
    }

    /// Gates on what cannot differ end with exit 3, after page and JUnit file are written.
    @Test func aGateThatCannotFailStillReports() throws {
        let folder = try TestData.temporaryDirectory()
        let data = try file("t.tsv", "text\na fine film\ndull\n")
        let outcome = try BuiltProgram.desktop.run([
            "verify", Self.sample, Self.sample, "--data", data, "--max-drop", "1", "--report", folder + "/r.html",
            "--junit", folder + "/r.xml", "--json",
        ])
        #expect(outcome.code == 3 && outcome.errors.contains("--max-drop cannot be judged"), "\(outcome.errors)")
        let page = try String(contentsOfFile: folder + "/r.html", encoding: .utf8)
        #expect(page.contains("<h1>Cannot be judged</h1>"))
        let xml = try String(contentsOfFile: folder + "/r.xml", encoding: .utf8)
        #expect(xml.contains("errors=\"1\"") && xml.contains("<error message=\"--max-drop cannot be judged"))
        let json = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let verdict = try #require(json["verdict"] as? [String: Any])
        #expect(verdict["title"] as? String == "Cannot be judged" && (verdict["unjudged"] as? [String])?.count == 1)
    }
}
