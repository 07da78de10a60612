import AlbitRuntime
import AlbitTasks
import Testing

@Suite struct SentenceSplitterTests {
    private func split(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return SentenceSplitter.sentences(bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test func stopsEndSentences() {
        #expect(split("One. Two! Three? Four") == ["One.", "Two!", "Three?", "Four"])
        #expect(split("  He said \"Go.\" Then he left.  ") == ["He said \"Go.\"", "Then he left."])
        #expect(split("Really?! Yes… No.") == ["Really?!", "Yes…", "No."])
        #expect(split("一。二！三") == ["一。", "二！", "三"])
        #expect(split("") == [] && split(" \n ") == [])
    }

    @Test func someStopsDoNot() {
        #expect(
            split("Dr. Smith paid 4.50 euros to J. Doe Ltd. in London. He left.") == [
                "Dr. Smith paid 4.50 euros to J. Doe Ltd. in London.", "He left.",
            ])
        #expect(split("It was big, e.g. an elephant. So it was.") == ["It was big, e.g. an elephant.", "So it was."])
        #expect(split("See example.com for more. Thanks.") == ["See example.com for more.", "Thanks."])
    }

    @Test func emptyLinesEndSentencesAndLineEndsDoNot() {
        #expect(
            split("A title\n\nThe first\nline goes on. End.\r\n \r\nNext") == [
                "A title", "The first\nline goes on.", "End.", "Next",
            ])
    }

    @Test func anyBytesAreSplitWithoutLoss() {
        for seed in 0..<50 {
            var state = UInt32(seed)
            let bytes = (0..<200).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return [UInt8(ascii: "."), 0x20, 0x0A, 0xE3, 0x80, 0x82, UInt8(ascii: "a"), 0xFF][Int(state >> 29)]
            }
            var at = 0
            for range in SentenceSplitter.sentences(bytes) {
                #expect(range.lowerBound >= at && range.upperBound <= bytes.count && !range.isEmpty)
                #expect(bytes[at..<range.lowerBound].allSatisfy { $0 <= 0x20 })
                at = range.upperBound
            }
            #expect(bytes[at...].allSatisfy { $0 <= 0x20 })
        }
    }
}
