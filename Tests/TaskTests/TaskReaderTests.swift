import AlbitCommands
import AlbitText
import Foundation
import TestData
import Testing

@Suite struct TaskReaderTests {
    private func read(_ text: String, as name: String, _ columns: RecordForm) throws -> [[String]] {
        let path = try TestData.temporaryDirectory() + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        let reader = try TaskReader(arguments: [], file: TextFile(path), columns: columns)
        var records: [[String]] = []
        while let record = try reader.read() { records.append(record.map { String(decoding: $0, as: UTF8.self) }) }
        return records
    }

    /// Whether a file is refused with a code, at a line; words of what was found and expected stand in the message.
    private func refuses(
        _ text: String, as name: String, _ columns: RecordForm, _ code: FaultCode, line: Int? = nil, _ words: String...
    ) -> Bool {
        let found = fault { try read(text, as: name, columns) }
        return found?.isA(code, words) == true && found?.place == (line.map { "line \($0)" } ?? "")
            && found?.file.hasSuffix(name) == true
    }

    @Test func everyLineIsARecordEvenAnEmptyOne() throws {
        #expect(try read("a\n\nb\tc\n", as: "t.txt", .text) == [["a"], [""], ["b\tc"]])
        #expect(try read("a\tb\n\n\tc", as: "t.txt", .pair) == [["a", "b"], ["", ""], ["", "c"]])
        #expect(try read("q\ta\tb\nq\ta\n", as: "t", .list) == [["q", "a", "b"], ["q", "a"]])
        #expect(
            refuses(
                "a\tb\tc\n", as: "t.txt", .pair, .recordWrongCount, line: 1, "3 fields",
                "two texts with a tab between them"))
        #expect(
            refuses(
                "a\tb\nc\n", as: "t.txt", .pair, .recordWrongCount, line: 2, "1 fields",
                "two texts with a tab between them"))
    }

    @Test func tablesNameTheirColumns() throws {
        #expect(try read("label\ttext\n1\tfine\n0\t\n", as: "t.tsv", .text) == [["fine"], [""]])
        #expect(
            try read("question\tcontext\tanswer\nwho?\tit is me\tme\n", as: "t.TSV", .pair) == [["who?", "it is me"]])
        #expect(
            try read("\u{FEFF}text,label\n\"a, \"\"b\"\"\nc\",1\nd,0\n", as: "t.csv", .text) == [
                ["a, \"b\"\nc"], ["d"],
            ])
        #expect(try read("text\tchoice0\tchoice1\tlabel\nt\ta\tb\t1\n", as: "t.tsv", .list) == [["t", "a", "b"]])
        #expect(refuses("label\tword\n1\ta\n", as: "t.tsv", .text, .dataNoColumn, "'text'", "'label', 'word'"))
        #expect(
            refuses(
                "text\tlabel\na\n", as: "t.tsv", .text, .dataWrongColumnCount, line: 2, "1 columns",
                "2 as in the header"))
        #expect(refuses("text\n\"a\n", as: "t.csv", .text, .dataUnclosedQuote, line: 2))
        #expect(refuses("", as: "t.tsv", .text, .dataEmpty))
    }

    @Test func jsonLinesNameTheirMembers() throws {
        #expect(
            try read("{\"text\": \"a\\nb\", \"label\": 1}\n{\"text\": \"\"}\n", as: "t.jsonl", .text) == [
                ["a\nb"], [""],
            ])
        #expect(
            try read("{\"text\": \"t\", \"choices\": [\"a\", \"b\"]}\n", as: "t.jsonl", .list) == [["t", "a", "b"]])
        #expect(refuses("{\"text\": 5}\n", as: "t.jsonl", .text, .exampleNotText, line: 1, "'text' is not a string"))
        #expect(
            refuses(
                "{\"text\": \"t\", \"choices\": []}\n", as: "t.jsonl", .list, .exampleNotChoices, line: 1,
                "'choices' is not a list of strings"))
        let nonsense = fault { try read("nonsense\n", as: "t.jsonl", .text) }
        #expect(nonsense?.code == .jsonUnexpectedCharacter && nonsense?.place == "line 1, byte 1 of the JSON")
    }

    @Test func argumentsAreGrouped() throws {
        let pairs = try TaskReader(arguments: ["a", "b", "c", "d"], file: nil, columns: .pair)
        #expect(try pairs.read(upTo: 10).count == 2)
        #expect(fault { try TaskReader(arguments: ["a"], file: nil, columns: .pair) }.isA(.argumentsMissing))
        #expect(fault { try TaskReader(arguments: ["a"], file: nil, columns: .list) }.isA(.argumentsMissing))
        #expect(fault { try TaskReader(arguments: ["a"], file: TextFile("b"), columns: .text) }.isA(.optionsConflict))
        #expect(fault { try TextFile(path: nil, columns: "text=a") }.isA(.optionsConflict, "--columns"))
        #expect(fault { try TextFile(path: "-", columns: "text=a") }.isA(.optionsConflict, "--columns"))
        #expect(try TextFile(path: nil, columns: nil) == nil)
        #expect(
            fault { try TaskReader(arguments: [], file: TextFile("/nowhere/texts"), columns: .text) }.isA(
                .fileCannotOpen))
    }
}
