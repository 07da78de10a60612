import AlbitImporters
import AlbitText
import AlbitTokenizers

extension FuzzTarget {
    static let tokenizers: [FuzzTarget] = [
        FuzzTarget("sentencepiece", maxLength: 1 << 18) { try encode(TokenizerReader.read($0, path: "spiece.model")) },
        FuzzTarget("tokenizer-json", maxLength: 1 << 18) {
            try encode(TokenizerReader.read($0, path: "tokenizer.json"))
        },
        FuzzTarget("vocabulary", maxLength: 1 << 14) { try encode(TokenizerReader.read($0, path: "vocab.txt")) },
        // Any of the three with the pieces that texts use: such texts are cut as before.
        FuzzTarget("pruned-tokenizer", maxLength: 1 << 16) { bytes in
            let files = [TokenizerFile(name: "tokenizer", path: "tokenizer", bytes: bytes)]
            guard let draft = try TokenizerReader.draft(files) else { return }
            let whole = Tokenizer(try TokenizerTables(draft))
            var counts = [Int](repeating: 0, count: draft.pieces.count)
            for text in texts { for id in whole.tokens(text).ids { counts[Int(id)] += 1 } }
            let order = VocabularyOrder(draft, whole, counts: counts, named: try PrunedTokenizer.named(files))
            let kept = order.keep(order.usedCount)
            let pruned = try PrunedTokenizer.files(files, of: draft, keeping: kept)
            guard let tables = try TokenizerReader.read(pruned) else { fatalError("no tokenizer is left") }
            let some = Tokenizer(tables)
            for text in texts where whole.tokens(text).ids.map({ kept[Int($0)] }) != some.tokens(text).ids.map(Int.init)
            {
                fatalError("a text whose pieces are all there is cut otherwise")
            }
        },
        // Beside a vocabulary: the small files that change what it means.
        FuzzTarget("tokenizer-config", maxLength: 1 << 14) { bytes in
            let vocabulary = Array("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\nhello\n##,\n1\n".utf8)
            try encode(
                TokenizerReader.read([
                    TokenizerFile(name: "vocab.txt", path: "vocab.txt", bytes: vocabulary),
                    TokenizerFile(name: "tokenizer_config.json", path: "tokenizer_config.json", bytes: bytes),
                ]))
        },
        // Steps as a model file holds them, of which the first byte tells the length by 4, then a text for them.
        FuzzTarget("pipeline", maxLength: 1 << 12) { bytes in
            guard let first = bytes.first else { return }
            let steps = Array(bytes.dropFirst().prefix(4 * Int(first)))
            guard let pipeline = steps.withUnsafeBytes({ PipelineCodec.decode($0) }) else { return }
            guard steps.withUnsafeBytes({ PipelineCodec.decode($0) }) == pipeline,
                let small = try? SmallTokenizer.tables(pipeline)
            else { return }
            let text = Array(bytes.dropFirst(1 + steps.count))
            let tokenizer = Tokenizer(small)
            for text in [text] + texts {
                let encoding = tokenizer.encode(text)
                for (start, end) in zip(encoding.starts, encoding.ends)
                where start < 0 || end < start || Int(end) > text.count {
                    fatalError("an offset outside the text")
                }
            }
        },
        // Text against a tokenizer that is whole: the first byte chooses which.
        FuzzTarget("text", maxLength: 1 << 12) { bytes in
            guard let choice = bytes.first else { return }
            let kinds = choice & 4 == 0 ? (wordPiece, unigram) : (pipeline, bytePairs)
            guard let tokenizer = choice % 2 == 0 ? kinds.0 : kinds.1 else {
                fatalError("the small tokenizer is refused")
            }
            let text = Array(bytes.dropFirst())
            let encoding = tokenizer.encode(text, maxLength: choice & 2 == 0 ? nil : 8)
            for (start, end) in zip(encoding.starts, encoding.ends)
            where start < 0 || end < start || Int(end) > text.count {
                fatalError("an offset outside the text")
            }
        },
    ]

    /// Words, digits, accents, CJK, an emoji with joiners, and bytes that are no text.
    static let texts: [[UInt8]] = [
        Array("Hello, World 1,234 `` a [MASK] b''".utf8), Array("Ｆｕｌｌ é ﬁ Σ ΑΣ 東京 👩‍👩‍👧 \u{0} \u{7F}".utf8),
        [0xFF, 0xC3, 0x28, 0x20, 0xF0, 0x9F],
        Array(String(repeating: "abc ", count: 64).utf8), [],
    ]

    private static let wordPiece = (try? SmallTokenizer.wordPiece()).map { Tokenizer($0) }
    private static let unigram = (try? SmallTokenizer.unigram()).map { Tokenizer($0) }
    private static let bytePairs = (try? SmallTokenizer.bytePairs()).map { Tokenizer($0) }
    private static let pipeline = (try? SmallTokenizer.pipeline()).map { Tokenizer($0) }

    static func encode(_ tables: TokenizerTables?) throws {
        guard let tables else { return }
        let tokenizer = Tokenizer(tables)
        for text in texts {
            let encoding = tokenizer.encode(text, maxLength: 32)
            for id in encoding.ids {
                guard id >= 0, Int(id) < tokenizer.count else { fatalError("id \(id) outside the vocabulary") }
                _ = tokenizer.piece(id)
            }
            for (start, end) in zip(encoding.starts, encoding.ends)
            where start < 0 || end < start || Int(end) > text.count {
                fatalError("an offset outside the text")
            }
        }
        _ = tokenizer.encode(texts[0], pair: texts[1], maxLength: 16)
    }
}
