import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitDrift

struct DataFileTests {
    static func file(_ text: String) throws -> String {
        let path = try TestData.temporaryDirectory() + "/data"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    static func read(_ path: String) throws(Fault) -> [Example] {
        var file = try DataFile(path: path)
        var examples: [Example] = []
        while let example = try file.next() { examples.append(example) }
        return examples
    }

    static func text(_ example: Example) -> (String, String?)? {
        guard case .text(let text, let pair) = example.input else { return nil }
        return (String(decoding: text, as: UTF8.self), pair.map { String(decoding: $0, as: UTF8.self) })
    }

    /// A byte order mark, CRLF, quotes with separators, line ends and doubled quotes: RFC 4180.
    @Test func csv() throws {
        let path = try DataFileTests.file("\u{FEFF}text,pair,label\r\n\"a, \"\"b\"\"\r\nc\",d,1\r\n\r\nx,,0\r\n")
        let examples = try DataFileTests.read(path)
        try #require(examples.count == 2)
        let first = try #require(DataFileTests.text(examples[0]))
        #expect(first == ("a, \"b\"\r\nc", "d"))
        #expect(examples.map(\.label) == ["1", "0"])
        #expect(examples.map(\.line) == [2, 5])
    }

    /// In TSV a quote is a character.
    @Test func tsv() throws {
        let examples = try DataFileTests.read(DataFileTests.file("label\ttext\npos\t\"a\nneg\tb"))
        #expect(examples.compactMap { DataFileTests.text($0)?.0 } == ["\"a", "b"])
        #expect(examples.map(\.label) == ["pos", "neg"])
    }

    @Test func jsonLines() throws {
        let examples = try DataFileTests.read(
            DataFileTests.file(
                "{\"ids\": [2, 5, 3], \"typeIds\": [0, 0, 1], \"label\": 1.5}\n\n{\"text\": \"a\", \"pair\": null}\n"))
        try #require(examples.count == 2)
        guard case .ids(let ids, let types) = examples[0].input else {
            Issue.record("no ids")
            return
        }
        #expect(ids == [2, 5, 3])
        #expect(types == [0, 0, 1])
        #expect(examples[0].label == "1.5")
        #expect(examples[1].line == 3)
        #expect(examples[1].label == nil)
    }

    /// Each way to be wrong is told apart, with its line.
    @Test(arguments: [
        ("", FaultCode.dataEmpty, ""), ("\n \n", .dataEmpty, ""), ("a\tb\n1\t2\n", .dataNoColumn, "'text'"),
        ("text\tlabel\na\t1\nb\n", .dataWrongColumnCount, "line 3"),
        ("text,label\n\"a,1\n", .dataUnclosedQuote, "line 2"),
        ("{\"text\": \"a\"}\n{\"text\": \n", .jsonUnexpectedEnd, "line 2"),
        ("{\"label\": 1}\n", .dataNoColumn, "'label'"),
        ("{\"text\": 5}\n", .exampleNotText, "'text' is not a string"),
        ("{\"text\": \"a\", \"pair\": 5}\n", .exampleNotText, "'pair' is not a string"),
        ("{\"text\": \"a\", \"label\": []}\n", .exampleNotLabel, "'label' is not a name or a number"),
        ("{\"ids\": [1.5]}\n", .exampleNotIds, "'ids' is not a list"),
        ("{\"ids\": 7}\n", .exampleNotIds, "'ids' is not a list"),
        ("{\"ids\": [99999999999]}\n", .exampleNotIds, "'ids' is not a list"),
        ("ids\tlabel\n1 x\t0\n", .exampleNotIds, "line 2: 'ids' is not a list"),
    ])
    func wrong(text: String, code: FaultCode, words: String) throws {
        let path = try DataFileTests.file(text)
        let found = fault { try DataFileTests.read(path) }
        #expect(found.isA(code, path, words), "\(String(describing: found))")
    }

    @Test func notUTF8() throws {
        let path = try TestData.temporaryDirectory() + "/data"
        try Data([UInt8]("text\tlabel\n".utf8) + [0xFF, 0x09, 0x31, 0x0A]).write(to: URL(filePath: path))
        #expect(fault { try DataFileTests.read(path) }.isA(.dataNotUTF8, path, "2"))
        #expect(fault { try DataFileTests.read(path + "-absent") }.isA(.fileCannotOpen, path + "-absent"))
    }
}
