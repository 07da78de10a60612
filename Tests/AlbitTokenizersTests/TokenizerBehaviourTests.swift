import AlbitText
import AlbitTokenizers
import TestData
import Testing

/// Frames, truncation, time and hostile text.
@Suite struct TokenizerBehaviourTests {
    @Test func pairsAndTypes() throws {
        let tokenizer = try GoldenTokenizers.albert.get()
        let encoding = tokenizer.encode("this is", pair: "a test")
        #expect(encoding.ids == [2, 48, 25, 3, 21, 1289, 3])
        #expect(encoding.typeIDs == [0, 0, 0, 0, 1, 1, 1])
        #expect(encoding.segments == [255, 0, 0, 255, 1, 1, 255])
        #expect(encoding.starts == [0, 0, 5, 0, 0, 2, 0])
        #expect(encoding.ends == [0, 4, 7, 0, 1, 6, 0])
        #expect(encoding.startsWord == [false, true, true, false, true, true, false])
        #expect(encoding.truncatedCount == 0)
        #expect(tokenizer.frameCount(pair: true) == 3)
    }

    /// Tokens of either text that the library tokenizers 0.23 leaves of pairs at the limits 3 to 14.
    @Test func truncationTakesFromTheLonger() throws {
        let tokenizer = try GoldenTokenizers.albert.get()
        let word = Array("test ".utf8)
        let golden = [
            (5, 3, "0/0 1/0 1/1 2/1 2/2 3/2 3/3 4/3 5/3 5/3 5/3 5/3"),
            (3, 5, "0/0 0/1 1/1 1/2 2/2 2/3 3/3 3/4 3/5 3/5 3/5 3/5"),
            (4, 4, "0/0 0/1 1/1 1/2 2/2 2/3 3/3 3/4 4/4 4/4 4/4 4/4"),
            (9, 1, "0/0 1/0 1/1 2/1 3/1 4/1 5/1 6/1 7/1 8/1 9/1 9/1"),
            (1, 9, "0/0 0/1 1/1 1/2 1/3 1/4 1/5 1/6 1/7 1/8 1/9 1/9"),
            (0, 6, "0/0 0/1 0/2 0/3 0/4 0/5 0/6 0/6 0/6 0/6 0/6 0/6"),
        ]
        for (first, second, expected) in golden {
            let one = [UInt8]((0..<first).flatMap { _ in word })
            let two = [UInt8]((0..<second).flatMap { _ in word })
            let found = (3...14).map { limit in
                let encoding = tokenizer.encode(one, pair: two, maxLength: limit)
                let (a, b) = (encoding.segments.count { $0 == 0 }, encoding.segments.count { $0 == 1 })
                #expect(encoding.truncatedCount == first + second - a - b)
                return "\(a)/\(b)"
            }
            #expect(found.joined(separator: " ") == expected)
        }
        let single = tokenizer.encode("test test test", maxLength: 4)
        #expect(single.ids == [2, 1289, 1289, 3])
        #expect(single.truncatedCount == 1)
        #expect(tokenizer.encode("test", maxLength: 0).ids == [2, 3])
    }

    @Test func specialTokensInText() throws {
        let tokenizer = try GoldenTokenizers.albert.get()
        // Found as written and, as in the original, after lower-casing; a mask takes the space before it.
        #expect(tokenizer.tokens(Array("<PAD>[MASK] [MASK]<unk>".utf8)).ids == [0, 4, 4, 1])
        let run = tokenizer.tokens(Array("is  [MASK] this".utf8))
        #expect(run.ids == [25, 4, 48])
        #expect(run.starts == [0, 2, 11])
        #expect(run.ends == [2, 10, 15])
    }

    @Test func textThatIsNotUTF8() throws {
        let hostile: [[UInt8]] = [
            [0xFF, 0xFE, 0x80], [0xE2, 0x96], [0xF0, 0x9F], [0], [0x61, 0, 0x62], [UInt8](repeating: 0xCC, count: 999),
            Array("\u{FEFF}\u{200B}\u{2581}\u{2581} \u{2581}".utf8), [0x5B, 0x4D, 0x41, 0x53, 0x4B],
            [0x3C, 0xE2, 0x84], (0...255).map { UInt8($0) },
        ]
        for tokenizer in [
            try GoldenTokenizers.albert.get(), try GoldenTokenizers.wordPiece.get(),
            try GoldenTokenizers.albertJSON.get(),
        ] {
            for text in hostile {
                let run = tokenizer.tokens(text)
                #expect(zip(run.starts, run.ends).allSatisfy { $0 >= 0 && $0 <= $1 && Int($1) <= text.count })
                #expect(run.ids.allSatisfy { $0 >= 0 && $0 < tokenizer.count })
            }
        }
    }

    /// Eight times the text takes about eight times the processor's time, and sixty-four times as long where time is
    /// quadratic. The bound is wide, as caches and memory count too; the milliseconds are for what is too short to
    /// measure.
    @Test(arguments: ["a", "9,", "\u{2581}", "'", "Σ", "\u{301}", "ﷺ", "(", "<", "\u{1D6BA}'"])
    func longWordsTakeLinearTime(_ unit: String) throws {
        let short = [UInt8]((0..<(32_768 / unit.utf8.count)).flatMap { _ in Array(unit.utf8) })
        let long = [UInt8]((0..<8).flatMap { _ in short })
        for tokenizer in [
            try GoldenTokenizers.albert.get(), try GoldenTokenizers.wordPiece.get(),
            try GoldenTokenizers.albertJSON.get(),
        ] {
            func time(_ text: [UInt8]) -> Duration {
                (0..<3).map { _ in ProcessorTime.measure { _ = tokenizer.tokens(text) } }.min() ?? .zero
            }
            let (shortTime, longTime) = (time(short), time(long))
            #expect(longTime < shortTime * 32 + .milliseconds(10), "\(shortTime), \(longTime)")
        }
    }
}
