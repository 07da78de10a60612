import AlbitImporters
import AlbitText
import AlbitTokenizers
import Testing

/// 340 strings; ids from transformers 4.57 with sentencepiece 0.2.1, offsets from tokenizers 0.23.
@Suite struct UnigramGoldenTests {
    @Test func idsEqualTheOriginals() throws {
        let cases = try GoldenTokenizers.cases("unigram_cases.json")
        #expect(cases.count == 340)
        #expect(
            try GoldenTokenizers.differences(GoldenTokenizers.albert.get(), cases, ids: "slow_ids", offsets: false)
                == [])
    }

    @Test func offsetsEqualTheFastTokenizers() throws {
        let cases = try GoldenTokenizers.cases("unigram_offsets.json")
        #expect(cases.count == 340)
        #expect(try GoldenTokenizers.differences(GoldenTokenizers.albert.get(), cases, ids: "ids", offsets: true) == [])
    }

    @Test func tokenizerJSONGivesTheFastIds() throws {
        let cases = try GoldenTokenizers.cases("unigram_cases.json")
        #expect(
            try GoldenTokenizers.differences(GoldenTokenizers.albertJSON.get(), cases, ids: "fast_ids", offsets: false)
                == [])
        let offsets = try GoldenTokenizers.cases("unigram_offsets.json")
        #expect(
            try GoldenTokenizers.differences(GoldenTokenizers.albertJSON.get(), offsets, ids: "ids", offsets: true)
                == [])
    }

    /// The model alone, on raw text and on text prepared by the original: what SentencePiece itself gives.
    @Test(arguments: [("text", "sp_raw_ids"), ("sp_input", "sp_ids")]) func modelAlone(_ names: (String, String)) throws
    {
        let draft = try SentencePieceReader.read(GoldenFile.bytes("tokenizer/spiece.model"), path: "spiece.model")
        let tokenizer = Tokenizer(try TokenizerTables(draft))
        var different: [String] = []
        for entry in try GoldenTokenizers.cases("unigram_cases.json") {
            let text = try #require(entry[names.0]?.bytes)
            if tokenizer.tokens(text).ids != (try GoldenTokenizers.integers(entry[names.1])) {
                different.append(String(decoding: text.prefix(60), as: UTF8.self))
            }
        }
        #expect(different == [])
    }

    @Test func piecesAreThoseOfTheVocabulary() throws {
        let tokenizer = try GoldenTokenizers.albert.get()
        for entry in try GoldenTokenizers.cases("unigram_offsets.json").prefix(100) {
            let text = try #require(entry["text"]?.bytes)
            let expected = try #require(entry["pieces"]?.array).map { try #require($0.bytes) }
            let encoding = tokenizer.encode(text)
            for (i, id) in encoding.ids.enumerated() where id != tokenizer.specialIDs.unknown && i < expected.count {
                #expect(tokenizer.piece(id) == expected[i])
            }
        }
        #expect(tokenizer.count == 30000)
        #expect(tokenizer.piece(-1) == [])
        #expect(tokenizer.piece(30000) == [])
    }
}
