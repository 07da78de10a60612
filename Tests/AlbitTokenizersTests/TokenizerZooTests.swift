import AlbitImporters
import AlbitModel
import AlbitText
import AlbitTokenizers
import Foundation
import TestData
import Testing

/// Ids, pieces and offsets of tokenizers 0.23, sentencepiece 0.2.1 and transformers 4.57 over all steps and layouts
/// (Scripts/differential-tokenizers.py --record, Scripts/golden-tokenizers.py), and the files of known faults.
@Suite struct TokenizerZooTests {
    private func files(_ name: String) throws -> [TokenizerFile] {
        let directory = TokenizerZoo.directory + "/" + name
        return try FileManager.default.contentsOfDirectory(atPath: directory).sorted().filter { $0 != "cases.json" }.map
        { file in
            TokenizerFile(
                name: file, path: directory + "/" + file, bytes: try TestData.bytes(atPath: directory + "/" + file))
        }
    }

    private func cases(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: TestData.bytes(atPath: TokenizerZoo.directory + "/" + name + "/cases.json"))
    }

    /// Texts for which a tokenizer gives something else.
    private func differences(_ tokenizer: Tokenizer, _ cases: JSONValue) throws -> [String] {
        var result: [String] = []
        for entry in try #require(cases["cases"]?.array) {
            let encoding = tokenizer.encode(try #require(entry["text"]?.bytes))
            let pieces = try #require(entry["pieces"]?.array).map { try #require($0.bytes) }
            let ids = try GoldenTokenizers.integers(entry["ids"])
            var isSame = ids == encoding.ids
            // Of what is unknown some libraries show the text instead of the piece.
            for (id, piece) in zip(encoding.ids, pieces)
            where id != tokenizer.tables.specialIDs.unknown && tokenizer.piece(id) != piece { isSame = false }
            if let offsets = entry["offsets"]?.array {
                let expected = try offsets.map { try GoldenTokenizers.integers($0) }
                if zip(encoding.starts, encoding.ends).map({ [$0, $1] }) != expected { isSame = false }
            }
            if !isSame { result.append(entry["text"]?.string ?? "?") }
        }
        return result
    }

    @Test func theZooIsThere() { #expect(TokenizerZoo.names.count >= 120) }

    @Test(arguments: TokenizerZoo.names) func answers(_ name: String) throws {
        let cases = try cases(name)
        if let reason = cases["refused"]?.string {
            let found = fault { try TokenizerReader.read(files(name)) }
            #expect(found.isA(.tokenizerUnsupported, reason), "\(String(describing: found))")
            return
        }
        let tables = try #require(try TokenizerReader.read(files(name), isBare: name.hasPrefix("sentencepiece-")))
        #expect(try differences(Tokenizer(tables), cases) == [])
        // And again as a board reads it, from a model file.
        var writer = GGUFWriter()
        tables.write(to: &writer)
        let path = try TestData.temporaryDirectory() + "/tokenizer.gguf"
        try Data(writer.header()).write(to: URL(fileURLWithPath: path))
        let stored = try #require(try TokenizerTables.read(GGUF(file: MappedFile(path: path))))
        #expect(try differences(Tokenizer(stored), cases) == [])
        #expect(stored.pipeline == tables.pipeline)
    }

    /// Words that a segmenter has cut are read where text is not.
    @Test func segmentedWords() throws {
        let tables = try #require(
            try TokenizerReader.read(files("fault-tokenizer-class-ignored-ja_mecab"), isSegmented: true))
        let words = "私 は 東京 に 住ん で い ます 。".split(separator: " ").map { Array($0.utf8) }
        #expect(Tokenizer(tables).encode(words: words).ids == [2, 22, 23, 5, 9, 10, 14, 15, 17, 20, 3])
    }

    @Test func vocabulariesThatDisagreeAreRefused() throws {
        var all = try files("vocabulary-cased").filter { $0.name == "vocab.txt" }
        all.append(
            TokenizerFile(
                name: "tokenizer.json", path: "tokenizer.json", bytes: Array(TokenizerFileErrorTests.wordPiece.utf8)))
        #expect(fault { try TokenizerReader.read(all) }.isA(.tokenizerOtherVocabulary, "--tokenizer"))
    }
}
