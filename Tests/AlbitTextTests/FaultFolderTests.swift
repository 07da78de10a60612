import AlbitText
import Testing

/// Files on which other readers went wrong, in silence or with a refusal that helped nobody.
@Suite struct FaultFolderTests {
    private func described(_ name: String, columns: String? = nil) throws -> [String] {
        try Table.examples(Table.bytes(name), as: name, columns: columns).examples.map { Table.describe($0) }
    }

    /// Comment lines are no words.
    @Test func conll() throws {
        let plain = try described("conll/plain.conll")
        #expect(
            plain == [
                "[Anna][Fischer][lives][in][Vienna][.] = B-PER I-PER O O B-LOC O",
                "[Siemens][shares][rose][.] = B-ORG O O O",
                "[Peter][Novak][of][Ajax][met][Maria][Silva][.] = B-PER I-PER O B-ORG O B-PER I-PER O",
            ])
        for name in ["conll/comments.conll", "conll/comments-later.conll"] { #expect(try described(name) == plain) }
        #expect(try described("conll/pos.conll") == ["[Anna][lives][here] = NNP VBZ RB"])
        let names = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
        for name in ["conll/hf-ids.jsonl", "conll/words-ids.jsonl"] {
            let examples = try Table.examples(Table.bytes(name), as: name).examples
            let ids = LabelReading(names: names, count: 9, values: .ids)
            let asked = LabelReading(names: names, count: 9)
            for (example, expected) in zip(examples, plain) {
                guard case .tags(let tags)? = example.truth else { throw Fault(.dataNoInput, "no tags") }
                let read = try tags.map { names[try ids.tag($0, in: name, at: example.place)] }
                #expect(expected.hasSuffix(" = " + read.joined(separator: " ")))
                let fault = #expect(throws: Fault.self) { try asked.tag(tags[0], in: name, at: example.place) }
                #expect(fault?.code == .labelNumbered)
            }
        }
        let unknown = try Table.examples(Table.bytes("conll/unknowntag.conll"), as: "unknowntag.conll").examples
        guard case .tags(let tags)? = unknown[0].truth else { throw Fault(.dataNoInput, "no tags") }
        let fault = #expect(throws: Fault.self) {
            try LabelReading(names: names, count: 9).tag(tags[0], in: "a", at: "line 1")
        }
        #expect(fault?.description.contains("'B-PERSON'") == true)
    }

    @Test func oneColumn() throws {
        let texts = try described("one-column-tsv/text.tsv")
        #expect(texts.count == 7 && texts[3].hasPrefix("the acting , costumes , music ,"))
        let calibration = try TextTable(
            ByteStream(Table.bytes("one-column-tsv/text.tsv"), name: "text.tsv"), otherwise: .tableIfNamed)
        let reader = try ExampleReader(calibration)
        while try reader.next() != nil {}
        #expect(reader.count == 7)
    }

    @Test func tables() throws {
        #expect(try described("tables/gluelike.tsv") == ["a fine film = 1", "dull = 0"])
        #expect(try described("tables/array.json") == ["a fine film = 1", "dull = 0"])
        #expect(try described("tables/labels.csv") == ["a fine film = 1", "dull = 0"])
        #expect(try described("tables/mrpc.tsv") == ["a fine film | good film = 1", "dull | bright = 0"])
        #expect(
            try described("tables/pandas-quotes.tsv") == [
                "a \"fine\", charming film = 1", "semi;colon \"quoted\" = 1", " = 1", "  spaces   = 0",
                "café naïve ’quotes’ = 1",
            ])
        let (examples, reader) = try Table.examples(Table.bytes("tables/partial.jsonl"), as: "partial.jsonl")
        #expect(examples.count == 4 && reader.countWithoutTruth == 3)
    }

    @Test func numericLabels() throws {
        let names = ["1", "2"]
        for (file, values) in [("ids.tsv", LabelReading.Values.ids), ("names.tsv", .names)] {
            let examples = try Table.examples(Table.bytes("numeric-labels/" + file), as: file).examples
            var read: [Int?] = []
            var isAsked = false
            for example in examples {
                guard case .label(.one(let value))? = example.truth else { throw Fault(.dataNoInput, "no label") }
                read.append(
                    try LabelReading(names: names, count: 2, values: values).index(
                        of: value, in: file, at: example.place))
                do throws(Fault) {
                    _ = try LabelReading(names: names, count: 2).index(of: value, in: file, at: example.place)
                } catch {
                    isAsked = isAsked || error.code == .labelConfusable
                }
            }
            // Both files hold the same texts and truths: the first two are positive and negative.
            #expect(isAsked && read.prefix(2).elementsEqual([1, 0]))
        }
    }

    @Test func answerForms() throws {
        let expected = [
            "where ? @ Anna Fischer arrived in Vienna on Monday . = [\"Vienna\"]",
            "who is mentioned ? @ Peter Novak of Siemens said the match was over . = [\"Peter Novak\"]",
        ]
        for name in ["list.jsonl", "hf.jsonl", "array.json"] {
            #expect(try described("qa-answer-forms/" + name) == expected, "\(name)")
        }
        let (examples, reader) = try Table.examples(
            Table.bytes("qa-answer-forms/test-set-without-answers.json"), as: "test.json")
        #expect(examples.count == 2 && reader.countWithoutTruth == 2)
    }

    @Test func multipleChoice() throws {
        let expected = [
            "She took her umbrella. -> It rained. / It was hot. = choice 0",
            "He put on his coat. -> It was hot. / It was cold. = choice 1",
        ]
        for name in ["swag.tsv", "swag.jsonl"] { #expect(try described("multiple-choice/" + name) == expected) }
        let swag = try described("multiple-choice/swag-hf.csv")
        #expect(swag == ["She took her umbrella. -> It rained. / It was hot. / It sang. / It ran. = choice 0"])
    }
}
