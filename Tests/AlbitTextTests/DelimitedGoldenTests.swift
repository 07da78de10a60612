import AlbitText
import Testing

/// What Python's csv module wrote (Scripts/golden-tables.py), in every dialect: the texts that it was given.
@Suite struct DelimitedGoldenTests {
    @Test(arguments: ["minimal.csv", "crlf.csv", "all.csv", "semicolon.csv", "nonnumeric.csv", "all.tsv"])
    func dialect(name: String) throws {
        let expected = try Table.examples(Table.bytes("csv/rows.json"), as: "rows.json").examples
        let found = try Table.examples(Table.bytes("csv/" + name), as: name).examples
        #expect(expected.count == 60 && found.count == 60)
        for (a, b) in zip(found, expected) {
            #expect(a.input == b.input)
            guard case .label(let x)? = a.truth, case .label(let y)? = b.truth else {
                throw Fault(.dataNoInput, "no label")
            }
            #expect(x.text == y.text)
        }
    }
}
