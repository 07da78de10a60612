/// A tokenizer of either kind over the tables of a model file or of its own files.
package enum Tokenizer: Sendable {
    case unigram(UnigramTokenizer)
    case wordPiece(WordPieceTokenizer)
    case pipeline(PipelineTokenizer)

    package init(_ tables: TokenizerTables) {
        switch tables.settings.kind {
        case .bytePair: self = .unigram(UnigramTokenizer(tables))
        case .unigram:
            self =
                tables.pipeline.map { .pipeline(PipelineTokenizer(tables, $0)) } ?? .unigram(UnigramTokenizer(tables))
        case .wordPiece:
            // BERT's own steps have a faster path, if added tokens are searched in the text as it is.
            if let pipeline = tables.pipeline,
                pipeline.bertSettings == nil || tables.specialTokens.contains(where: { $0.normalized || $0.singleWord })
            {
                self = .pipeline(PipelineTokenizer(tables, pipeline))
            } else {
                self = .wordPiece(WordPieceTokenizer(tables))
            }
        }
    }

    package var tables: TokenizerTables {
        switch self {
        case .unigram(let tokenizer): tokenizer.tables
        case .wordPiece(let tokenizer): tokenizer.tables
        case .pipeline(let tokenizer): tokenizer.tables
        }
    }

    /// Pieces in the vocabulary.
    package var count: Int { tables.count }
    package var specialIDs: SpecialIDs { tables.specialIDs }

    /// The bytes of a piece; empty for an id outside the vocabulary.
    package func piece(_ id: Int32) -> [UInt8] { tables.piece(Int(id)) }

    /// The longest text that is taken: 64 MB. Normalization can make it eleven times longer.
    package static let maxTextBytes = 1 << 26

    /// Tokens of one text without the frame. Bytes that are not UTF-8 count as U+FFFD. Of a text longer than
    /// `maxTextBytes` only that many bytes are read.
    package func tokens(_ text: UnsafeRawBufferPointer) -> TokenRun {
        let text =
            text.count > Tokenizer.maxTextBytes
            ? UnsafeRawBufferPointer(rebasing: text[..<Tokenizer.maxTextBytes]) : text
        switch self {
        case .unigram(let tokenizer): return tokenizer.tokens(text)
        case .wordPiece(let tokenizer): return tokenizer.tokens(text)
        case .pipeline(let tokenizer): return tokenizer.tokens(text)
        }
    }

    package func tokens(_ text: [UInt8]) -> TokenRun {
        text.withUnsafeBytes { tokens($0) }
    }

    /// Tokens a frame adds to one text or to a pair.
    package func frameCount(pair: Bool) -> Int {
        (pair ? tables.template.pair : tables.template.single).count { $0.id >= 0 }
    }

    /// The input of the model for a text or a pair. `maxLength` counts the frame too; tokens beyond it are cut from the
    /// end of the longer text, one by one ("longest_first" of Hugging Face), and counted.
    package func encode(_ text: [UInt8], pair: [UInt8]? = nil, maxLength: Int? = nil) -> Encoding {
        encode(tokens(text), pair: pair.map { tokens($0) }, maxLength: maxLength)
    }

    package func encode(_ text: String, pair: String? = nil, maxLength: Int? = nil) -> Encoding {
        encode(Array(text.utf8), pair: pair.map { Array($0.utf8) }, maxLength: maxLength)
    }

    /// The input of the model for words that are cut already, each as a text by itself; offsets count from the
    /// beginning of the first word as if one byte stood between two.
    package func encode(words: [[UInt8]], maxLength: Int? = nil) -> Encoding {
        encode(tokens(words: words), maxLength: maxLength)
    }

    /// Tokens of words that are cut already.
    package func tokens(words: [[UInt8]]) -> TokenRun {
        var result = TokenRun()
        var start: UInt32 = 0
        for word in words {
            let run = tokens(word)
            for i in 0..<run.count {
                result.append(
                    run.ids[i], start + UInt32(truncatingIfNeeded: run.starts[i]),
                    start + UInt32(truncatingIfNeeded: run.ends[i]), startsWord: i == 0)
            }
            start += UInt32(truncatingIfNeeded: word.count + 1)
        }
        return result
    }

    /// Puts the frame around tokens.
    package func encode(_ first: TokenRun, pair second: TokenRun? = nil, maxLength: Int? = nil) -> Encoding {
        let template = second == nil ? tables.template.single : tables.template.pair
        var (firstCount, secondCount) = (first.count, second?.count ?? 0)
        if let maxLength {
            let room = max(0, maxLength - frameCount(pair: second != nil))
            if firstCount + secondCount > room {
                // As the library tokenizers has it: the shorter text keeps up to half of the room, the longer one has
                // the rest, and the odd token with it; of two that are as long the second one has.
                if firstCount > secondCount {
                    secondCount = min(secondCount, room / 2)
                    firstCount = room - secondCount
                } else {
                    firstCount = min(firstCount, second == nil ? room : room / 2)
                    secondCount = second == nil ? 0 : room - firstCount
                }
            }
        }
        var encoding = Encoding()
        encoding.reserve(firstCount + secondCount + template.count)
        for item in template {
            switch item.id {
            case TokenTemplate.Item.first: encoding.append(first, upTo: firstCount, typeID: item.typeID, segment: 0)
            case TokenTemplate.Item.second:
                if let second { encoding.append(second, upTo: secondCount, typeID: item.typeID, segment: 1) }
            default: encoding.append(frame: item.id, typeID: item.typeID)
            }
        }
        encoding.truncatedCount = first.count - firstCount + (second?.count ?? 0) - secondCount
        return encoding
    }
}
