import AlbitTasks
import Testing

/// Sentences with a piece in the place of [MASK], as transformers' fill-mask pipeline decodes them but for the text's
/// own spelling.
struct FilledTextTests {
    @Test(arguments: [
        ("a [MASK] film", "▁fine", false, "a fine film"), ("a[MASK] film", "▁fine", false, "a fine film"),
        ("[MASK] film", "▁a", false, "a film"), ("many film [MASK]", "s", false, "many films"),
        ("the end [MASK]", ".", false, "the end."), ("the [MASK]!", "cat", true, "the cat!"),
        ("they play [MASK]", "##ing", true, "they playing"), ("a[MASK]", "cat", true, "a cat"),
        ("[MASK]", "▁", false, "▁"),
    ])
    func pieces(_ text: String, _ piece: String, _ isWordPiece: Bool, _ expected: String) throws {
        let bytes = Array(text.utf8)
        let start = try #require(bytes.firstIndex(of: UInt8(ascii: "[")))
        let filled = FilledText.text(
            bytes, with: Array(piece.utf8), in: start..<(start + 6), isWordPiece: isWordPiece)
        #expect(String(decoding: filled, as: UTF8.self) == expected)
    }

    /// Offsets that are not of the text are clamped.
    @Test func aPlaceOutsideTheText() {
        #expect(FilledText.text(Array("ab".utf8), with: [0x63], in: 5..<9, isWordPiece: false) == Array("abc".utf8))
        #expect(FilledText.word(Array("##s".utf8), isWordPiece: true) == [0x73])
        #expect(FilledText.word(Array("##".utf8), isWordPiece: true) == Array("##".utf8))
    }
}
