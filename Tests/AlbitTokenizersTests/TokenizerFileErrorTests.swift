import AlbitText
import AlbitTokenizers
import TestData
import Testing

@testable import AlbitImporters

/// tokenizer.json, vocab.txt and configuration files that are wrong, or ask for what is not supported: refused by name.
@Suite struct TokenizerFileErrorTests {
    static let wordPiece = """
        {"added_tokens": [{"id": 1, "content": "[CLS]"}, {"id": 2, "content": "[SEP]"}],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": \
         null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", \
         "max_input_chars_per_word": 100,
                   "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "##b": 4}}}
        """
    static let unigram = """
        {"added_tokens": [{"id": 1, "content": "[CLS]"}, {"id": 2, "content": "[SEP]"}],
         "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Replace", "pattern": {"String": "``"}, "content": "\\""}, {"type": "Replace", "pattern": \
            {"String": "''"}, "content": "\\""},
            {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]},
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}]},
         "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["[CLS]", 0], ["[SEP]", 0], ["▁a", -1.5], \
         ["b", -2]]}}
        """

    private func error(_ text: String, name: String = "tokenizer.json") -> Fault? {
        fault { try TokenizerReader.read(Array(text.utf8), path: name) }
    }

    private func replace(_ text: String, _ from: String, _ to: String) throws -> String {
        let pieces = text.split(separator: from, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(pieces.count == 2, "\(from)")
        return pieces[0] + to + pieces[1]
    }

    @Test func theUnchangedFilesAreRead() throws {
        let wordPiece = Tokenizer(try TokenizerReader.read(Array(Self.wordPiece.utf8), path: "t"))
        #expect(wordPiece.encode("ab a", pair: "c").ids == [1, 3, 4, 3, 2, 0, 2])
        let unigram = Tokenizer(try TokenizerReader.read(Array(Self.unigram.utf8), path: "t"))
        #expect(unigram.encode("Áb").ids == [3, 4])
    }

    /// The layout that transformers 4.57 makes of a spiece.model keeps a space at the end as a piece of its own.
    /// Expected ids: tokenizers 0.23 on this file.
    @Test func spacesWithoutWhitespaceSplit() throws {
        let changed = try replace(
            replace(Self.unigram, "{\"type\": \"WhitespaceSplit\"}, ", ""), "{\"type\": \"Lowercase\"}",
            """
            {"type": "Lowercase"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
            """
        )
        let file = try replace(changed, "[\"b\", -2]", "[\"b\", -2], [\"▁\", -3]")
        let tokenizer = Tokenizer(try TokenizerReader.read(Array(file.utf8), path: "t"))
        #expect(tokenizer.encode("  a  b ").ids == [3, 5, 4, 5])
        #expect(tokenizer.encode("a").ids == [3])
        #expect(tokenizer.encode(" ").ids == [5])
        #expect(tokenizer.encode("").ids == [])
    }

    @Test(arguments: [
        ("\"type\": \"Unigram\"", "\"type\": \"BPE\"", "'BPE'", FaultCode.tokenizerUnsupported),
        ("\"NFKD\"", "\"ByteLevel\"", "'ByteLevel'", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"String\": \"\"}", "not empty", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"(?=a)b\"}", "groups that begin with (?", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"a*\"}", "matches that are empty", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"\\\\p{L}\"}", "without \\p", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"^a\"}", "assertions", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"a++\"}", "repetition of repetition", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"(a?)+\"}", "can be empty", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"a{9,999}\"}", "4096 steps", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"[[:alpha:]]\"}", "sets inside sets", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"a{x}\"}", "braces", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"[b-a]\"}", "ranges that go down", .tokenizerUnsupported),
        ("{\"String\": \"``\"}", "{\"Regex\": \"(ab\"}", "anything else", .tokenizerUnsupported),
        (
            "{\"type\": \"Lowercase\"}",
            """
            {"type": "Lowercase"}, {"type": "Precompiled", "precompiled_charsmap": "AAAA"}, {"type": "Precompiled", \
            "precompiled_charsmap": "BBBB"}
            """,
            "one character map", .tokenizerUnsupported
        ),
        ("\"Metaspace\"", "\"ByteLevel\"", "'ByteLevel'", .tokenizerUnsupported),
        (
            "{\"type\": \"Lowercase\"}",
            """
            {\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}, \"content\": \
            \"\(String(repeating: "a", count: 999))\"}
            """,
            "hundred times longer", .tokenizerUnsupported
        ),
        ("\"always\"", "\"sometimes\"", "'sometimes'", .tokenizerUnsupported),
        (
            "{\"type\": \"Lowercase\"}", "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"!\"}", "base64",
            .tokenizerMissingMember
        ),
        ("{\"String\": \"``\"}", "{\"Other\": \"x\"}", "pattern", .tokenizerMissingMember),
        ("{\"type\": \"Lowercase\"}", "{\"type\": \"Strip\"}", "strip_left", .tokenizerMissingMember),
        ("{\"type\": \"Lowercase\"}", "{}", "normalizer.type", .tokenizerMissingMember),
        ("\"▁\"", "\"ab\"", "replacement", .tokenizerMissingMember),
        ("\"WhitespaceSplit\"", "\"Punctuation\", \"behavior\": \"Kept\"", "behavior", .tokenizerMissingMember),
        ("\"unk_id\": 0", "\"unk_id\": 9", "unk_id", .tokenizerMissingMember),
        ("\"vocab\"", "\"words\"", "model.vocab", .tokenizerMissingMember),
        ("[\"b\", -2]", "[\"b\"]", "entry 4", .tokenizerBadVocabulary),
        ("\"content\": \"[CLS]\"}", "\"content\": \"[CLX]\"}", "'[CLX]'", .tokenizerAddedTokenMismatch),
    ]) func unigramJSON(_ change: (from: String, to: String, words: String, code: FaultCode)) throws {
        let found = error(try replace(Self.unigram, change.from, change.to))
        #expect(found.isA(change.code, change.words), "\(String(describing: found))")
    }

    @Test(arguments: [
        ("\"BertNormalizer\"", "\"ByteLevel\"", "'ByteLevel'", FaultCode.tokenizerUnsupported),
        ("\"BertPreTokenizer\"", "\"UnicodeScripts\"", "'UnicodeScripts'", .tokenizerUnsupported),
        ("\"BertProcessing\"", "\"ByteLevel\"", "'ByteLevel'", .tokenizerUnsupported),
        ("\"a\": 3", "\"a\": 4", "'##b'", .tokenizerBadVocabulary),
        ("\"a\": 3", "\"a\": -5", "'a'", .tokenizerBadVocabulary),
        ("\"a\": 3", "\"a\": \"3\"", "'a'", .tokenizerBadVocabulary),
        ("\"max_input_chars_per_word\": 100", "\"max_input_chars_per_word\": -1", "max_input", .tokenizerBadVocabulary),
        ("\"[UNK]\": 0", "\"[UNX]\": 0", "'[UNK]'", .tokenizerMissingSpecialToken),
        ("[\"[CLS]\", 1]", "[\"[CLS]\", 7]", "post_processor.cls", .tokenizerMissingMember),
        ("{\"id\": 1, \"content\": \"[CLS]\"}", "{\"id\": 1}", "added_tokens", .tokenizerMissingMember),
        ("\"model\"", "\"modell\"", "no tokenizer", .tokenizerNotTokenizer),
    ]) func wordPieceJSON(_ change: (from: String, to: String, words: String, code: FaultCode)) throws {
        let found = error(try replace(Self.wordPiece, change.from, change.to))
        #expect(found.isA(change.code, change.words), "\(String(describing: found))")
    }

    @Test func otherFiles() {
        #expect(error("{\"model\": ").isA(.jsonUnexpectedEnd))
        #expect(error("").isA(.tokenizerNotTokenizer))
        #expect(error("[UNK]\n[CLS]\n", name: "vocab.txt").isA(.tokenizerMissingSpecialToken, "'[SEP]'"))
        let bytes: [UInt8] = Array("[UNK]\n".utf8) + [0xFF, 0x0A]
        #expect(fault { try TokenizerReader.read(bytes, path: "vocab.txt") }.isA(.tokenizerNotText, "byte 6"))
    }

    /// Further special tokens without ids: those of the vocabulary are found as a whole, others follow it. The ids are
    /// those of transformers 4.57 (BertTokenizerFast) and 5.24.
    @Test(arguments: [
        (
            "special_tokens_map.json", #"{"additional_special_tokens": ["[unused1]", "<e1>"]}"#,
            [[5, 6, 12, 5, 6, 8, 7], [5, 1, 1, 1, 9, 1, 11, 6, 12], [1, 1, 1, 5]]
        ),
        (
            "tokenizer_config.json",
            #"{"additional_special_tokens": ["<e1>", {"content": "[Q]", "lstrip": true, "normalized": false}]}"#,
            [[5, 6, 12, 5, 6, 8, 1, 1, 1], [5, 13, 9, 1, 11, 6, 12], [1, 1, 1, 5]]
        ),
        (
            "tokenizer_config.json", #"{"extra_special_tokens": {"e_token": "<e1>"}}"#,
            [[5, 6, 12, 5, 6, 8, 1, 1, 1], [5, 1, 1, 1, 9, 1, 11, 6, 12], [1, 1, 1, 5]]
        ),
        (
            "tokenizer_config.json", #"{"extra_special_tokens": ["<e1>", "[unused1]"]}"#,
            [[5, 6, 12, 5, 6, 8, 7], [5, 1, 1, 1, 9, 1, 11, 6, 12], [1, 1, 1, 5]]
        ),
    ])
    func furtherSpecialTokens(file: String, text: String, expected: [[Int32]]) throws {
        let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nfilm\n[unused1]\n##s\n<\ne\n>\n"
        let texts = ["a film <e1> a films [unused1]", "a [Q] <E1>film<e1>", "[UNUSED1] a"]
        let files = [
            TokenizerFile(name: "vocab.txt", path: "vocab.txt", bytes: Array(vocabulary.utf8)),
            TokenizerFile(name: file, path: file, bytes: Array(text.utf8)),
        ]
        let tokenizer = Tokenizer(try #require(try TokenizerReader.read(files)))
        for (text, ids) in zip(texts, expected) { #expect(tokenizer.tokens(Array(text.utf8)).ids == ids, "\(text)") }
        #expect(ConfigurationKey.review(tokenizer: files[1])?.unknown == [])
        // The same beside a tokenizer.json of the vocabulary.
        let pieces = vocabulary.split(separator: "\n").enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
        let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].enumerated()
            .map { "{\"id\": \($0), \"content\": \"\($1)\", \"special\": true, \"normalized\": false}" }
        let json = """
            {"added_tokens": [\(special.joined(separator: ", "))], "normalizer": {"type": "BertNormalizer",
            "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
            "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
            {"SpecialToken": {"id": "[SEP]", "type_id": 0}}], "pair": [], "special_tokens": {
            "[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
            "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": {\(pieces)}}}
            """
        let fast = Tokenizer(
            try #require(
                try TokenizerReader.read([
                    TokenizerFile(name: "tokenizer.json", path: "tokenizer.json", bytes: Array(json.utf8)), files[1],
                ])))
        for (text, ids) in zip(texts, expected) { #expect(fast.tokens(Array(text.utf8)).ids == ids, "\(text)") }
    }

    @Test func addedTokensAreTold() {
        let file = TokenizerFile(
            name: "added_tokens.json", path: "added_tokens.json", bytes: Array(#"{"<x>": 7}"#.utf8))
        #expect(ConfigurationKey.review(tokenizer: file)?.used == ["<x>"])
    }

    /// The settings of tokenizer_config.json reach the tokenizer; tokens beyond the vocabulary follow it.
    @Test func configurations() throws {
        func tokenizer(_ configuration: String) throws -> Tokenizer {
            let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nA\na\nÁ\n中\nx"
            let files = [
                TokenizerFile(name: "vocab.txt", path: "vocab.txt", bytes: Array(vocabulary.utf8)),
                TokenizerFile(
                    name: "tokenizer_config.json", path: "tokenizer_config.json", bytes: Array(configuration.utf8)),
            ]
            return Tokenizer(try #require(try TokenizerReader.read(files)))
        }
        #expect(try tokenizer("{}").tokens(Array("A Á x".utf8)).ids == [5, 5, 8])
        #expect(try tokenizer("{\"do_lower_case\": false}").tokens(Array("A Á".utf8)).ids == [4, 6])
        #expect(try tokenizer("{\"do_lower_case\": false, \"strip_accents\": true}").tokens(Array("Á".utf8)).ids == [4])
        #expect(try tokenizer("{\"tokenize_chinese_chars\": false}").tokens(Array("中x".utf8)).ids == [1])
        #expect(try tokenizer("{\"tokenize_chinese_chars\": true}").tokens(Array("中x".utf8)).ids == [7, 8])
        let added = try tokenizer("{\"added_tokens_decoder\": {\"9\": {\"content\": \"<ctx>\", \"rstrip\": true}}}")
        #expect(added.tokens(Array("x<ctx> x".utf8)).ids == [8, 9, 8])
        #expect(added.count == 10)
        let mismatch = fault { try tokenizer("{\"added_tokens_decoder\": {\"12\": {\"content\": \"<ctx>\"}}}") }
        #expect(mismatch.isA(.tokenizerAddedTokenMismatch, "12"))
        let words = try tokenizer(
            "{\"added_tokens_decoder\": {\"9\": {\"content\": \"<ctx>\", \"single_word\": true}}}")
        #expect(words.tokens(Array("x<ctx> <ctx>".utf8)).ids == [8, 1, 1, 1, 9])
    }
}
