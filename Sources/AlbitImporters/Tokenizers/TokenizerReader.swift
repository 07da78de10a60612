import AlbitModel
import AlbitText
import AlbitTokenizers

/// Makes a tokenizer of the files that lie beside the weights, or of a single file.
package enum TokenizerReader {
    /// The tokenizer of a directory; nil where none of the files is one. Where there are several, the SentencePiece model
    /// wins over tokenizer.json, and that over vocab.txt: the first is what ALBERT was trained with.
    package static func read(_ files: [TokenizerFile]) throws(Fault) -> TokenizerTables? {
        var configuration = TokenizerConfiguration()
        var model: TokenizerFile?
        var json: (file: TokenizerFile, value: JSONValue)?
        var vocabulary: TokenizerFile?
        for file in files {
            switch try kind(file) {
            case .sentencePiece: model = model ?? file
            case .json(let value):
                if value["model"] != nil { json = json ?? (file, value) } else { try apply(value, of: file, to: &configuration) }
            case .text: vocabulary = vocabulary ?? file
            }
        }
        if let model { return try sentencePiece(model, configuration) }
        if let json { return try TokenizerTables(TokenizerJSONReader(path: json.file.path, json: json.value).draft()) }
        if let vocabulary { return try TokenizerTables(VocabularyReader.read(vocabulary.bytes, path: vocabulary.path, configuration)) }
        return nil
    }

    /// The tokenizer of one file, such as the argument of `albit tokenize`.
    package static func read(_ bytes: [UInt8], path: String) throws(Fault) -> TokenizerTables {
        guard let tables = try read([TokenizerFile(name: path, path: path, bytes: bytes)]) else { throw .notTokenizer(path: path) }
        return tables
    }

    private enum Kind {
        case sentencePiece
        case json(JSONValue)
        case text
    }

    /// Told from content: JSON begins with a brace, a SentencePiece model with the tag of its first piece and one of a
    /// field inside it.
    private static func kind(_ file: TokenizerFile) throws(Fault) -> Kind {
        let bytes = file.bytes
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if let first = bytes[start...].first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }), first == UInt8(ascii: "{") {
            return .json(try JSONValue(parsing: bytes, file: file.path))
        }
        guard bytes.count > 0 else { throw .notTokenizer(path: file.path) }
        if file.name.hasSuffix(".model") || bytes.contains(where: { $0 < 0x09 }) || bytes.count >= 3 && bytes[0] == 0x0A && bytes[2] == 0x0A {
            return .sentencePiece
        }
        return .text
    }

    private static func apply(
        _ json: JSONValue, of file: TokenizerFile, to configuration: inout TokenizerConfiguration
    ) throws(Fault) {
        if file.name.hasSuffix("added_tokens.json") {
            try configuration.readAdded(json, path: file.path)
        } else {
            try configuration.read(json, path: file.path)
        }
    }

    /// ALBERT's tokenizer of a SentencePiece model, with the defaults of Hugging Face's `AlbertTokenizer`.
    private static func sentencePiece(
        _ file: TokenizerFile, _ configuration: TokenizerConfiguration
    ) throws(Fault) -> TokenizerTables {
        var draft = try SentencePieceReader.read(file.bytes, path: file.path)
        draft.settings.lowerCase = configuration.lowerCase ?? true
        draft.settings.removeSpace = configuration.removeSpace ?? true
        draft.settings.accents = configuration.keepAccents ?? false ? .keep : .dropCombining
        draft.settings.joinQuotes = true
        draft.settings.lowersFirst = true
        draft.settings.splitsDigitComma = true
        var vocabulary = SpecialVocabulary(draft: draft)
        try vocabulary.add(configuration.added)
        let cls = try vocabulary.require(configuration.cls, "[CLS]")
        let sep = try vocabulary.require(configuration.sep, "[SEP]")
        vocabulary.draft.specialIDs.cls = cls
        vocabulary.draft.specialIDs.sep = sep
        vocabulary.draft.specialIDs.unknown = vocabulary.find(configuration.unknown, "<unk>") ?? draft.settings.unknownID
        vocabulary.draft.specialIDs.pad = vocabulary.find(configuration.pad, "<pad>")
        // AlbertTokenizer lets the mask take the space before it, like a word would.
        vocabulary.draft.specialIDs.mask = vocabulary.find(configuration.mask, "[MASK]", stripsLeft: true)
        vocabulary.draft.template = TokenTemplate(cls: cls, sep: sep)
        return try TokenizerTables(vocabulary.draft)
    }
}

/// A draft whose special tokens are being looked up.
struct SpecialVocabulary {
    var draft: TokenizerDraft
    private var places: [[UInt8]: Int32]

    init(draft: TokenizerDraft) {
        self.draft = draft
        places = [[UInt8]: Int32](minimumCapacity: draft.pieces.count)
        for (id, piece) in draft.pieces.enumerated() { places[piece] = Int32(truncatingIfNeeded: id) }
    }

    /// Tokens with ids: those of the vocabulary must agree with it, others follow it without a gap.
    mutating func add(_ tokens: [(id: Int, token: TokenizerConfiguration.Token)]) throws(Fault) {
        for (id, token) in tokens.sorted(by: { $0.id < $1.id }) {
            let content = Array(token.content.utf8)
            if id == draft.pieces.count, places[content] == nil {
                draft.pieces.append(content)
                if !draft.scores.isEmpty { draft.scores.append(0) }
                if !draft.types.isEmpty { draft.types.append(PieceType.control.rawValue) }
                places[content] = Int32(truncatingIfNeeded: id)
            }
            guard places[content].map(Int.init) == id else {
                throw Fault(
                    .tokenizerAddedTokenMismatch, in: draft.path,
                    "the added token '\(token.content)' has id \(id), where the vocabulary has another piece "
                        + "or none", advice: "do the files belong together?")
            }
            recognise(token, Int32(truncatingIfNeeded: id), stripsLeft: false)
        }
    }

    /// The id of a special token, which is from now on recognised in text; nil where the vocabulary has none.
    mutating func find(_ token: TokenizerConfiguration.Token?, _ usual: String, stripsLeft: Bool = false) -> Int32? {
        let token = token ?? TokenizerConfiguration.Token(content: usual)
        guard let id = places[Array(token.content.utf8)] else { return nil }
        recognise(token, id, stripsLeft: stripsLeft)
        return id
    }

    mutating func require(_ token: TokenizerConfiguration.Token?, _ usual: String) throws(Fault) -> Int32 {
        guard let id = find(token, usual) else {
            throw Fault(
                .tokenizerMissingSpecialToken, in: draft.path,
                "the vocabulary has no piece '\(token?.content ?? usual)', which the model's input needs",
                expected: "the vocabulary of an ALBERT or BERT")
        }
        return id
    }

    private mutating func recognise(_ token: TokenizerConfiguration.Token, _ id: Int32, stripsLeft: Bool) {
        if draft.specialTokens.contains(where: { $0.id == id }) { return }
        draft.specialTokens.append(
            SpecialToken(
                id: id, content: Array(token.content.utf8), stripsLeft: token.stripsLeft ?? stripsLeft, stripsRight: token.stripsRight ?? false))
    }
}

/// Faults that are found in several places of this file.
private extension Fault {
    static func notTokenizer(path: String) -> Fault {
        Fault(
            .tokenizerNotTokenizer, in: path, "is no tokenizer",
            expected: "a SentencePiece model, a tokenizer.json or a vocab.txt")
    }
}
