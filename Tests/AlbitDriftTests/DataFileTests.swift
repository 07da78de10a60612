@testable import AlbitDrift
import Foundation
import TestData
import Testing

struct DataFileTests {
    static func file(_ text: String) throws -> String {
        let path = try TestData.temporaryDirectory() + "/data"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    static func read(_ path: String) throws(DataFileError) -> [Example] {
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
        #expect(examples.map(\.line) == [3, 5])
    }

    /// In TSV a quote is a character.
    @Test func tsv() throws {
        let examples = try DataFileTests.read(DataFileTests.file("label\ttext\npos\t\"a\nneg\tb"))
        #expect(examples.compactMap { DataFileTests.text($0)?.0 } == ["\"a", "b"])
        #expect(examples.map(\.label) == ["pos", "neg"])
    }

    @Test func jsonLines() throws {
        let examples = try DataFileTests.read(DataFileTests.file("{\"ids\": [2, 5, 3], \"typeIds\": [0, 0, 1], \"label\": 1.5}\n\n{\"text\": \"a\", \"pair\": null}\n"))
        try #require(examples.count == 2)
        guard case .ids(let ids, let types) = examples[0].input else { throw DataFileError.empty(path: "") }
        #expect(ids == [2, 5, 3])
        #expect(types == [0, 0, 1])
        #expect(examples[0].label == "1.5")
        #expect(examples[1].line == 3)
        #expect(examples[1].label == nil)
    }

    /// Each way to be wrong is told apart, with its line.
    @Test(arguments: [
        ("", "holds no example"), ("\n \n", "holds no example"), ("a\tb\n1\t2\n", "names no column 'text'"),
        ("text\tlabel\na\t1\nb\n", "line 3 has 1 columns, the header has 2"), ("text,label\n\"a,1\n", "quoted field that begins in line 2"),
        ("{\"text\": \"a\"}\n{\"text\": \n", "line 2 is not JSON"), ("{\"label\": 1}\n", "line 1 has neither"),
        ("{\"text\": 5}\n", "'text' is not a string"), ("{\"text\": \"a\", \"pair\": 5}\n", "'pair' is not a string"),
        ("{\"text\": \"a\", \"label\": []}\n", "'label' is not a name or a number"), ("{\"ids\": [1.5]}\n", "'ids' is not a list"),
        ("{\"ids\": 7}\n", "'ids' is not a list"), ("{\"ids\": [99999999999]}\n", "'ids' is not a list"),
        ("ids\tlabel\n1 x\t0\n", "line 2: 'ids' is not a list"),
    ])
    func wrong(text: String, reason: String) throws {
        let path = try DataFileTests.file(text)
        let error = #expect(throws: DataFileError.self) { try DataFileTests.read(path) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func notUTF8() throws {
        let path = try TestData.temporaryDirectory() + "/data"
        try Data([UInt8]("text\tlabel\n".utf8) + [0xFF, 0x09, 0x31, 0x0A]).write(to: URL(filePath: path))
        #expect(throws: DataFileError.notUTF8(path: path, line: 2)) { try DataFileTests.read(path) }
        let error = #expect(throws: DataFileError.self) { try DataFileTests.read(path + "-absent") }
        #expect(error?.description.contains("cannot be read") == true)
    }
}
