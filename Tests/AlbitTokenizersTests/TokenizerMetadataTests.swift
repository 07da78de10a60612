import AlbitModel
import AlbitText
import AlbitTokenizers
import Foundation
import Testing

/// The tokenizer inside a model file.
@Suite struct TokenizerMetadataTests {
    /// A file of a header alone, opened as a model file is.
    private func open(_ writer: GGUFWriter, _ body: (GGUF) throws -> Void) throws {
        try open(writer.header(), body)
    }

    private func open(_ bytes: [UInt8], _ body: (GGUF) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try body(try GGUF(file: MappedFile(path: path)))
    }

    private func writer(_ tokenizer: Tokenizer) -> GGUFWriter {
        var writer = GGUFWriter()
        tokenizer.tables.write(to: &writer)
        return writer
    }

    @Test func unigramComesBackAndFitsItsBudget() throws {
        let original = try GoldenTokenizers.albert.get()
        let writer = writer(original)
        #expect(writer.header().count <= 1_100_000)
        try open(writer) { gguf in
            let tables = try #require(try TokenizerTables.read(gguf))
            #expect(tables.settings == original.tables.settings)
            #expect(tables.specialTokens == original.tables.specialTokens)
            #expect(tables.specialIDs == original.tables.specialIDs)
            #expect(tables.template == original.tables.template)
            let cases = try GoldenTokenizers.cases("unigram_offsets.json")
            let differences = try GoldenTokenizers.differences(Tokenizer(tables), cases, ids: "ids", offsets: true)
            #expect(differences == [])
            var again = GGUFWriter()
            tables.write(to: &again)
            #expect(again.header() == writer.header())
        }
    }

    @Test func wordPieceComesBack() throws {
        let original = try GoldenTokenizers.wordPiece.get()
        try open(writer(original)) { gguf in
            let tables = try #require(try TokenizerTables.read(gguf))
            #expect(tables.settings == original.tables.settings)
            let cases = try GoldenTokenizers.cases("wordpiece_cases.json")
            let differences = try GoldenTokenizers.differences(Tokenizer(tables), cases, ids: "ids", offsets: true)
            #expect(differences == [])
        }
    }

    @Test func fileWithoutTokenizer() throws {
        try open(GGUFWriter()) { gguf in
            let tables = try TokenizerTables.read(gguf)
            #expect(tables === nil)
        }
    }

    @Test func otherKindsAreRefusedByName() throws {
        var writer = GGUFWriter()
        writer.set("tokenizer.ggml.model", "gpt2")
        try open(writer) { gguf in
            let error = #expect(throws: ModelFileError.self) { try TokenizerTables.read(gguf) }
            #expect(error?.description.contains("'gpt2'") == true)
        }
    }

    /// Every seventh byte of a small tokenizer's keys is damaged in turn: reading or using it may fail, but never traps.
    @Test func damagedKeysNeverTrap() throws {
        var settings = TokenizerSettings(kind: .unigram)
        settings.minScore = -3
        settings.maxScore = -1
        var draft = TokenizerDraft(
            path: "small", pieces: ["<unk>", "\u{2581}a", "b", "ab", "abcde", "\u{2581}"].map { Array($0.utf8) }, settings: settings,
            template: TokenTemplate(cls: 1, sep: 2))
        draft.scores = [0, -1, -2, -3, -1.5, -2.5]
        draft.types = [2, 1, 1, 1, 4, 1]
        draft.specialTokens = [SpecialToken(id: 2, content: [0x62])]
        var writer = GGUFWriter()
        try TokenizerTables(draft).write(to: &writer)
        let header = writer.header()
        var (read, refused) = (0, 0)
        for place in stride(from: 24, to: header.count, by: 7) {
            for mask in [0xFF, 0x01] as [UInt8] {
                var damaged = header
                damaged[place] ^= mask
                do {
                    try open(damaged) { gguf in
                        guard let tables = try TokenizerTables.read(gguf) else { return }
                        let encoding = Tokenizer(tables).encode("abcde ab\u{2581} xyz b", pair: "a\u{0}b")
                        #expect(encoding.starts.count == encoding.ids.count)
                        for id in encoding.ids { _ = tables.piece(Int(id)) }
                    }
                    read += 1
                } catch is ModelFileError {
                    refused += 1
                }
            }
        }
        #expect(read > 20)
        #expect(refused > 20)
    }
}
