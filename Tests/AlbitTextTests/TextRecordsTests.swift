import AlbitText
import Testing

/// Texts for commands that answer them, from the same tables.
@Suite struct TextRecordsTests {
    private func code(_ text: String, as name: String, _ form: RecordForm) -> FaultCode? {
        do throws(Fault) {
            _ = try Table.records(text, as: name, form)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func everyLineIsARecordEvenAnEmptyOne() throws {
        #expect(try Table.records("a\n\nb\tc\n", as: "t.txt", .text) == [["a"], [""], ["b\tc"]])
        #expect(try Table.records("a\tb\n\n\tc", as: "t.txt", .pair) == [["a", "b"], ["", ""], ["", "c"]])
        #expect(try Table.records("q\ta\tb\nq\ta\n", as: "t", .list) == [["q", "a", "b"], ["q", "a"]])
        #expect(try Table.records("\u{FEFF}text\r\nlabel\r\n", as: "t.txt", .text) == [["text"], ["label"]])
        #expect(try Table.records("", as: "t.txt", .text) == [])
        #expect(code("a\tb\tc\n", as: "t.txt", .pair) == .recordWrongCount)
        #expect(code("a\tb\nc\n", as: "t", .pair) == .recordWrongCount)
    }

    /// What begins with a bracket may be a text; objects are told from it.
    @Test func textsThatLookLikeJSON() throws {
        #expect(
            try Table.records("[MASK] is here\n{braces} too\n", as: "t", .text) == [
                ["[MASK] is here"], ["{braces} too"],
            ])
        #expect(try Table.records("{\"text\": \"a\"}\n", as: "t.txt", .text) == [["{\"text\": \"a\"}"]])
        #expect(try Table.records("{\"text\": \"a\"}\n", as: "t", .text) == [["a"]])
    }

    @Test(arguments: [
        ("a.tsv", "label\ttext\n1\tfine\n0\t\n", RecordForm.text, [["fine"], [""]]),
        ("a.TSV", "question\tcontext\tanswer\nwho?\tme\tme\n", .pair, [["who?", "me"]]),
        ("a.csv", "\u{FEFF}text,label\n\"a, \"\"b\"\"\nc\",1\nd,0\n", .text, [["a, \"b\"\nc"], ["d"]]),
        ("a.tsv", "text\tchoice0\tchoice1\tlabel\nt\ta\tb\t1\n", .list, [["t", "a", "b"]]),
        ("a.tsv", "sentence\tlabel\na\t1\n", .text, [["a"]]),
        ("a.tsv", "sentence1\tsentence2\na\tb\n", .pair, [["a", "b"]]),
        ("a.tsv", "question\tcontext\nwho?\tme\n", .text, [["who?"]]),
        ("a.tsv", "text\tpair\na\tb\n", .text, [["a"]]),
        ("a.jsonl", "{\"text\": \"a\\nb\", \"label\": 1}\n{\"text\": \"\"}\n", .text, [["a\nb"], [""]]),
        ("a.json", "[{\"text\": \"t\", \"choices\": [\"a\", \"b\"]}]", .list, [["t", "a", "b"]]),
        (
            "a.json", "{\"data\": [{\"paragraphs\": [{\"context\": \"c\", \"qas\": [{\"question\": \"q\"}]}]}]}", .pair,
            [["q", "c"]]
        ),
        ("a.conll", "Anna B-PER\nlives O\n\nVienna B-LOC\n", .text, [["Anna lives"], ["Vienna"]]),
    ])
    func tables(name: String, text: String, form: RecordForm, expected: [[String]]) throws {
        #expect(try Table.records(text, as: name, form) == expected)
    }

    @Test func columnsMayBeChosen() throws {
        #expect(
            try Table.records("sentence1\tsentence2\na\tb\n", as: "a.tsv", .text, columns: "text=sentence2") == [["b"]])
        #expect(try Table.records("x\ty\na\tb\n", as: "a.tsv", .pair, columns: "text=y,pair=x") == [["b", "a"]])
    }

    /// No second text is dropped in silence.
    @Test func whatDoesNotFitIsTold() throws {
        #expect(code("sentence1\tsentence2\na\tb\n", as: "a.tsv", .text) == .dataOfPairs)
        #expect(code("text\tlabel\na\tb\n", as: "a.tsv", .pair) == .dataNoColumn)
        #expect(code("text\tpair\na\tb\n", as: "a.tsv", .list) == .dataNoColumn)
        #expect(code("ids\n1\n", as: "a.tsv", .text) == .dataNoColumn)
        #expect(code("label\tword\n1\ta\n", as: "t.tsv", .text) == .dataNoColumn)
        #expect(code("{\"text\": 5}\n", as: "t.jsonl", .text) == .exampleNotText)
        #expect(code("", as: "t.tsv", .text) == .dataEmpty)
        let table = try Table.open(Array("text\tpair\tlabel\na\tb\t1\n".utf8), as: "a.tsv", otherwise: .lines)
        #expect(try TextRecords(table, form: .text).columnPassedOver == "pair")
    }

    /// For calibration: a table where the first line names columns, else lines.
    @Test func tablesAreToldFromLines() throws {
        for (text, format) in [
            ("text\na, b\n", TableFormat.values(separator: 0x2C)), ("label\ttext\n1\ta\n", .values(separator: 9)),
            ("Hello, text\n", .lines),
            ("ids\n1 2\n", .values(separator: 0x2C)), ("a text\n", .lines), ("{\"text\": \"a\"}\n", .jsonLines),
            ("[{\"text\": \"a\"}]", .jsonArray),
            ("EU B-ORG\n", .conll), ("tokens,ner_tags\n", .values(separator: 0x2C)), ("review\nfine\n", .lines),
        ] { #expect(try Table.open(Array(text.utf8), otherwise: .tableIfNamed).format == format, "\(text)") }
    }
}
