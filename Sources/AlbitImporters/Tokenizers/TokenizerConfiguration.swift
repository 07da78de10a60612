import AlbitModel
import AlbitText
import AlbitTokenizers

/// `tokenizer_config.json` and its like: what Hugging Face's tokenizers take beside their vocabulary.
struct TokenizerConfiguration {
    struct Token {
        var content: String
        var stripsLeft: Bool?
        var stripsRight: Bool?
        var normalized: Bool?
        var singleWord = false
        var special: Bool?
    }

    var lowerCase: Bool?
    var removeSpace: Bool?
    var keepAccents: Bool?
    var separatesCJK: Bool?
    var stripAccents: Bool?
    var cls: Token?
    var sep: Token?
    var unknown: Token?
    var pad: Token?
    var mask: Token?
    /// Of BertJapaneseTokenizer.
    var wordTokenizer: String?
    var subwordTokenizer: String?
    /// The class that reads the files, from `tokenizer_config.json` or else `config.json`.
    var tokenizerClass: String?
    /// What the tokenizer gives to the model (`model_input_names`); nil where nothing is said.
    var inputNames: [String]?
    /// Whether Python code that comes with the model reads the files.
    var hasOwnCode = false
    /// Tokens with ids, from `added_tokens_decoder` and `added_tokens.json`.
    var added: [(id: Int, token: Token)] = []
    /// Further special tokens in their order: those that the vocabulary lacks get the ids behind it.
    var further: [Token] = []

    /// Members that are there replace what was read before.
    mutating func read(_ json: JSONValue, path: String) throws(Fault) {
        guard json.members != nil else { throw .missingMember(path: path, member: "(an object)") }
        lowerCase = json["do_lower_case"]?.bool ?? lowerCase
        removeSpace = json["remove_space"]?.bool ?? removeSpace
        keepAccents = json["keep_accents"]?.bool ?? keepAccents
        separatesCJK = json["tokenize_chinese_chars"]?.bool ?? separatesCJK
        stripAccents = json["strip_accents"]?.bool ?? stripAccents
        tokenizerClass = json["tokenizer_class"]?.string ?? tokenizerClass
        wordTokenizer = json["word_tokenizer_type"]?.string ?? wordTokenizer
        subwordTokenizer = json["subword_tokenizer_type"]?.string ?? subwordTokenizer
        inputNames = json["model_input_names"]?.array?.compactMap(\.string) ?? inputNames
        if let code = json["auto_map"]?["AutoTokenizer"], !code.isNull { hasOwnCode = true }
        cls = try token(json["cls_token"], path) ?? cls
        sep = try token(json["sep_token"], path) ?? sep
        unknown = try token(json["unk_token"], path) ?? unknown
        pad = try token(json["pad_token"], path) ?? pad
        mask = try token(json["mask_token"], path) ?? mask
        for key in ["additional_special_tokens", "extra_special_tokens"] {
            guard let list = json[key] else { continue }
            // A list, or tokens by the names that a class has for them.
            for entry in list.array ?? list.members?.map(\.value) ?? [] {
                guard let token = try token(entry, path), !token.content.isEmpty,
                    !further.contains(where: { $0.content == token.content })
                else { continue }
                further.append(token)
            }
        }
        for member in json["added_tokens_decoder"]?.members ?? [] {
            var name = member.name
            guard let id = name.withUTF8({ DecimalText.integer(UnsafeRawBufferPointer($0)) }),
                let token = try token(member.value, path)
            else {
                throw .missingMember(path: path, member: "added_tokens_decoder." + member.name)
            }
            added.append((id, token))
        }
    }

    /// What transformers changes in a `tokenizer.json` by what lies beside it: BERT's own normalizer follows this file,
    /// and special tokens that only this file names are special all the same.
    ///
    /// Source: transformers 4.57, `BertTokenizerFast.__init__` and `PreTrainedTokenizerFast.__init__`.
    func apply(to draft: inout TokenizerDraft, _ kind: TokenizerClass) throws(Fault) {
        // The class that transformers 5 saves for all but the known families gives no token types by itself.
        if let names = inputNames ?? (tokenizerClass == "TokenizersBackend" ? [] : nil),
            !names.contains("token_type_ids")
        {
            for index in draft.template.single.indices { draft.template.single[index].typeID = 0 }
            for index in draft.template.pair.indices { draft.template.pair[index].typeID = 0 }
        }
        defer { appendFurther(to: &draft) }
        guard tokenizerClass != nil else { return }
        if case .bert = kind, let written = draft.pipeline?.bertSettings {
            let lowercase = lowerCase ?? true
            let strips = stripAccents ?? lowercase
            let ideographs = separatesCJK ?? true
            if (lowercase, strips, ideographs) != (written.lowercase, written.stripAccents, written.spaceIdeographs) {
                draft.pipeline?.normalizers = TokenizerPipeline.bertNormalizers(
                    cleanText: written.cleanText, spaceIdeographs: ideographs, stripAccents: strips,
                    lowercase: lowercase)
                draft.settings.lowerCase = lowercase
                draft.settings.stripAccents = strips
                draft.settings.separatesCJK = ideographs
            }
        }
        for token in [cls, sep, unknown, pad, mask].compactMap({ $0 }) {
            let content = Array(token.content.utf8)
            guard !draft.specialTokens.contains(where: { $0.content == content }),
                let id = draft.pieces.firstIndex(of: content)
            else { continue }
            draft.specialTokens.append(
                SpecialToken(
                    id: Int32(truncatingIfNeeded: id), content: content, stripsLeft: token.stripsLeft ?? false,
                    stripsRight: token.stripsRight ?? false))
        }
    }

    /// Further special tokens that a `tokenizer.json` does not know as special: by their ids in the vocabulary, or the
    /// next free ones.
    private func appendFurther(to draft: inout TokenizerDraft) {
        for token in further {
            let content = Array(token.content.utf8)
            guard !draft.specialTokens.contains(where: { $0.content == content }) else { continue }
            let id = draft.pieces.lastIndex(of: content) ?? draft.pieces.count
            if id == draft.pieces.count { draft.append(added: content) }
            var special = SpecialToken(
                id: Int32(truncatingIfNeeded: id), content: content, stripsLeft: token.stripsLeft ?? false,
                stripsRight: token.stripsRight ?? false)
            special.normalized = token.normalized ?? false
            special.singleWord = token.singleWord
            draft.specialTokens.append(special)
        }
    }

    /// `added_tokens.json`: an object from token to id.
    mutating func readAdded(_ json: JSONValue, path: String) throws(Fault) {
        for member in json.members ?? [] {
            guard let id = member.value.integer else { throw .missingMember(path: path, member: member.name) }
            added.append((id, Token(content: member.name)))
        }
    }

    private func token(_ json: JSONValue?, _ path: String) throws(Fault) -> Token? {
        switch json {
        case .string(let text)?: return Token(content: text)
        case .object?:
            guard let content = json?["content"]?.string else {
                throw .missingMember(path: path, member: "content of a token")
            }
            return Token(
                content: content, stripsLeft: json?["lstrip"]?.bool, stripsRight: json?["rstrip"]?.bool,
                normalized: json?["normalized"]?.bool,
                singleWord: json?["single_word"]?.bool ?? false, special: json?["special"]?.bool)
        default: return nil
        }
    }
}
