import AlbitText
import Testing

/// One reader for all that people have; what is equal in two forms is read as equal.
@Suite struct TextTableTests {
    static let two = ["a \"fine\", charming film = 1", "dull = 0"]

    @Test(arguments: [
        ("data.csv", "text,label\n\"a \"\"fine\"\", charming film\",1\ndull,0\n"),
        ("data.csv", "\u{FEFF}text,label\r\n\"a \"\"fine\"\", charming film\",1\r\ndull,0\r\n"),
        ("data.csv", "text;label\n\"a \"\"fine\"\", charming film\";1\ndull;0"),
        ("data.csv", "\"text\",\"label\"\n\"a \"\"fine\"\", charming film\",\"1\"\n\n\"dull\",\"0\"\n"),
        ("data.tsv", "text\tlabel\na \"fine\", charming film\t1\ndull\t0\n"),
        ("data.tsv", "label\ttext\r\n1\t\"a \"\"fine\"\", charming film\"\r\n0\tdull\r\n"),
        ("data.tsv", "\"text\"\t\"label\"\n\"a \"\"fine\"\", charming film\"\t\"1\"\n\"dull\"\t\"0\"\n"),
        ("data", "text\tlabel\na \"fine\", charming film\t1\ndull\t0\n"),
        ("data", "text,label\n\"a \"\"fine\"\", charming film\",1\ndull,0\n"),
        ("data.txt", "\n \ntext\tlabel\na \"fine\", charming film\t1\ndull\t0\n"),
        (
            "data.jsonl",
            "{\"text\": \"a \\\"fine\\\", charming film\", \"label\": 1}\r\n\n{\"label\": 0, \"text\": \"dull\"}"
        ),
        (
            "data",
            "\u{FEFF}{\"text\": \"a \\\"fine\\\", charming film\", \"label\": 1}\n{\"label\": 0, \"text\": \"dull\"}\n"
        ),
        (
            "data.json",
            "[{\"text\": \"a \\\"fine\\\", charming film\", \"label\": 1}, {\"label\": 0, \"text\": \"dull\"}]"
        ),
        (
            "data.json",
            """
             [\n {"text": "a \\"fine\\", charming film",\n "label": 1},\n{"label": 0, "text": "dull"}\n]\n
            """
        ),
        ("data.jsonl", "[{\"text\":\"a \\\"fine\\\", charming film\",\"label\":1},{\"label\":0,\"text\":\"dull\"}]"),
        (
            "data.json",
            """
            {"version": "1", "more": {"data": [1]}, "data": [{"text": "a \\"fine\\", charming film", "label": 1}, \
            {"label": 0, "text": "dull"}], "x": 1}
            """
        ),
    ])
    func labelledTextsInAllForms(name: String, text: String) throws {
        #expect(try Table.described(text, as: name) == Self.two)
    }

    /// Quotes with line ends and tabs in them, in CSV and in TSV as pandas writes it.
    @Test func quotedValuesHoldAnything() throws {
        let csv = "text,label\n\"one\r\ntwo, \"\"three\"\"\",1\n\"a\tb\",0\n"
        let tsv = "text\tlabel\n\"one\r\ntwo, \"\"three\"\"\"\t1\n\"a\tb\"\t0\n"
        for (name, text) in [("a.csv", csv), ("a.tsv", tsv)] {
            let examples = try Table.examples(text, as: name).examples
            #expect(examples.map { Table.describe($0) } == ["one\r\ntwo, \"three\" = 1", "a\tb = 0"])
            #expect(examples.map { $0.line } == [2, 4])
        }
    }

    /// In a TSV of GLUE a quote is a character, also in front and twice.
    @Test func quotesOfTheTextStay() throws {
        let text = "sentence\tlabel\n\"a\t1\n\"b\"\t0\n\"\"c\" d\"\t1\ne \"\"f\"\"\t1\n"
        #expect(
            try Table.described(text, as: "dev.tsv") == ["\"a = 1", "\"b\" = 0", "\"\"c\" d\" = 1", "e \"\"f\"\" = 1"])
    }

    /// A table of one column: commas are the text's own where the name says TSV, and an empty line is an empty text.
    @Test func oneColumn() throws {
        #expect(
            try Table.described("text\na, b\n\nc\n", as: "t.tsv") == ["a, b = nothing", " = nothing", "c = nothing"])
        #expect(
            try Table.described("text\n\"a, b\"\n\nc\n", as: "t.csv") == [
                "a, b = nothing", " = nothing", "c = nothing",
            ])
    }

    @Test func linesAreCounted() throws {
        let cases = [
            ("a.tsv", "\ntext\tlabel\na\t1\n\nb\t0\n", [3, 5]),
            ("a.jsonl", "\n{\"text\": \"a\"}\n\n{\"text\": \"b\"}", [2, 4]),
            ("a.json", "[\n{\"text\":\n\"a\"},\n\n{\"text\": \"b\"}]", [2, 5]),
            ("a.csv", "text\n\"a\n\n\"\nb\n", [2, 5]),
        ]
        for (name, text, lines) in cases {
            #expect(try Table.examples(text, as: name).examples.map { $0.line } == lines, "\(text)")
        }
    }

    /// Objects that bring other members than the first.
    @Test func objectsMayDiffer() throws {
        let text =
            """
            {"ids": [2, 5, 3], "typeIds": [0, 0, 1], "label": 1.5}\n{"text": "a", "pair": null}\n{"text": "b", "pair": \
            "c", "more": 1}\n
            """
        let (examples, reader) = try Table.examples(text)
        #expect(examples.map { Table.describe($0) } == ["[2, 5, 3] [0, 0, 1] = 1.5", "a = nothing", "b | c = nothing"])
        #expect(reader.unusedColumns == ["more"])
        #expect(reader.count == 3 && reader.countWithoutTruth == 2)
    }

    /// The file is taken piece by piece: a stream of a hundred thousand objects keeps no more than one.
    @Test func manyRecordsPass() throws {
        let rows = (0..<100_000).map { "{\"text\": \"text \($0)\", \"label\": \($0 % 2)}" }
        for (name, text) in [
            ("a.jsonl", rows.joined(separator: "\n")), ("a.json", "[" + rows.joined(separator: ",") + "]"),
        ] {
            let reader = try ExampleReader(Table.open(Array(text.utf8), as: name))
            while try reader.next() != nil {}
            #expect(reader.count == 100_000)
            #expect(reader.table.stream.bytesTaken == text.utf8.count)
        }
    }

    /// Numbers call the columns of a file without a header, as CoLA has none.
    @Test func aFileWithoutHeader() throws {
        let cola =
            "gj04\t1\t\tOur friends won't buy this analysis.\ngj04\t0\t*\tThe box contained the ball from the tree.\n"
        let (examples, reader) = try Table.examples(cola, as: "dev.tsv", columns: "text=4,label=2")
        #expect(
            examples.map { Table.describe($0) } == [
                "Our friends won't buy this analysis. = 1", "The box contained the ball from the tree. = 0",
            ])
        #expect(reader.unusedColumns == ["1", "3"])
        // pandas names columns by numbers: then there is a header.
        #expect(try Table.described("0\t1\na\tb\n", as: "t.tsv", columns: "text=1,label=0") == ["b = a"])
    }
}
