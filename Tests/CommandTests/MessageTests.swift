import AlbitCommands
import Testing

@Suite struct MessageTests {
    /// Names from hostile files do not reach the terminal as commands to it; text of any language does.
    @Test(arguments: [
        ("model.gguf: tensor 'a' is missing", "model.gguf: tensor 'a' is missing"), ("a\u{1B}[2Jb", "a\\x1b[2Jb"),
        ("\u{7F}\r\u{0}", "\\x7f\\x0d\\x00"),
        ("\u{9B}31m", "\\x9b31m"), ("a\tb\nc", "a\tb\nc"), ("é 東京 👩‍👧 \u{A0}", "é 東京 👩‍👧 \u{A0}"),
    ]) func controlCharactersAreShown(_ text: (String, String)) {
        #expect(Message.visible(text.0) == Array(text.1.utf8))
    }
}
