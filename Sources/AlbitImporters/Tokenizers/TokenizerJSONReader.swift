import AlbitText
import AlbitTokenizers

/// Reads `tokenizer.json` of the `tokenizers` library: Unigram and WordPiece models with the steps that ALBERT's and
/// BERT's tokenizers have. Every other step is refused by name, since leaving one out gives wrong ids quietly.
struct TokenizerJSONReader {
    let path: String
    let json: JSONValue

    func draft() throws(Fault) -> TokenizerDraft {
        guard let model = json["model"], model.members != nil else { throw .missingMember(path: path, member: "model") }
        // Old files of WordPiece models do not write the type.
        let type = model["type"]?.string ?? (model["continuing_subword_prefix"] != nil ? "WordPiece" : "")
        var draft: TokenizerDraft
        switch type {
        case "Unigram": draft = try unigram(model)
        case "WordPiece": draft = try wordPiece(model)
        default: throw .unsupported(path: path, what: "model", name: type, expected: "Unigram or WordPiece")
        }
        try readAddedTokens(&draft)
        try readTemplate(&draft)
        return draft
    }

    private func steps(_ name: String, _ list: String) -> [JSONValue] {
        guard let step = json[name], !step.isNull else { return [] }
        return step["type"]?.string == "Sequence" ? step[list]?.array ?? [] : [step]
    }

    private func unsupported(_ what: String, _ step: JSONValue, _ expected: String) -> Fault {
        .unsupported(path: path, what: what, name: step["type"]?.string ?? "?", expected: expected)
    }

    // Unigram.

    private func unigram(_ model: JSONValue) throws(Fault) -> TokenizerDraft {
        guard let entries = model["vocab"]?.array else { throw .missingMember(path: path, member: "model.vocab") }
        guard let unknown = model["unk_id"]?.integer, unknown >= 0, unknown < entries.count else {
            throw .missingMember(path: path, member: "model.unk_id")
        }
        var settings = TokenizerSettings(kind: .unigram)
        settings.lowerCase = false
        settings.unknownID = Int32(truncatingIfNeeded: unknown)
        settings.hidesControlPieces = false
        if model["byte_fallback"]?.bool == true {
            throw .unsupported(path: path, what: "option", name: "byte_fallback", expected: "a Unigram model without it")
        }
        var draft = TokenizerDraft(path: path, pieces: [], settings: settings, template: TokenTemplate(single: [], pair: []))
        var seen = Set<[UInt8]>(minimumCapacity: entries.count)
        settings.minScore = .greatestFiniteMagnitude
        for (id, entry) in entries.enumerated() {
            guard let pair = entry.array, pair.count == 2, let piece = pair[0].bytes, let score = pair[1].double else {
                throw .badVocabulary(path: path, problem: "entry \(id) is not a piece with its score")
            }
            guard seen.insert(piece).inserted else {
                throw Fault(
                    .tokenizerDuplicatePiece, in: path, at: "piece '\(String(decoding: piece, as: UTF8.self))'",
                    "stands twice", advice: "the file is damaged")
            }
            draft.pieces.append(piece)
            draft.scores.append(Float(score))
            draft.types.append(id == unknown ? PieceType.unknown.rawValue : PieceType.normal.rawValue)
            settings.minScore = min(settings.minScore, Float(score))
            settings.maxScore = max(settings.maxScore, Float(score))
        }
        let spaces = try readUnigramNormalizer(&settings, &draft)
        let splitsWords = try readMetaspace(&settings)
        guard splitsWords || spaces.collapsed else {
            throw .unsupported(
                path: path, what: "pre-tokenizer", name: "Metaspace", expected: "WhitespaceSplit before it, or the replacement of runs of spaces")
        }
        settings.keepsTrailingSpace = !splitsWords && !spaces.stripped
        draft.settings = settings
        draft.specialIDs.unknown = settings.unknownID
        return draft
    }

    /// Quotation marks, NFKD, accents, lower case, character map, runs of spaces: in this order or not at all.
    /// Returns what becomes of spaces.
    private func readUnigramNormalizer(
        _ settings: inout TokenizerSettings, _ draft: inout TokenizerDraft
    ) throws(Fault) -> (collapsed: Bool, stripped: Bool) {
        var spaces = (collapsed: false, stripped: false)
        var place = 0
        var quotes = 0
        var isDecomposed = false
        for step in steps("normalizer", "normalizers") {
            let at: Int
            switch step["type"]?.string {
            case "Replace":
                let pattern = step["pattern"]
                let content = step["content"]?.string
                if let text = pattern?["String"]?.string, text == "``" || text == "''", content == "\"" {
                    at = 1
                    quotes += 1
                } else if pattern?["Regex"]?.string == " {2,}", content == " " || content == "\u{2581}" {
                    at = 7
                    spaces.collapsed = true
                } else {
                    throw unsupported("normalizer", step, "the replacement of `` and '' by a quotation mark, or of runs of spaces")
                }
            case "NFKD":
                at = 2
                isDecomposed = true
            case "StripAccents":
                at = 3
                guard isDecomposed else { throw unsupported("normalizer", step, "NFKD before StripAccents") }
                settings.accents = .dropMarks
            case "Lowercase":
                at = 4
                settings.lowerCase = true
            case "Precompiled":
                at = 5
                guard let text = step["precompiled_charsmap"]?.bytes, let blob = Base64.decode(text) else {
                    throw .missingMember(path: path, member: "precompiled_charsmap (base64)")
                }
                draft.charsmap = blob
            case "Strip":
                at = 6
                guard step["strip_left"]?.bool == true, step["strip_right"]?.bool == true else {
                    throw unsupported("normalizer", step, "Strip at both ends")
                }
                spaces.stripped = true
            default:
                throw unsupported("normalizer", step, "Replace, NFKD, StripAccents, Lowercase, Precompiled or Strip")
            }
            guard at >= place else { throw unsupported("normalizer", step, "the order of ALBERT's tokenizer") }
            place = at
        }
        guard quotes == 0 || quotes == 2 else {
            throw .unsupported(path: path, what: "normalizer", name: "Replace", expected: "both `` and '' or neither")
        }
        settings.joinQuotes = quotes == 2
        guard !isDecomposed || settings.accents == .dropMarks else {
            throw .unsupported(path: path, what: "normalizer", name: "NFKD", expected: "StripAccents after it")
        }
        return spaces
    }

    /// Returns whether words are split at white space beforehand.
    private func readMetaspace(_ settings: inout TokenizerSettings) throws(Fault) -> Bool {
        var hasMetaspace = false
        var splitsWords = false
        for step in steps("pre_tokenizer", "pretokenizers") {
            switch step["type"]?.string {
            case "WhitespaceSplit":
                guard !hasMetaspace else { throw unsupported("pre-tokenizer", step, "WhitespaceSplit before Metaspace") }
                splitsWords = true
            case "Metaspace":
                hasMetaspace = true
                guard step["replacement"]?.bytes == [0xE2, 0x96, 0x81] else {
                    throw unsupported("pre-tokenizer", step, "the replacement U+2581")
                }
                switch step["prepend_scheme"]?.string {
                case "always"?, nil: settings.addDummyPrefix = step["add_prefix_space"]?.bool ?? true
                case let scheme?: throw .unsupported(path: path, what: "prepend_scheme", name: scheme, expected: "always")
                }
            default: throw unsupported("pre-tokenizer", step, "WhitespaceSplit or Metaspace")
            }
        }
        guard hasMetaspace else { throw .missingMember(path: path, member: "pre_tokenizer (Metaspace)") }
        return splitsWords
    }

    // WordPiece.

    private func wordPiece(_ model: JSONValue) throws(Fault) -> TokenizerDraft {
        guard let members = model["vocab"]?.members else { throw .missingMember(path: path, member: "model.vocab") }
        if let prefix = model["continuing_subword_prefix"]?.string, prefix != "##" {
            throw .unsupported(path: path, what: "continuing_subword_prefix", name: prefix, expected: "##")
        }
        var pieces = [[UInt8]?](repeating: nil, count: members.count)
        for member in members {
            guard let id = member.value.integer, id >= 0, id < members.count, pieces[id] == nil else {
                throw .badVocabulary(path: path, problem: "gives '\(member.name)' an id that is outside, taken or no integer")
            }
            pieces[id] = Array(member.name.utf8)
        }
        var settings = TokenizerSettings(kind: .wordPiece)
        settings.maxWordCharacters = model["max_input_chars_per_word"]?.integer ?? 100
        guard settings.maxWordCharacters > 0, settings.maxWordCharacters <= 100_000 else {
            throw .badVocabulary(path: path, problem: "has max_input_chars_per_word outside 1 to 100000")
        }
        let normalizers = steps("normalizer", "normalizers")
        guard normalizers.count == 1, normalizers[0]["type"]?.string == "BertNormalizer" else {
            throw unsupported("normalizer", normalizers.first ?? .null, "BertNormalizer alone")
        }
        let normalizer = normalizers[0]
        settings.cleanText = normalizer["clean_text"]?.bool ?? true
        settings.separatesCJK = normalizer["handle_chinese_chars"]?.bool ?? true
        settings.lowerCase = normalizer["lowercase"]?.bool ?? true
        settings.stripAccents = normalizer["strip_accents"]?.bool ?? settings.lowerCase
        for step in steps("pre_tokenizer", "pretokenizers") where step["type"]?.string != "BertPreTokenizer" {
            throw unsupported("pre-tokenizer", step, "BertPreTokenizer")
        }
        var draft = TokenizerDraft(
            path: path, pieces: pieces.compactMap(\.self), settings: settings, template: TokenTemplate(single: [], pair: []))
        let unknown = model["unk_token"]?.string ?? "[UNK]"
        guard let id = draft.pieces.firstIndex(of: Array(unknown.utf8)) else {
            throw Fault(
                .tokenizerMissingSpecialToken, in: path,
                "the vocabulary has no piece '\(unknown)', which the model's input needs",
                expected: "the vocabulary of an ALBERT or BERT")
        }
        draft.settings.unknownID = Int32(truncatingIfNeeded: id)
        draft.specialIDs.unknown = draft.settings.unknownID
        return draft
    }

    // Both.

    private func readAddedTokens(_ draft: inout TokenizerDraft) throws(Fault) {
        var tokens: [(id: Int, token: TokenizerConfiguration.Token)] = []
        for entry in json["added_tokens"]?.array ?? [] {
            guard let id = entry["id"]?.integer, let content = entry["content"]?.string else {
                throw .missingMember(path: path, member: "added_tokens")
            }
            for option in ["single_word", "normalized"] where entry[option]?.bool == true {
                throw .unsupported(path: path, what: "added token '\(content)' with", name: option, expected: "\(option) = false")
            }
            tokens.append(
                (id, TokenizerConfiguration.Token(content: content, stripsLeft: entry["lstrip"]?.bool, stripsRight: entry["rstrip"]?.bool)))
        }
        var vocabulary = SpecialVocabulary(draft: draft)
        try vocabulary.add(tokens)
        draft = vocabulary.draft
        func id(_ names: [String]) -> Int32? {
            for name in names {
                if let token = draft.specialTokens.first(where: { $0.content == Array(name.utf8) }) { return token.id }
            }
            return nil
        }
        draft.specialIDs.pad = id(["<pad>", "[PAD]"])
        draft.specialIDs.mask = id(["[MASK]", "<mask>"])
        draft.specialIDs.cls = id(["[CLS]", "<s>"])
        draft.specialIDs.sep = id(["[SEP]", "</s>"])
    }

    private func readTemplate(_ draft: inout TokenizerDraft) throws(Fault) {
        guard let processor = json["post_processor"], !processor.isNull else {
            // Nothing is added: the text alone, and pairs behind each other.
            let first = TokenTemplate.Item(id: TokenTemplate.Item.first, typeID: 0)
            draft.template = TokenTemplate(single: [first], pair: [first, TokenTemplate.Item(id: TokenTemplate.Item.second, typeID: 0)])
            return
        }
        switch processor["type"]?.string {
        case "TemplateProcessing":
            draft.template = TokenTemplate(
                single: try items(processor, "single", draft), pair: try items(processor, "pair", draft))
        case "BertProcessing":
            guard let cls = processor["cls"]?.array?.last?.integer, let sep = processor["sep"]?.array?.last?.integer,
                (0..<draft.pieces.count).contains(cls), (0..<draft.pieces.count).contains(sep)
            else { throw .missingMember(path: path, member: "post_processor.cls or .sep") }
            draft.template = TokenTemplate(cls: Int32(truncatingIfNeeded: cls), sep: Int32(truncatingIfNeeded: sep))
        default: throw unsupported("post-processor", processor, "TemplateProcessing or BertProcessing")
        }
    }

    private func items(_ processor: JSONValue, _ name: String, _ draft: TokenizerDraft) throws(Fault) -> [TokenTemplate.Item] {
        guard let list = processor[name]?.array, list.count <= 16 else { throw .missingMember(path: path, member: "post_processor." + name) }
        var result: [TokenTemplate.Item] = []
        for entry in list {
            let body = entry["SpecialToken"] ?? entry["Sequence"]
            guard let id = body?["id"]?.string, let type = body?["type_id"]?.integer, type >= 0, type < 1024 else {
                throw .missingMember(path: path, member: "post_processor." + name)
            }
            if entry["Sequence"] != nil {
                guard id == "A" || id == "B" else { throw .missingMember(path: path, member: "post_processor." + name) }
                result.append(
                    TokenTemplate.Item(id: id == "A" ? TokenTemplate.Item.first : TokenTemplate.Item.second, typeID: Int32(truncatingIfNeeded: type)))
                continue
            }
            guard let ids = processor["special_tokens"]?[id]?["ids"]?.array else {
                throw .missingMember(path: path, member: "post_processor.special_tokens." + id)
            }
            for value in ids {
                guard let value = value.integer, value >= 0, value < draft.pieces.count else {
                    throw .missingMember(path: path, member: "post_processor.special_tokens." + id)
                }
                result.append(TokenTemplate.Item(id: Int32(truncatingIfNeeded: value), typeID: Int32(truncatingIfNeeded: type)))
            }
        }
        return result
    }
}

/// Faults that are found in several places of this file.
private extension Fault {
    static func missingMember(path: String, member: String) -> Fault {
        Fault(
            .tokenizerMissingMember, in: path, at: "member '\(member)'", "is missing or of another type",
            advice: "save the tokenizer again with save_pretrained")
    }

    static func unsupported(path: String, what: String, name: String, expected: String) -> Fault {
        Fault(.tokenizerUnsupported, in: path, "the \(what) '\(name)' is not supported", expected: expected)
    }

    static func badVocabulary(path: String, problem: String) -> Fault {
        Fault(
            .tokenizerBadVocabulary, in: path, "the vocabulary \(problem)",
            advice: "save the tokenizer again with save_pretrained")
    }
}
