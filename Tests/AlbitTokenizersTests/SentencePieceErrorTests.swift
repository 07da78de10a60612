import AlbitImporters
import AlbitModel
import AlbitText
import AlbitTokenizers
import TestData
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
        Piece("<pad>", 0, type: 3), Piece("<unk>", 0, type: 2), Piece("[CLS]", 0, type: 3), Piece("[SEP]", 0, type: 3),
        Piece("\u{2581}a", -2),
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

    private func expect(_ code: FaultCode, _ words: [String] = [], _ bytes: [UInt8], line: Int = #line) {
        let found = fault { try SentencePieceReader.read(bytes, path: "m") }
        #expect(found?.isA(code, words) == true, "line \(line): \(String(describing: found))")
        #expect(found?.file == "m" && code.exitCode == .input, "line \(line)")
    }

    @Test func aSmallModelIsRead() throws {
        let tokenizer = Tokenizer(try TokenizerReader.read(Self.model(Self.usual), path: "m"))
        #expect(tokenizer.encode("a b").ids == [2, 4, 1, 5, 3])
        #expect(tokenizer.specialIDs.pad == 0)
        #expect(tokenizer.specialIDs.mask == nil)
    }

    @Test func containers() {
        expect(.sentencePieceEmpty, [], [])
        expect(.sentencePieceEmpty, [], Self.field(2, [3 << 3, 1]))
        let good = Self.model(Self.usual)
        for length in 1..<good.count {
            // Cut between two pieces it is a smaller model; cut inside one it is truncated.
            let cut = Array(good[..<length])
            if let found = fault({ try SentencePieceReader.read(cut, path: "m") }) {
                #expect(
                    found.code == .sentencePieceTruncated || found.code == .sentencePieceUnknownPieceCount,
                    "\(length): \(found)")
            }
        }
        expect(.sentencePieceBadField, ["0"], [0x0B])
        expect(.sentencePieceBadField, ["0"], [0x00, 0x00])
        expect(.sentencePieceBadField, ["0"], [UInt8](repeating: 0xFF, count: 11))
        expect(.sentencePieceTruncated, ["0"], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
        // The score of a piece as a varint.
        expect(.sentencePieceMalformed, [], Self.field(1, Self.field(1, [0x61]) + [2 << 3 | 0, 1]) + [1 << 3 | 0, 1])
        expect(
            .sentencePieceTooLarge, ["\(SentencePieceReader.maxBytes + 1)", "\(SentencePieceReader.maxBytes)"],
            [UInt8](repeating: 0, count: SentencePieceReader.maxBytes + 1))
    }

    @Test func floodsOfFieldsAreRefusedBeforeTheyAreUnpacked() {
        var bytes = Self.model(Self.usual)
        for _ in 0..<200_000 { bytes += [9 << 3 | 0, 1] }
        expect(.sentencePieceTooManyFields, ["2000000"], bytes)
    }

    @Test func options() {
        for (type, name) in [(3, "word"), (4, "char"), (9, "9")] as [(UInt8, String)] {
            expect(.sentencePieceUnsupportedModelType, [name], Self.model(Self.usual, trainer: [3 << 3, type]))
        }
        expect(
            .sentencePieceUnsupportedOption, ["treat_whitespace_as_suffix"],
            Self.model(Self.usual, trainer: [0xC0, 0x01, 1]))
        expect(
            .sentencePieceUnsupportedOption, ["escape_whitespaces = false"],
            Self.model(Self.usual, normalizer: [5 << 3, 0]))
        expect(.sentencePieceMissingBytePieces, ["0"], Self.model(Self.usual, trainer: [0x98, 0x02, 1]))
    }

    @Test func pieces() {
        expect(.sentencePieceEmptyPiece, ["6"], Self.model(Self.usual + [Piece("")]))
        expect(.sentencePieceDuplicatePiece, ["'b'", "5", "6"], Self.model(Self.usual + [Piece("b")]))
        expect(.sentencePieceUnknownPieceType, ["6", "7"], Self.model(Self.usual + [Piece("c", type: 7)]))
        expect(.sentencePieceUnknownPieceType, ["6", "0"], Self.model(Self.usual + [Piece("c", type: 0)]))
        expect(.sentencePieceScoreNotFinite, ["6"], Self.model(Self.usual + [Piece("c", .nan)]))
        expect(.sentencePieceScoreNotFinite, ["6"], Self.model(Self.usual + [Piece("c", -.infinity)]))
        expect(.sentencePieceUnknownPieceCount, ["0"], Self.model([Piece("a")]))
        expect(.sentencePieceUnknownPieceCount, ["2"], Self.model(Self.usual + [Piece("<u>", type: 2)]))
        expect(.sentencePieceBadBytePiece, ["6"], Self.model(Self.usual + [Piece("<0xG0>", type: 6)]))
    }

    /// What is wrong beyond the container.
    @Test func vocabularies() {
        func error(_ bytes: [UInt8]) -> Fault? {
            #expect(throws: Fault.self) { try TokenizerReader.read(bytes, path: "m") }
        }
        #expect(
            error(Self.model(Self.usual.filter { $0.text != Array("[CLS]".utf8) })).isA(
                .tokenizerMissingSpecialToken, "'[CLS]'"))
        #expect(error(Self.model(Self.usual + [Piece("c\u{0}d")])).isA(.tokenizerZeroByte, "6"))
        let charsmap = Self.field(2, [0xFF, 0xFF, 0, 0, 1, 2, 3])
        #expect(error(Self.model(Self.usual, normalizer: charsmap)).isA(.tokenizerBadCharsmap))
        let ids = TokenizerDraft(
            path: "m", pieces: [[0x61]], settings: TokenizerSettings(kind: .wordPiece),
            template: TokenTemplate(cls: 1, sep: 0))
        #expect(
            fault {
                try TokenizerTables(ids)
            }.isA(.tokenizerIdOutsideVocabulary, "m", "token of the template", "1", "1"))
        var empty = ids
        empty.pieces = []
        #expect(fault { try TokenizerTables(empty) }.isA(.tokenizerNoPieces, "m"))
        var long = ids
        long.pieces = [[UInt8](repeating: 0x61, count: 1025)]
        #expect(fault { try TokenizerTables(long) }.isA(.tokenizerPieceTooLong, "m", "0", "1025", "1024"))
        var scores = ids
        scores.settings = TokenizerSettings(kind: .unigram)
        #expect(fault { try TokenizerTables(scores) }.isA(.tokenizerScoreCount, "m", "1", "0"))
        scores.scores = [.infinity]
        #expect(fault { try TokenizerTables(scores) }.isA(.tokenizerScoreNotFinite, "m", "0"))
        var many = ids
        many.pieces = [[UInt8]](repeating: [0x61], count: TokenizerTables.maxPieces + 1)
        #expect(fault { try TokenizerTables(many) }.isA(.tokenizerTooManyPieces, "m", "500001", "500000"))
    }
}
