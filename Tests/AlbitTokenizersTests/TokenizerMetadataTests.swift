import AlbitModel
import AlbitText
import AlbitTokenizers
import Foundation
import TestData
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

    /// A trie of more nodes than a file can address, here with less room than a file has.
    @Test func aVocabularyThatIsTooLarge() throws {
        let usual = try GoldenTokenizers.wordPiece.get().tables
        var draft = TokenizerDraft(
            path: "vocab.txt", pieces: (0..<usual.count).map { usual.piece($0) }, settings: usual.settings,
            template: usual.template)
        draft.specialIDs = usual.specialIDs
        let found = fault { try TokenizerTables(draft, maxUnits: 512) }
        #expect(found.isA(.tokenizerVocabularyTooLarge, "vocab.txt"), "\(String(describing: found))")
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
            #expect(fault { try TokenizerTables.read(gguf) }.isA(.modelBadValue, "'gpt2'"))
        }
    }

    /// Every seventh byte of a small tokenizer's keys is damaged in turn: reading or using it may fail, but never
    /// traps.
    @Test func damagedKeysNeverTrap() throws {
        var settings = TokenizerSettings(kind: .unigram)
        settings.minScore = -3
        settings.maxScore = -1
        var draft = TokenizerDraft(
            path: "small", pieces: ["<unk>", "\u{2581}a", "b", "ab", "abcde", "\u{2581}"].map { Array($0.utf8) },
            settings: settings,
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
                } catch is Fault {
                    refused += 1
                }
            }
        }
        #expect(read > 20)
        #expect(refused > 20)
    }

    /// A file whose trie leads back into itself, whose piece is a megabyte and whose map makes each letter a megabyte:
    /// tokens may be wrong, but they come in time and memory that grow with the text alone.
    @Test(arguments: ["trie", "piece", "map"]) func cyclesAndFloodsAreBounded(_ kind: String) throws {
        let long = [UInt8](repeating: 0x61, count: 1 << 20)
        let small = Array("<unk>".utf8)
        var writer = GGUFWriter()
        writer.set("tokenizer.ggml.model", "t5")
        writer.set("tokenizer.ggml.tokens", strings: [small, kind == "piece" ? long : [0x61]])
        writer.set("tokenizer.ggml.scores", [0, -1] as [Float])
        writer.set("tokenizer.ggml.token_type", [2, 1] as [UInt8])
        writer.set("tokenizer.ggml.add_space_prefix", false)
        writer.set("tokenizer.ggml.remove_extra_whitespaces", false)
        writer.set("albit.tokenizer.piece_offsets", [0] as [UInt32])
        // Units 0 and 'a': the root, then a piece that goes on to itself, or a leaf that its piece continues.
        var trie = [UInt32](repeating: 0, count: 0x62)
        trie[0x61] = kind == "piece" ? 1 << 10 | 0x300 | 0x61 : 0x200 | 0x61
        writer.set("albit.tokenizer.trie", trie)
        if kind == "map" {
            // Unit 0, unit 'a' with a value at offset 1, and that value.
            var units = [UInt32](repeating: 0, count: 0x62)
            units[0x61] = 1 << 10 | 0x100 | 0x61
            units[0x60] = 0x8000_0000
            var blob: [UInt8] = []
            for word in [UInt32(units.count * 4)] + units {
                for shift in [0, 8, 16, 24] as [UInt32] { blob.append(UInt8(truncatingIfNeeded: word >> shift)) }
            }
            writer.set("tokenizer.ggml.precompiled_charsmap", blob + long + [0])
        }
        writer.set("albit.tokenizer.special_ids", [Int32]())
        writer.set("albit.tokenizer.special_strips", [UInt8]())
        writer.set("albit.tokenizer.template_single", [-1, 0] as [Int32])
        writer.set("albit.tokenizer.template_pair", [-1, 0, -2, 0] as [Int32])
        writer.set("albit.tokenizer.unknown_id", 0)
        writer.set("albit.tokenizer.accents", 0)
        for flag in [
            "lower_case", "remove_space", "keeps_trailing_space", "join_quotes", "lowers_first", "splits_digit_comma",
            "hides_control_pieces",
            "byte_fallback",
        ] { writer.set("albit.tokenizer." + flag, false) }
        writer.set("albit.tokenizer.min_score", Float(-1))
        writer.set("albit.tokenizer.max_score", Float(-1))
        try open(writer) { gguf in
            let tables = try #require(try TokenizerTables.read(gguf))
            let run = Tokenizer(tables).tokens([UInt8](repeating: 0x61, count: 3_000))
            #expect(run.count <= 3_000)
            #expect(run.ends.last == 3_000)
        }
    }
}
