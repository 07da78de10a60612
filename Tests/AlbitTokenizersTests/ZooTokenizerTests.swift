import AlbitImporters
import AlbitText
import AlbitTokenizers
import TestData
import Testing

/// Tokenizers of the zoo, written by sentencepiece 0.2.3, transformers 5.23 and tokenizers 0.23, with their own
/// outputs.
@Suite struct ZooTokenizerTests {
    private func bytes(_ name: String) throws -> [UInt8] { try TestData.bytes(atPath: Zoo.directory + "/" + name) }

    /// Texts whose ids, or whose known pieces, differ from the golden ones.
    private func differences(
        _ golden: String, _ ids: ([UInt8]) -> [Int32], piece: (Int32) -> [UInt8], unknown: Int32
    ) throws -> [String] {
        let cases = try #require(try JSONValue(parsing: bytes("golden/" + golden)).array)
        #expect(cases.count == 8)
        var result: [String] = []
        for entry in cases {
            let text = try #require(entry["text"]?.bytes)
            let found = ids(text)
            let pieces = try #require(entry["pieces"]?.array).map { try #require($0.bytes) }
            let same = found == (try GoldenTokenizers.integers(entry["ids"]))
            if !same || zip(found, pieces).contains(where: { $0 != unknown && piece($0) != $1 }) {
                result.append(String(decoding: text, as: UTF8.self))
            }
        }
        return result
    }

    @Test(arguments: ["unigram", "unigram_bytefallback"]) func sentencePieceModels(_ name: String) throws {
        let draft = try SentencePieceReader.read(bytes("tokenizers/\(name).model"), path: name)
        #expect(draft.settings.byteFallback == (name != "unigram"))
        let tokenizer = Tokenizer(try TokenizerTables(draft))
        let found = try differences(
            "tok_\(name).json", { tokenizer.tokens($0).ids }, piece: { tokenizer.piece($0) },
            unknown: draft.settings.unknownID)
        #expect(found == [])
    }

    @Test func fastTokenizerOfTransformers() throws {
        let tokenizer = Tokenizer(
            try TokenizerReader.read(bytes("tokenizers/hf/tokenizer.json"), path: "tokenizer.json"))
        let found = try differences(
            "tok_hf.json", { tokenizer.encode($0).ids }, piece: { tokenizer.piece($0) },
            unknown: tokenizer.tables.settings.unknownID)
        #expect(found == [])
    }

    @Test func wordPieceVocabulary() throws {
        let tokenizer = Tokenizer(try TokenizerReader.read(bytes("tokenizers/wordpiece-vocab.txt"), path: "vocab.txt"))
        let found = try differences(
            "tok_wordpiece.json", { tokenizer.tokens($0).ids }, piece: { tokenizer.piece($0) }, unknown: -1)
        #expect(found == [])
    }

    @Test func bytePairModel() throws {
        let tokenizer = Tokenizer(
            try TokenizerTables(try SentencePieceReader.read(bytes("tokenizers/bpe.model"), path: "bpe.model")))
        let found = try differences(
            "tok_bpe.json", { tokenizer.tokens($0).ids }, piece: { tokenizer.piece($0) },
            unknown: tokenizer.tables.settings.unknownID)
        #expect(found == [])
    }

    @Test func badModelsAreRefused() throws {
        let rows = Zoo.rows.filter { $0.path.hasPrefix("bad/spm/") }
        #expect(rows.count == 2)
        for row in rows {
            let found = fault { try TokenizerReader.read(TestData.bytes(atPath: row.fullPath), path: row.path) }
            let isRight =
                row.path.contains("duplicate")
                ? found.isA(.sentencePieceDuplicatePiece, "'[SEP]'") : found.isA(.sentencePieceScoreNotFinite)
            #expect(isRight, "\(row.path): \(String(describing: found))")
            #expect(row.path.contains("duplicate") || row.path.contains("nan"))
        }
    }
}
