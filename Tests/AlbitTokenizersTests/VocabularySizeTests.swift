import AlbitText
import AlbitTokenizers
import TestData
import Testing

@Suite struct VocabularySizeTests {
    /// Pieces that share no beginning need a place in the trie for each of their bytes: five million of them.
    @Test func aTrieThatIsTooLarge() throws {
        let usual = try GoldenTokenizers.wordPiece.get().tables
        var state: UInt32 = 1
        let pieces = (0..<5000).map { _ in
            (0..<1000).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(truncatingIfNeeded: state >> 24) % 255 + 1
            }
        }
        var draft = TokenizerDraft(path: "large", pieces: pieces, settings: usual.settings, template: usual.template)
        draft.specialIDs = usual.specialIDs
        let found = fault { try TokenizerTables(draft) }
        #expect(found.isA(.tokenizerVocabularyTooLarge, "large", "4 million"), "\(String(describing: found))")
    }
}
