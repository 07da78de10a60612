import AlbitText
import Testing

/// Each way in which a data file can be wrong has a code, and says where.
@Suite struct TableFaultTests {
    private func fault(
        _ bytes: [UInt8], as name: String, columns: String? = nil, labels: [String] = [], several: Bool = false
    ) -> Fault? {
        do throws(Fault) {
            _ = try Table.examples(bytes, as: name, columns: columns, labels: labels, several: several)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("a.tsv", "", FaultCode.dataEmpty, ""), ("a", "\n \n", .dataEmpty, ""),
        ("a.csv", "\u{FEFF}", .dataEmpty, ""),
        ("a.json", "[]", .dataEmpty, ""), ("a.json", "{\"data\": []}", .dataNoColumn, ""),
        ("a.csv", "text,label\ra,1\rb,0\r", .dataCarriageReturns, ""), ("a", "PK\u{3}\u{4}text", .dataCompressed, ""),
        ("a", "PAR1text", .dataBinary, ""), ("a.csv", "text,label\n\"a,1\n", .dataUnclosedQuote, "line 2"),
        ("a.tsv", "text\tlabel\na\t1\n\"b\n", .dataUnclosedQuote, "line 3"),
        ("a.tsv", "text\tlabel\na\t1\nb\n", .dataWrongColumnCount, "line 3"),
        ("a.csv", "text,label\na,b,1\n", .dataWrongColumnCount, "line 2"),
        ("a.conll", "EU B-ORG\nrejects\n", .dataWrongColumnCount, "line 2"),
        ("a.conll", "EU\n", .dataWrongColumnCount, "line 1"),
        ("a.csv", "text,label,label\na,1,0\n", .dataColumnTwice, "line 1"),
        ("a.jsonl", "{\"text\": \"a\"}\n{\"text\": 1, \"text\": 2}\n", .dataColumnTwice, "line 2"),
        ("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \n", .jsonUnexpectedEnd, "line 2, byte 9 of the JSON"),
        ("a.json", "a text\n", .jsonUnexpectedCharacter, "line 1, byte 0 of the JSON"),
        ("a.json", "[{\"text\": \"a\"}\n{\"text\": \"b\"}]", .dataNotJSON, "line 2"),
        ("a.json", "[{\"text\": \"a\"}]\n1", .dataNotJSON, "line 2"),
        ("a.json", "[{\"text\": \"a\"},\n7]", .dataNotObject, "line 2"),
        ("a.jsonl", "{\"text\": \"a\"}\n[1]\n", .dataNotObject, "line 2"),
        ("a.json", "[{\"text\": \"a\"},\n{\"text\": \"b\"", .dataUnfinishedJSON, "line 2"),
        ("a.json", "[{\"text\": \"a\"}", .dataUnfinishedJSON, ""),
        ("a.json", "{\"text\": [\"a\", \"b\"], \"label\": [1, 0]}", .dataColumnsOfLists, "line 1"),
        ("a.json", "{\"data\": [{\"paragraphs\": [{\"qas\": []}]}]}", .dataNotSquad, "line 1"),
        (
            "a.json", "{\"data\": [{\"paragraphs\": [{\"context\": \"c\", \"qas\": [1]}]}]}", .dataNotSquad,
            "question 1"
        ),
        ("a.tsv", "a\tb\n1\t2\n", .dataNoColumn, ""), ("a.jsonl", "{\"label\": 1}\n", .dataNoColumn, ""),
        ("a.tsv", "sentence\treview\na\tb\n", .dataAmbiguousColumn, ""),
        ("a.tsv", "text\tstars\tsentiment\na\t1\t0\n", .dataAmbiguousColumn, ""),
        ("a.jsonl", "{\"tokens\": [], \"ner_tags\": [], \"pos_tags\": []}", .dataAmbiguousColumn, ""),
        ("a.conll", "1\tEU\tB-ORG\n7\trejects\tO\n", .dataAmbiguousColumn, "line 2"),
        ("a.jsonl", "{\"text\": \"a\"}\n{\"label\": 1}\n", .dataNoInput, "line 2"),
        ("a.jsonl", "{\"text\": 5}\n", .exampleNotText, "line 1"),
        ("a.jsonl", "{\"text\": \"a\", \"pair\": 5}\n", .exampleNotText, "line 1"),
        ("a.jsonl", "{\"words\": 7}", .exampleNotWords, "line 1"),
        ("a.jsonl", "{\"words\": [\"a\", 1]}", .exampleNotWords, "line 1"),
        ("a.jsonl", "{\"ids\": [1.5]}", .exampleNotIds, "line 1"),
        ("a.jsonl", "{\"ids\": 7}", .exampleNotIds, "line 1"),
        ("a.jsonl", "{\"ids\": [99999999999]}", .exampleNotIds, "line 1"),
        ("a.tsv", "ids\tlabel\n1 x\t0\n", .exampleNotIds, "line 2"),
        ("a.jsonl", "{\"text\": \"a\", \"choices\": 1}", .exampleNotChoices, "line 1"),
        ("a.jsonl", "{\"text\": \"a\", \"choices\": []}", .exampleNotChoices, "line 1"),
        (
            "a.jsonl", "{\"question\": \"q\", \"context\": \"c\", \"answers\": {\"start\": 1}}", .exampleNotAnswers,
            "line 1"
        ),
        ("a.jsonl", "{\"question\": \"q\", \"context\": \"c\", \"answers\": [1]}", .exampleNotAnswers, "line 1"),
        ("a.jsonl", "{\"text\": \"a\", \"label\": []}", .exampleNotLabel, "line 1"),
        ("a.jsonl", "{\"text\": \"a\", \"label\": {}}", .exampleNotLabel, "line 1"),
        ("a.jsonl", "{\"words\": [\"a\", \"b\"], \"tags\": [\"O\"]}", .exampleTagCount, "line 1"),
        ("a.tsv", "words\ttags\na b\tO O O\n", .exampleTagCount, "line 2"),
        ("a.csv", "tokens,ner_tags\n\"['a', 'b']\",\"['O', 'O']\"\n", .examplePythonList, "line 2"),
        (
            "a.csv", "question,context,answers\nq,c,\"{'text': ['c'], 'answer_start': [0]}\"\n", .examplePythonList,
            "line 2"
        ),
    ])
    func wrong(name: String, text: String, code: FaultCode, place: String) {
        let found = fault(Array(text.utf8), as: name)
        #expect(found?.code == code, "\(name) \(text): \(found?.description ?? "read")")
        #expect(found?.place == place, "\(name) \(text): \(found?.description ?? "read")")
        #expect(found?.file == name && found?.problem.isEmpty == false)
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x74, 0], FaultCode.dataUTF16, ""), ([0xFE, 0xFF, 0, 0x74], .dataUTF16, ""),
            (Array("text".utf8).flatMap { [$0, 0] }, .dataUTF16, ""),
            (Array("text".utf8).flatMap { [0, $0] }, .dataUTF16, ""),
            ([0xFF, 0xFE, 0, 0, 0x74, 0, 0, 0], .dataUTF32, ""), ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x74], .dataUTF32, ""),
            (Array("text\tlabel\ncaf".utf8) + [0xE9, 9, 0x31, 10], .dataLatin1, "line 2"),
            (Array("text\tlabel\nit".utf8) + [0x92, 0x73, 9, 0x31, 10], .dataLatin1, "line 2"),
            (Array("text\tlabel\n".utf8) + [0xFF, 9, 0x31, 10], .dataNotUTF8, "line 2"),
            (Array("text\tlabel\né".utf8) + [0xE9, 9, 0x31, 10], .dataNotUTF8, "line 2"),
            ([0x1F, 0x8B, 8, 0], .dataCompressed, ""),
        ] as [([UInt8], FaultCode, String)])
    func otherEncodings(bytes: [UInt8], code: FaultCode, place: String) {
        for name in ["a", "a.tsv"] {
            let found = fault(bytes, as: name)
            #expect(found?.code == code && found?.place == place, "\(found?.description ?? "read")")
        }
        // Lines that are answered one by one are not looked at before they come.
        let records = try? TextRecords(TextTable(lines: ByteStream(bytes, name: "standard input")), form: .text)
        #expect(throws: Fault.self) { while try records?.next() != nil {} }
    }

    @Test func sizesAreBounded() {
        let long = [UInt8](repeating: 0x61, count: TextLines.limit + 8)
        #expect(fault(Array("text\n".utf8) + long, as: "a.tsv")?.code == .lineTooLong)
        #expect(fault(Array("{\"text\": \"".utf8) + long, as: "a.jsonl")?.code == .lineTooLong)
        #expect(fault(Array("text\n\"".utf8) + long, as: "a.csv")?.code == .dataRecordTooLong)
        #expect(fault(Array("[{\"text\": \"".utf8) + long, as: "a.json")?.code == .dataRecordTooLong)
        let sentence = Array(String(repeating: "a O\n", count: 1 << 17).utf8)
        #expect(fault(sentence, as: "a.conll")?.code == .dataRecordTooLong)
        let commas = [UInt8](repeating: 0x2C, count: 5000)
        #expect(fault(Array("text".utf8) + commas, as: "a.csv")?.code == .dataTooManyColumns)
        #expect(fault(Array("text\n\"a".utf8) + commas + Array("\"\n".utf8), as: "a.csv") == nil)
        let tabs = [UInt8](repeating: 9, count: 5000)
        #expect(fault(Array("text\n".utf8) + tabs, as: "a.tsv")?.code == .dataTooManyColumns)
        let members = (0..<5000).map { "\"\($0)\": 1" }.joined(separator: ", ")
        #expect(fault(Array("{\"text\": \"a\", \(members)}".utf8), as: "a.jsonl")?.code == .dataTooManyColumns)
    }

    @Test(arguments: [
        ("text", FaultCode.columnsMalformed), ("text=", .columnsMalformed), ("=a", .columnsMalformed),
        ("text=a,,label=b", .columnsMalformed),
        ("body=a", .columnsUnknownRole), ("text=a,text=b", .columnsRoleTwice), ("text=c", .columnsNoSuchColumn),
        ("text=3", .columnsNoSuchColumn),
    ])
    func choicesOfColumns(columns: String, code: FaultCode) {
        #expect(fault(Array("a\tb\n1\t2\n".utf8), as: "a.tsv", columns: columns)?.code == code)
    }

    @Test func flags() {
        let names = ["joy", "anger", "fear"]
        #expect(
            fault(Array("text\tjoy\tanger\na\t1\t0\n".utf8), as: "a.tsv", labels: names)?.code == .dataMissingFlags)
        #expect(
            fault(Array("text\tjoy\tanger\tfear\na\t1\t0\t2\n".utf8), as: "a.tsv", labels: names)?.code == .labelNotFlag
        )
        let both = fault(
            Array("{\"text\": \"a\", \"label\": [0, 1]}".utf8), as: "a.jsonl", labels: ["joy", "anger"], several: true)
        #expect(both?.code == .labelFlagsOrIds)
        let nothing = fault(
            Array("{\"text\": \"a\", \"label\": [null]}".utf8), as: "a.jsonl", labels: names, several: true)
        #expect(nothing?.code == .exampleNotLabel)
    }

    @Test func whatCannotBeReadSaysSo() {
        #expect(throws: Fault(.fileCannotOpen, in: "/nowhere/a.tsv", "cannot be opened: No such file or directory")) {
            try TextTable(path: "/nowhere/a.tsv", otherwise: .table)
        }
        let closed = TextTable(lines: ByteStream(descriptor: -1))
        #expect(throws: Fault(.inputUnreadable, in: "standard input", "cannot be read")) { try closed.next() }
    }
}
