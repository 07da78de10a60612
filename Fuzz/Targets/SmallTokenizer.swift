import AlbitImporters
import AlbitTokenizers

/// Tokenizers of a dozen pieces.
package enum SmallTokenizer {
    package static func wordPiece() throws -> TokenizerTables {
        try TokenizerReader.read(
            Array("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##b\nhello\n,\n##,\n1\n東\n".utf8), path: "vocab.txt")
    }

    package static func unigram() throws -> TokenizerTables {
        try TokenizerReader.read(sentencePiece(), path: "spiece.model")
    }

    package static func bytePairs() throws -> TokenizerTables {
        try TokenizerReader.read(sentencePiece(modelType: 2), path: "spiece.model")
    }

    /// Every step at once, and added tokens of every kind.
    package static func pipeline() throws -> TokenizerTables {
        let json = """
            {"added_tokens": [
               {"id": 0, "content": "[UNK]"}, {"id": 4, "content": "Ab", "normalized": true, "single_word": true, \
               "lstrip": true},
               {"id": 5, "content": "<x>", "rstrip": true, "lstrip": true}],
             "normalizer": {"type": "Sequence", "normalizers": [
               {"type": "Nmt"}, {"type": "NFKC"}, {"type": "NFD"}, {"type": "Lowercase"}, {"type": "StripAccents"},
               {"type": "Replace", "pattern": {"Regex": "(?: {2,}|[0-9]+?,)"}, "content": " "}, {"type": "Strip", \
               "strip_left": true, "strip_right": false}]},
             "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
               {"type": "Punctuation", "behavior": "MergedWithNext"}, {"type": "Digits", "individual_digits": false},
               {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}]},
             "post_processor": {"type": "RobertaProcessing", "sep": ["a", 2], "cls": ["a", 2], "trim_offsets": true, \
             "add_prefix_space": false},
             "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": [["[UNK]", 0], ["▁", -1], \
             ["a", -2.5], ["▁hello", -3]]}}
            """
        return try TokenizerReader.read(Array(json.utf8), path: "tokenizer.json")
    }

    /// A dozen words under the steps of a model file.
    package static func tables(_ pipeline: TokenizerPipeline) throws -> TokenizerTables {
        let pieces = ["[UNK]", "a", "b", "##b", "hello", "é", "東", "▁a"].map { Array($0.utf8) }
        var draft = TokenizerDraft(
            path: "small", pieces: pieces, settings: TokenizerSettings(kind: .wordPiece),
            template: TokenTemplate(single: [], pair: []))
        draft.template = TokenTemplate(cls: 1, sep: 2)
        draft.pipeline = pipeline
        var token = SpecialToken(id: 4, content: pieces[4])
        token.normalized = true
        draft.specialTokens = [token]
        return try TokenizerTables(draft)
    }

    /// A SentencePiece model by hand: ModelProto with pieces (1) of text (1), score (2), type (3), and a trainer (2)
    /// with its model type.
    package static func sentencePiece(modelType: UInt8 = 1) -> [UInt8] {
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
        for (i, text) in ["▁", "▁hello", "lo", "l", "h", "e", "o", "1,", ",", "東", "ab"].enumerated() {
            piece(text, -1 - Float(i), 1)
        }
        return model + field(2, [0x18, modelType])
    }
}
