import AlbitText
import Testing

/// Columns by the names that people have.
@Suite struct ColumnsTests {
    @Test(
        arguments: [
            // GLUE and its like.
            ("sentence\tlabel", "a\t1", "a = 1", []), ("sentence1\tsentence2\tlabel", "a\tb\t1", "a | b = 1", []),
            ("index\tquestion\tsentence\tlabel", "0\ta\tb\tentailment", "a | b = entailment", ["index"]),
            ("premise\thypothesis\tlabel", "a\tb\t2", "a | b = 2", []),
            ("Quality\t#1 ID\t#2 ID\t#1 String\t#2 String", "1\t7\t8\ta\tb", "a | b = 1", ["#1 ID", "#2 ID"]),
            (
                "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate", "0\t1\t2\ta\tb\t0", "a | b = 0",
                ["id", "qid1", "qid2"]
            ),
            ("index\tgenre\tsentence1\tsentence2\tscore", "0\tx\ta\tb\t4.5", "a | b = 4.5", ["index", "genre"]),
            (
                "pairID\tsentence1_parse\tsentence1\tsentence2\tlabel1\tgold_label", "0\tx\ta\tb\tneutral\tentailment",
                "a | b = entailment", ["pairID", "sentence1_parse", "label1"]
            ),
            (
                "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment", "1\ta\tb\t3.2\tNEUTRAL",
                "a | b = 3.2", ["pair_ID", "entailment_judgment"]
            ),
            // Others.
            ("Text\tLabel", "a\t1", "a = 1", []), (" text \t label", "a\t1", "a = 1", []),
            ("text\tlabels", "a\t1", "a = 1", []),
            ("\ttext\tlabel", "0\ta\t1", "a = 1", [""]),
            ("text\tlabel\tlabel_text", "a\t1\tgood", "a = 1", ["label_text"]),
            ("text\tpair\tlabel", "a\tb\t1", "a | b = 1", []),
            ("text\tsentence1\tsentence2", "a\tb\tc", "a = nothing", ["sentence1", "sentence2"]),
            ("review_body\tstars", "a\t5", "a = 5", []), ("ids\tlabel", "2 5,3\t1", "[2, 5, 3] [] = 1", []),
            ("text\tinput_ids", "a\t1 2", "a = nothing", ["input_ids"]),
            ("question\tcontext\tanswer", "a\tb c\tc", "a @ b c = [\"c\"]", []),
            ("words\ttags", "a b\tO B-PER", "[a][b] = O B-PER", []),
            ("text\tchoice0\tchoice1\tlabel", "a\tb\tc\t1", "a -> b / c = choice 1", []),
            (
                "premise\tchoice1\tchoice2\tquestion\tlabel", "a\tb\tc\tcause\t1", "a -> b / c = choice 1",
                ["question"]
            ),
            ("goal\tsol1\tsol2\tlabel", "a\tb\tc\t0", "a -> b / c = choice 0", []),
        ] as [(String, String, String, [String])])
    func names(header: String, row: String, expected: String, unused: [String]) throws {
        let (examples, reader) = try Table.examples(header + "\n" + row + "\n", as: "a.tsv")
        #expect(examples.map { Table.describe($0) } == [expected])
        #expect(reader.unusedColumns == unused)
    }

    /// Labels that a head does not read are named too: those of masked words, and of single texts that become vectors.
    @Test func labelsThatNothingReads() throws {
        let (_, texts) = try Table.examples("text\tlabel\tidx\na\t1\t7\n", as: "a.tsv")
        #expect(texts.unusedColumns(isTruthRead: true, ofPairsOnly: false) == ["idx"])
        #expect(texts.unusedColumns(isTruthRead: false, ofPairsOnly: false) == ["idx", "label"])
        #expect(texts.unusedColumns(isTruthRead: true, ofPairsOnly: true) == ["idx", "label"])
        let (_, pairs) = try Table.examples("sentence1\tsentence2\tscore\na\tb\t1\n", as: "a.tsv")
        #expect(pairs.unusedColumns(isTruthRead: true, ofPairsOnly: true) == [])
        #expect(pairs.unusedColumns(isTruthRead: false, ofPairsOnly: false) == ["score"])
    }

    /// A question about a passage with choices: which of the two a model's input begins with is for a person to say.
    @Test(arguments: ["article", "context", "passage"])
    func passageWithQuestion(name: String) throws {
        let text = "\(name)\tquestion\tchoice0\tchoice1\tlabel\na\tq\tb\tc\t1\n"
        let fault = try #require(throws: Fault.self) { try Table.examples(text, as: "a.tsv") }
        #expect(fault.code == .dataAmbiguousColumn)
        #expect(try Table.described(text, as: "a.tsv", columns: "text=\(name)") == ["a -> b / c = choice 1"])
    }

    @Test(arguments: [
        ("text=review,label=stars", "b = 5"), ("text=title,pair=review,label=stars", "a | b = 5"),
        ("text=Title,label=3", "a = 5"),
        ("text=2,label=3", "b = 5"), ("text=title", "a = 5"), ("question=title,context=review", "a @ b = nothing"),
        ("words=review,tags=title", "[b] = a"), ("text=title,choices=review,choices=stars", "a -> b / 5 = nothing"),
        ("ids=stars", "b = nothing"), ("text=title,answers=review", "a = 5"),
    ])
    func choices(columns: String, expected: String) throws {
        #expect(try Table.described("title\treview\tstars\na\tb\t5\n", as: "a.tsv", columns: columns) == [expected])
    }

    @Test func huggingFaceRows() throws {
        let rows = [
            ("{\"id\": \"0\", \"tokens\": [\"EU\", \"rejects\"], \"ner_tags\": [3, 0]}", "[EU][rejects] = 3 0", ["id"]),
            (
                "{\"tokens\": [\"EU\", \"rejects\"], \"ner_tags\": [\"B-ORG\", \"O\"], \"tags\": [\"X\", \"Y\"]}",
                "[EU][rejects] = X Y", ["ner_tags"]
            ),
            (
                "{\"text\": \"EU rejects\", \"tokens\": [\"EU\", \"rejects\"], \"label\": 1}", "EU rejects = 1",
                ["tokens"]
            ),
            (
                """
                {"question": "q", "context": "c d", "answers": {"text": ["d", "c d"], "answer_start": [2, 0]}}
                """,
                "q @ c d = [\"d\", \"c d\"]", []
            ),
            (
                "{\"question\": \"q\", \"context\": \"c d\", \"answers\": {\"text\": [], \"answer_start\": []}}",
                "q @ c d = []", []
            ),
            (
                "{\"question\": \"q\", \"context\": \"c d\", \"answers\": [{\"text\": \"d\", \"answer_start\": 2}]}",
                "q @ c d = [\"d\"]", []
            ),
            (
                "{\"question\": \"q\", \"context\": \"c d\", \"is_impossible\": true, \"answers\": []}", "q @ c d = []",
                []
            ),
            ("{\"question\": \"q\", \"context\": \"c d\"}", "q @ c d = nothing", []),
            (
                "{\"sent1\": \"a\", \"sent2\": \"It\", \"ending0\": \"rains.\", \"ending1\": \"snows.\", \"label\": 1}",
                "a -> It rains. / It snows. = choice 1", []
            ),
            (
                """
                {"question": "a", "choices": {"text": ["b", "c"], "label": ["A", "B"]}, "answerKey": "B"}
                """,
                "a -> b / c = choice B", []
            ),
            ("{\"ctx\": \"a\", \"endings\": [\"b\", \"c\"], \"label\": \"1\"}", "a -> b / c = choice 1", []),
            (
                "{\"input_ids\": [2, 3], \"token_type_ids\": [0, 0], \"attention_mask\": [1, 1], \"label\": 1}",
                "[2, 3] [0, 0] = 1", ["attention_mask"]
            ),
            ("{\"sentence1\": \"a\", \"sentence2\": \"b\", \"label\": -1, \"idx\": 0}", "a | b = -1", ["idx"]),
            ("{\"text\": \"a\", \"label\": true}", "a = 1", []),
            ("{\"text\": \"a\", \"label\": \"joy\"}", "a = joy", []),
        ]
        for (row, expected, unused) in rows {
            let (examples, reader) = try Table.examples(row)
            #expect(examples.map { Table.describe($0) } == [expected], "\(row)")
            #expect(reader.unusedColumns == unused, "\(row)")
        }
    }

    /// SQuAD's JSON on one line or many; the place is the question's number.
    @Test func squad() throws {
        let squad = """
            {"version": "v2.0", "data": [{"title": "t", "paragraphs": [{"context": "Paris is in France.", "qas": [
            {"id": "1", "question": "Where is Paris?", "answers": [{"text": "France", "answer_start": 12}, {"text": \
            "in France", "answer_start": 9}]},
            {"id": "2", "question": "Who?", "is_impossible": true, "answers": [], "plausible_answers": []}]}]},
            {"title": "u", "paragraphs": [{"context": "Rome.", "qas": [{"id": "3", "question": "Where?"}]}, \
            {"context": "Oslo.", "qas": []}]}]}
            """
        for text in [squad, squad.replacing("\n", with: "")] {
            let (examples, reader) = try Table.examples(text)
            #expect(
                examples.map { Table.describe($0) } == [
                    "Where is Paris? @ Paris is in France. = [\"France\", \"in France\"]",
                    "Who? @ Paris is in France. = []",
                    "Where? @ Rome. = nothing",
                ])
            #expect(examples.map { $0.place } == ["question 1", "question 2", "question 3"])
            #expect(reader.unusedColumns == ["id", "plausible_answers"])
        }
    }

    /// Labels as a list, as flags by column or in a list, and with separators.
    @Test(arguments: [
        (
            "a.jsonl", "{\"text\": \"a\", \"label\": [\"joy\", \"film\"]}",
            ExampleLabel.several([.name(Array("joy".utf8)), .name(Array("film".utf8))])
        ),
        ("a.jsonl", "{\"text\": \"a\", \"labels\": [2, 0]}", .several([.number(2), .number(0)])),
        ("a.jsonl", "{\"text\": \"a\", \"labels\": []}", .several([])),
        ("a.jsonl", "{\"text\": \"a\", \"labels\": [0.0, 1.0, 1.0]}", .flags([false, true, true])),
        ("a.jsonl", "{\"text\": \"a\", \"labels\": [1, 0, 1]}", .flags([true, false, true])),
        ("a.jsonl", "{\"text\": \"a\", \"Joy\": true, \"anger\": false, \"film\": true}", .flags([true, false, true])),
        ("a.tsv", "text\tfilm\tjoy\tanger\na\t1\t0\t0", .flags([false, false, true])),
        ("a.tsv", "text\tlabel\na\tjoy,film", .several([.written(Array("joy".utf8)), .written(Array("film".utf8))])),
        ("a.tsv", "text\tlabel\na\tjoy | film", .several([.written(Array("joy".utf8)), .written(Array("film".utf8))])),
        ("a.tsv", "text\tlabel\na\t2 0", .several([.written(Array("2".utf8)), .written(Array("0".utf8))])),
        ("a.tsv", "text\tlabel\na\t[\"joy\"]", .several([.name(Array("joy".utf8))])),
        ("a.tsv", "text\tlabel\na\tjoy", .several([.written(Array("joy".utf8))])),
    ])
    func severalLabels(name: String, text: String, expected: ExampleLabel) throws {
        let (examples, _) = try Table.examples(text, as: name, labels: ["joy", "anger", "film"], several: true)
        #expect(examples.map { $0.truth } == [.label(expected)])
    }
}
