import AlbitText
import AlbitTokenizers
import Testing

/// Ids, pieces and offsets from tokenizers 0.23.
@Suite struct WordPieceGoldenTests {
    @Test func tokenizerJSON() throws {
        let cases = try GoldenTokenizers.cases("wordpiece_cases.json")
        #expect(cases.count > 300)
        #expect(
            try GoldenTokenizers.differences(GoldenTokenizers.wordPiece.get(), cases, ids: "ids", offsets: true) == [])
    }

    @Test func vocabularyFile() throws {
        let cases = try GoldenTokenizers.cases("wordpiece_cases.json")
        #expect(
            try GoldenTokenizers.differences(GoldenTokenizers.vocabulary.get(), cases, ids: "ids", offsets: true) == [])
    }

    @Test func pieces() throws {
        let tokenizer = try GoldenTokenizers.wordPiece.get()
        for entry in try GoldenTokenizers.cases("wordpiece_cases.json") {
            let text = try #require(entry["text"]?.bytes)
            let expected = try #require(entry["pieces"]?.array).map { try #require($0.bytes) }
            #expect(tokenizer.encode(text).ids.map { tokenizer.piece($0) } == expected)
        }
    }
}
