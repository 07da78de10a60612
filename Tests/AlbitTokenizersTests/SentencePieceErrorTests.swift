import AlbitImporters
import AlbitModel
import AlbitTokenizers
import Testing

/// One case per way in which a SentencePiece model can be wrong, on models made by hand.
@Suite struct SentencePieceErrorTests {
    struct Piece {
        var text: [UInt8]
        var score: Float = -1
        var type: UInt8 = 1

        init(_ text: String, _ score: Float = -1, type: UInt8 = 1) {
            self.text = Array(text.utf8)
            self.score = score
            self.type = type
        }
    }

    static let usual = [
        Piece("<pad>", 0, type: 3), Piece("<unk>", 0, type: 2), Piece("[CLS]", 0, type: 3), Piece("[SEP]", 0, type: 3), Piece("\u{2581}a", -2),
        Piece("b", -3),
    ]

    /// A field of bytes, shorter than 128.
    static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }

    static func model(_ pieces: [Piece], trainer: [UInt8] = [], normalizer: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            let bits = piece.score.bitPattern
            let score = (0..<4).map { UInt8(truncatingIfNeeded: bits >> UInt32(8 * $0)) }
            bytes += field(1, field(1, piece.text) + [2 << 3 | 5] + score + [3 << 3 | 0, piece.type])
        }
        if !trainer.isEmpty { bytes += field(2, trainer) }
        if !normalizer.isEmpty { bytes += field(3, normalizer) }
        return bytes
    }

    private func expect(_ error: SentencePieceError, _ bytes: [UInt8]) {
        #expect(throws: error) { try SentencePieceReader.read(bytes, path: "m") }
        #expect(error.failure == .input)
        #expect(error.description.hasPrefix("m: "))
    }

    @Test func aSmallModelIsRead() throws {
        let tokenizer = Tokenizer(try TokenizerReader.read(Self.model(Self.usual), path: "m"))
        #expect(tokenizer.encode("a b").ids == [2, 4, 1, 5, 3])
        #expect(tokenizer.specialIDs.pad == 0)
        #expect(tokenizer.specialIDs.mask == nil)
    }

    @Test func containers() {
        expect(.empty(path: "m"), [])
        expect(.empty(path: "m"), Self.field(2, [3 << 3, 1]))
        let good = Self.model(Self.usual)
        for length in 1..<good.count {
            // Cut between two pieces it is a smaller model; cut inside one it is truncated.
            let cut = Array(good[..<length])
            do {
                _ = try SentencePieceReader.read(cut, path: "m")
            } catch {
                switch error {
                case .truncated, .unknownPieceCount: break
                default: Issue.record("\(length): \(error)")
                }
            }
        }
        expect(.badField(path: "m", offset: 0), [0x0B])
        expect(.badField(path: "m", offset: 0), [0x00, 0x00])
        expect(.badField(path: "m", offset: 0), [UInt8](repeating: 0xFF, count: 11))
        expect(.truncated(path: "m", offset: 0), [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
        // The score of a piece as a varint.
        expect(.malformed(path: "m"), Self.field(1, Self.field(1, [0x61]) + [2 << 3 | 0, 1]) + [1 << 3 | 0, 1])
        expect(.tooLarge(path: "m", bytes: SentencePieceReader.maxBytes + 1, limit: SentencePieceReader.maxBytes),
            [UInt8](repeating: 0, count: SentencePieceReader.maxBytes + 1))
    }

    @Test func floodsOfFieldsAreRefusedBeforeTheyAreUnpacked() {
        var bytes = Self.model(Self.usual)
        for _ in 0..<200_000 { bytes += [9 << 3 | 0, 1] }
        expect(.tooManyFields(path: "m", limit: 2_000_000), bytes)
    }

    @Test func options() {
        for (type, name) in [(2, "BPE"), (3, "word"), (4, "char"), (9, "9")] as [(UInt8, String)] {
            expect(.unsupportedModelType(path: "m", name: name), Self.model(Self.usual, trainer: [3 << 3, type]))
        }
        expect(.unsupportedOption(path: "m", option: "treat_whitespace_as_suffix"), Self.model(Self.usual, trainer: [0xC0, 0x01, 1]))
        expect(.unsupportedOption(path: "m", option: "escape_whitespaces = false"), Self.model(Self.usual, normalizer: [5 << 3, 0]))
        expect(.missingBytePieces(path: "m", count: 0), Self.model(Self.usual, trainer: [0x98, 0x02, 1]))
    }

    @Test func pieces() {
        expect(.emptyPiece(path: "m", id: 6), Self.model(Self.usual + [Piece("")]))
        expect(.duplicatePiece(path: "m", piece: "b", first: 5, second: 6), Self.model(Self.usual + [Piece("b")]))
        expect(.unknownPieceType(path: "m", id: 6, type: 7), Self.model(Self.usual + [Piece("c", type: 7)]))
        expect(.unknownPieceType(path: "m", id: 6, type: 0), Self.model(Self.usual + [Piece("c", type: 0)]))
        expect(.scoreNotFinite(path: "m", id: 6), Self.model(Self.usual + [Piece("c", .nan)]))
        expect(.scoreNotFinite(path: "m", id: 6), Self.model(Self.usual + [Piece("c", -.infinity)]))
        expect(.unknownPieceCount(path: "m", count: 0), Self.model([Piece("a")]))
        expect(.unknownPieceCount(path: "m", count: 2), Self.model(Self.usual + [Piece("<u>", type: 2)]))
        expect(.badBytePiece(path: "m", id: 6), Self.model(Self.usual + [Piece("<0xG0>", type: 6)]))
    }

    /// What is wrong beyond the container.
    @Test func vocabularies() {
        func error(_ bytes: [UInt8]) -> TokenizerFileError? {
            #expect(throws: TokenizerFileError.self) { try TokenizerReader.read(bytes, path: "m") }
        }
        if case .missingSpecialToken(_, "[CLS]")? = error(Self.model(Self.usual.filter { $0.text != Array("[CLS]".utf8) })) {} else {
            Issue.record("missing [CLS]")
        }
        if case .tables(.zeroByte(_, 6))? = error(Self.model(Self.usual + [Piece("c\u{0}d")])) {} else { Issue.record("zero byte") }
        if case .tables(.badCharsmap)? = error(Self.model(Self.usual, normalizer: Self.field(2, [0xFF, 0xFF, 0, 0, 1, 2, 3]))) {} else {
            Issue.record("charsmap")
        }
        let ids = TokenizerDraft(path: "m", pieces: [[0x61]], settings: TokenizerSettings(kind: .wordPiece), template: TokenTemplate(cls: 1, sep: 0))
        #expect(throws: TokenizerTablesError.idOutsideVocabulary(path: "m", what: "token of the template", id: 1, count: 1)) {
            try TokenizerTables(ids)
        }
        var empty = ids
        empty.pieces = []
        #expect(throws: TokenizerTablesError.noPieces(path: "m")) { try TokenizerTables(empty) }
        var long = ids
        long.pieces = [[UInt8](repeating: 0x61, count: 1025)]
        #expect(throws: TokenizerTablesError.pieceTooLong(path: "m", id: 0, bytes: 1025, limit: 1024)) { try TokenizerTables(long) }
        var scores = ids
        scores.settings = TokenizerSettings(kind: .unigram)
        #expect(throws: TokenizerTablesError.scoreCount(path: "m", pieces: 1, scores: 0)) { try TokenizerTables(scores) }
        scores.scores = [.infinity]
        #expect(throws: TokenizerTablesError.scoreNotFinite(path: "m", id: 0)) { try TokenizerTables(scores) }
        var many = ids
        many.pieces = [[UInt8]](repeating: [0x61], count: TokenizerTables.maxPieces + 1)
        #expect(throws: TokenizerTablesError.tooManyPieces(path: "m", count: 500_001, limit: 500_000)) { try TokenizerTables(many) }
    }
}
