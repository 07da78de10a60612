import AlbitModel
import AlbitText
import AlbitTokenizers

/// Makes a tokenizer of the files that lie beside the weights, or of a single file.
package enum TokenizerReader {
    /// The tokenizer of a directory; nil where none of the files is one. Where there are several, the SentencePiece
    /// model wins over tokenizer.json, and that over vocab.txt: the first is what ALBERT was trained with. Their
    /// vocabularies have to agree. `isSegmented` says that words will be given instead of text; `isBare` that the file
    /// is no part of a checkpoint, so that a SentencePiece model without a frame's tokens is one without a frame.
    package static func read(
        _ files: [TokenizerFile], isSegmented: Bool = false, isBare: Bool = false
    ) throws(Fault) -> TokenizerTables? {
        guard let draft = try draft(files, isSegmented: isSegmented, isBare: isBare) else { return nil }
        return try TokenizerTables(draft)
    }

    /// The same before it is laid out.
    package static func draft(
        _ files: [TokenizerFile], isSegmented: Bool = false, isBare: Bool = false
    ) throws(Fault) -> TokenizerDraft? {
        var configuration = TokenizerConfiguration()
        var model: TokenizerFile?
        var json: (file: TokenizerFile, value: JSONValue)?
        var vocabulary: TokenizerFile?
        for file in files {
            switch try kind(file) {
            case .sentencePiece: model = model ?? file
            case .json(let value):
                if value["model"]?.members != nil {
                    json = json ?? (file, value)
                } else {
                    try apply(value, of: file, to: &configuration)
                }
            case .text: vocabulary = vocabulary ?? file
            }
        }
        guard let first = model ?? json?.file ?? vocabulary else { return nil }
        try configuration.check(path: first.path, hasTokenizerJSON: json != nil, isSegmented: isSegmented)
        let kind = TokenizerClass(configuration.tokenizerClass)
        if let model {
            if case .japanese = kind {
                throw .unsupported(
                    path: model.path, what: "tokenizer_class", name: "BertJapaneseTokenizer", expected: "a vocab.txt")
            }
            let draft = try SentencePieceLayout.draft(model, configuration, kind, isBare: isBare)
            if let json { try agree(draft, TokenizerJSONReader(path: json.file.path, json: json.value).draft()) }
            return draft
        }
        if let json {
            var draft = try TokenizerJSONReader(path: json.file.path, json: json.value).draft()
            try configuration.apply(to: &draft, kind)
            if let vocabulary {
                try agree(draft, VocabularyReader.read(vocabulary.bytes, path: vocabulary.path, configuration))
            }
            return draft
        }
        guard let vocabulary else { return nil }
        return try VocabularyReader.read(vocabulary.bytes, path: vocabulary.path, configuration)
    }

    /// Two files with one vocabulary: the same pieces under the same ids as far as both go.
    private static func agree(_ first: TokenizerDraft, _ second: TokenizerDraft) throws(Fault) {
        for id in 0..<min(first.pieces.count, second.pieces.count) where first.pieces[id] != second.pieces[id] {
            throw Fault(
                .tokenizerOtherVocabulary, in: second.path, at: "id \(id)",
                "is the piece '\(String(decoding: second.pieces[id], as: UTF8.self))'",
                expected: "'\(String(decoding: first.pieces[id], as: UTF8.self))' as in \(first.path)",
                advice: "keep the file that belongs to the weights, or name it with --tokenizer")
        }
    }

    /// The tokenizer of one file, such as the argument of `albit tokenize`.
    package static func read(_ bytes: [UInt8], path: String) throws(Fault) -> TokenizerTables {
        guard let tables = try read([TokenizerFile(name: path, path: path, bytes: bytes)], isBare: true) else {
            throw Fault(
                .tokenizerNotTokenizer, in: path, "is no tokenizer",
                expected: "a SentencePiece model, a tokenizer.json or a vocab.txt")
        }
        return tables
    }

    enum Kind {
        case sentencePiece
        case json(JSONValue)
        case text
    }

    /// Told from content: JSON begins with a brace, a SentencePiece model with the tag of its first piece and one of a
    /// field inside it.
    static func kind(_ file: TokenizerFile) throws(Fault) -> Kind {
        let bytes = file.bytes
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if let first = bytes[start...].first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }),
            first == UInt8(ascii: "{")
        {
            return .json(try JSONValue(parsing: bytes, file: file.path))
        }
        guard bytes.count > 0 else {
            throw Fault(
                .tokenizerNotTokenizer, in: file.path, "is no tokenizer",
                expected: "a SentencePiece model, a tokenizer.json or a vocab.txt")
        }
        if file.name.hasSuffix(".model") || bytes.contains(where: { $0 < 0x09 })
            || bytes.count >= 3 && bytes[0] == 0x0A && bytes[2] == 0x0A
        {
            return .sentencePiece
        }
        return .text
    }

    private static func apply(
        _ json: JSONValue, of file: TokenizerFile, to configuration: inout TokenizerConfiguration
    ) throws(Fault) {
        if file.name.hasSuffix("added_tokens.json") {
            try configuration.readAdded(json, path: file.path)
        } else if file.name.hasSuffix(tokenizerClassName) {
            // Of config.json, which counts where tokenizer_config.json does not say.
            configuration.tokenizerClass = configuration.tokenizerClass ?? json["tokenizer_class"]?.string
            if json["auto_map"]?["AutoTokenizer"] != nil { configuration.hasOwnCode = true }
        } else {
            try configuration.read(json, path: file.path)
        }
    }

    /// The name under which what `config.json` says about the tokenizer goes along with the tokenizer's files.
    package static let tokenizerClassName = "tokenizer_class.json"
}
