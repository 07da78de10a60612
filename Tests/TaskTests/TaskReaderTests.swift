import AlbitCommands
import Foundation
import TestData
import Testing

@Suite struct TaskReaderTests {
    private func read(_ text: String, as name: String, _ columns: TaskColumns) throws -> [[String]] {
        let path = try TestData.temporaryDirectory() + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        let reader = try TaskReader(arguments: [], file: path, columns: columns)
        var records: [[String]] = []
        while let record = try reader.read() { records.append(record.map { String(decoding: $0, as: UTF8.self) }) }
        return records
    }

    private func problem(_ text: String, as name: String, _ columns: TaskColumns) -> String? {
        do { _ = try read(text, as: name, columns) } catch {
            return (error as? CommandError).map { $0.description.split(separator: ": ").dropFirst().joined(separator: ": ") }
        }
        return nil
    }

    @Test func everyLineIsARecordEvenAnEmptyOne() throws {
        #expect(try read("a\n\nb\tc\n", as: "t.txt", .text) == [["a"], [""], ["b\tc"]])
        #expect(try read("a\tb\n\n\tc", as: "t.txt", .pair) == [["a", "b"], ["", ""], ["", "c"]])
        #expect(try read("q\ta\tb\nq\ta\n", as: "t", .list) == [["q", "a", "b"], ["q", "a"]])
        #expect(problem("a\tb\tc\n", as: "t.txt", .pair) == "line 1: has 3 fields, expected two texts with a tab between them")
        #expect(problem("a\tb\nc\n", as: "t.txt", .pair) == "line 2: has 1 fields, expected two texts with a tab between them")
    }

    @Test func tablesNameTheirColumns() throws {
        #expect(try read("label\ttext\n1\tfine\n0\t\n", as: "t.tsv", .text) == [["fine"], [""]])
        #expect(try read("question\tcontext\tanswer\nwho?\tit is me\tme\n", as: "t.TSV", .pair) == [["who?", "it is me"]])
        #expect(try read("\u{FEFF}text,label\n\"a, \"\"b\"\"\nc\",1\nd,0\n", as: "t.csv", .text) == [["a, \"b\"\nc"], ["d"]])
        #expect(try read("text\tchoice0\tchoice1\tlabel\nt\ta\tb\t1\n", as: "t.tsv", .list) == [["t", "a", "b"]])
        #expect(problem("label\tword\n1\ta\n", as: "t.tsv", .text) == "the header has no text or sentence or question; it has label, word")
        #expect(problem("text\tlabel\na\n", as: "t.tsv", .text) == "line 2: has 1 values, expected 2 as in the header")
        #expect(problem("text\n\"a\n", as: "t.csv", .text) == "line 2: a quoted value does not end")
        #expect(problem("", as: "t.tsv", .text) == "is empty, expected a header")
    }

    @Test func jsonLinesNameTheirMembers() throws {
        #expect(try read("{\"text\": \"a\\nb\", \"label\": 1}\n{\"text\": \"\"}\n", as: "t.jsonl", .text) == [["a\nb"], [""]])
        #expect(try read("{\"text\": \"t\", \"choices\": [\"a\", \"b\"]}\n", as: "t.jsonl", .list) == [["t", "a", "b"]])
        #expect(problem("{\"text\": 5}\n", as: "t.jsonl", .text) == "line 1: has no text or sentence or question")
        #expect(problem("{\"text\": \"t\", \"choices\": []}\n", as: "t.jsonl", .list) == "line 1: has no text or question and choices")
        #expect(problem("nonsense\n", as: "t.jsonl", .text)?.hasPrefix("line 1: ") == true)
    }

    @Test func argumentsAreGrouped() throws {
        let pairs = try TaskReader(arguments: ["a", "b", "c", "d"], file: nil, columns: .pair)
        #expect(try pairs.read(upTo: 10).count == 2)
        #expect(throws: CommandError.self) { try TaskReader(arguments: ["a"], file: nil, columns: .pair) }
        #expect(throws: CommandError.self) { try TaskReader(arguments: ["a"], file: nil, columns: .list) }
        #expect(throws: CommandError.self) { try TaskReader(arguments: ["a"], file: "b", columns: .text) }
        #expect(throws: CommandError.self) { try TaskReader(arguments: [], file: "/nowhere/texts", columns: .text) }
    }
}
