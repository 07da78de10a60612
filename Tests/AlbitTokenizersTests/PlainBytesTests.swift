import AlbitText
import Testing

@testable import AlbitTokenizers

/// Normalizers run over stretches of a text, and over the text as a whole: bytes and origins are the same.
@Suite struct PlainBytesTests {
    /// Characters that steps join, drop, replace and sort, among ASCII.
    private static let alphabet: [String] = [
        "a", "e", "B", "Z", "f", "i", "1", ",", " ", "  ", "'", "''", "`", "``", "```", "\"", "\t", "\n", "\r", "\r\n",
        "\u{0}",
        "\u{1}", "\u{1F}", "\u{7F}", "é", "e\u{301}", "\u{301}", "\u{344}", "\u{323}", "\u{AD}", "\u{200B}", "\u{FEFF}",
        "\u{FFFD}",
        "\u{600}", "\u{110BD}", "\u{200D}", "👩\u{200D}👧", "한", "\u{1112}", "\u{1161}", "\u{11AB}", "ㄱ", "ﾊﾞ", "ﬁ", "Σ",
        "İ",
        "क्ष", "ำ", "東", "Ａ", "🇩🇪", "\u{2581}", "\u{3000}", "½", "ﷺ", "\u{E0001}", "\u{FF07}",
    ]

    private static let lists: [[NormalizerStep]] = [
        [
            .replace(.literal(Array("``".utf8)), with: [0x22]), .replace(.literal(Array("''".utf8)), with: [0x22]),
            .form(.nfkd), .stripAccents, .lowercase, .precompiled,
        ],
        TokenizerPipeline.bertNormalizers(cleanText: true, spaceIdeographs: true, stripAccents: true, lowercase: true),
        TokenizerPipeline.bertNormalizers(
            cleanText: true, spaceIdeographs: true, stripAccents: false, lowercase: false),
        [.precompiled], [.form(.nfc)], [.form(.nfkc), .lowercase], [.nmt, .form(.nfkc), .lowercase],
        [.cleanText, .precompiled],
        [.form(.nfd), .precompiled, .strip(left: true, right: true)], [.precompiled, .form(.nfc), .precompiled],
        [.replace(.literal(Array("ab".utf8)), with: Array("ef".utf8)), .form(.nfc), .prepend([0x78])], [],
        [
            .replace(.literal(Array("a".utf8)), with: Array("fi".utf8)),
            .replace(.literal(Array("f".utf8)), with: [0x65]), .nmt,
        ],
        [.lowercase, .replace(.literal(Array("''".utf8)), with: []), .stripAccents],
    ]

    @Test(arguments: lists.indices) func stretchesEqualTheWhole(_ index: Int) throws {
        let tables = try GoldenTokenizers.albertJSON.get().tables
        let plan = NormalizerRunner.Plan(PlainBytesTests.lists[index], charsmap: tables.charsmap)
        var (stretches, whole) = (NormalizerRunner(plan), NormalizerRunner(plan))
        var random = SplitMix64(seed: UInt64(index))
        var pieces = 0
        for round in 0..<4000 {
            var text: [UInt8] = round % 3 == 0 ? [] : Array("plain".utf8)
            for _ in 0..<(1 + random.next() % 9) {
                let place = Int(random.next() % UInt64(2 * PlainBytesTests.alphabet.count))
                let part = place < PlainBytesTests.alphabet.count ? PlainBytesTests.alphabet[place] : "x"
                text += Array(part.utf8)
            }
            if random.next() % 16 == 0 { text.append(UInt8(truncatingIfNeeded: 0x80 | random.next())) }
            let start = Int(random.next() % 3)
            guard start < text.count else { continue }
            text.withUnsafeBytes { bytes in
                stretches.run(bytes, start..<bytes.count)
                whole.run(bytes, start..<bytes.count, asWhole: true)
            }
            let (found, expected) = (stretches.text, whole.text)
            let origins = { (text: AlignedText) in
                (0..<text.count).map { [text.origins[$0].start, text.origins[$0].end] }
            }
            #expect(Array(found.raw) == Array(expected.raw), "\(text)")
            #expect(origins(found) == origins(expected), "\(text)")
            pieces += found.count
        }
        #expect(pieces > 20_000)
    }
}
