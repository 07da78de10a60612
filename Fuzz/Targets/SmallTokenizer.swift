import AlbitImporters
import AlbitTokenizers

/// Tokenizers of a dozen pieces.
package enum SmallTokenizer {
    package static func wordPiece() throws -> TokenizerTables {
        try TokenizerReader.read(Array("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##b\nhello\n,\n##,\n1\n東\n".utf8), path: "vocab.txt")
    }

    package static func unigram() throws -> TokenizerTables { try TokenizerReader.read(sentencePiece(), path: "spiece.model") }

    /// A SentencePiece model by hand: ModelProto with pieces (1) of text (1), score (2), type (3), and a trainer (2) of model type 1.
    package static func sentencePiece() -> [UInt8] {
        var model: [UInt8] = []
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
        func piece(_ text: String, _ score: Float, _ type: UInt8) {
            let bits = withUnsafeBytes(of: score.bitPattern.littleEndian) { Array($0) }
            model += field(1, field(1, Array(text.utf8)) + [0x15] + bits + [0x18, type])
        }
        piece("<pad>", 0, 3)
        piece("<unk>", 0, 2)
        piece("[CLS]", 0, 3)
        piece("[SEP]", 0, 3)
        piece("[MASK]", 0, 4)
        for (i, text) in ["▁", "▁hello", "lo", "l", "h", "e", "o", "1,", ",", "東", "ab"].enumerated() { piece(text, -1 - Float(i), 1) }
        return model + field(2, [0x18, 1])
    }
}
