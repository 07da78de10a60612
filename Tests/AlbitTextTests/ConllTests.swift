import AlbitText
import Testing

/// CoNLL as people have it: comments, documents' starts, numbered words, tags of any kind.
@Suite struct ConllTests {
    private func described(_ text: String, as name: String = "data", columns: String? = nil) throws -> [String] {
        try Table.described(text, as: name, columns: columns)
    }

    private static let sentences = ["[Anna][lives] = B-PER O", "[Vienna] = B-LOC"]

    @Test(arguments: [
        "Anna B-PER\nlives O\n\nVienna B-LOC\n", "Anna\tB-PER\nlives\tO\n\n\nVienna\tB-LOC",
        "\u{FEFF}Anna B-PER\r\nlives O\r\n\r\nVienna B-LOC\r\n",
        "-DOCSTART- -X- O O\n\nAnna NNP I-NP B-PER\nlives VBZ I-VP O\n\nVienna NNP I-NP B-LOC\n",
        "# id 0-abc\tdomain=en\nAnna B-PER\nlives O\n\n# id 1-abc\tdomain=en\nVienna B-LOC\n",
        "# id 0-abc\tdomain=en\nAnna _ _ B-PER\nlives _ _ O\n\n# id 1 and two\nVienna _ _ B-LOC\n",
        "Anna B-PER\nlives O\n  \n# sent 2\n#\n# text = Vienna\nVienna B-LOC\n\t\n",
        "#begin document (a); part 000\nAnna B-PER\nlives O\n\n#end document\n\nVienna B-LOC\n",
        "# source\n1\tAnna\tB-PER\n2\tlives\tO\n\n1\tVienna\tB-LOC\n",
        "1 Anna x B-PER\n2 lives x O\n\n1 Vienna x B-LOC\n",
    ])
    func entities(text: String) throws {
        #expect(try described(text) == Self.sentences)
        #expect(try described(text, as: "train.conll") == Self.sentences)
    }

    /// Words that are, or begin with, the sign of comments.
    @Test func signsOfCommentsMayBeWords() throws {
        #expect(
            try described("# O\nAnna B-PER\n\n# O\n#Vienna B-LOC\n# O\n\n#1 O\n") == [
                "[#][Anna] = O B-PER", "[#][#Vienna][#] = O B-LOC O", "[#1] = O",
            ])
        #expect(
            try described("Anna NNP\n# #\n\n# #\n5 CD\n\n#metoo NN\n", as: "a.conll") == [
                "[Anna][#] = NNP #", "[#][5] = # CD", "[#metoo] = NN",
            ])
    }

    @Test func otherColumns() throws {
        #expect(
            try described("B-PER\tAnna\nO\tlives\n", as: "a.conll", columns: "words=2,tags=1") == [
                "[Anna][lives] = B-PER O"
            ])
        let (examples, reader) = try Table.examples("Anna NNP I-NP B-PER\n", as: "a.conll", columns: "tags=2")
        #expect(examples.map { Table.describe($0) } == ["[Anna] = NNP"])
        #expect(reader.unusedColumns == ["column 3", "column 4"])
        #expect(try described("New York\tB-LOC\nis\tO\n") == ["[New York][is] = B-LOC O"])
    }

    /// CoNLL-U: universal tags, tokens of several words and words that were left out.
    @Test func universalDependencies() throws {
        let text = """
            # sent_id = 1
            # text = Vámonos al mar
            1-2\tVámonos\t_\t_\t_\t_\t_\t_\t_\t_
            1\tVamos\tir\tVERB\t_\t_\t0\troot\t_\t_
            2\tnos\tnosotros\tPRON\t_\t_\t1\tobj\t_\t_
            2.1\tx\tx\tX\t_\t_\t_\t_\t_\t_
            3\tmar\tmar\tNOUN\t_\t_\t1\tobl\t_\t_

            """
        #expect(try described(text, as: "a.conllu") == ["[Vamos][nos][mar] = VERB PRON NOUN"])
    }

    @Test func placesAreFirstLines() throws {
        #expect(
            try Table.examples("-DOCSTART- O\n\nAnna B-PER\nlives O\n\n# c\nVienna B-LOC\n").examples.map { $0.line }
                == [3, 7])
    }
}
