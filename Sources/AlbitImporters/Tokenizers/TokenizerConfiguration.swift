import AlbitModel
import AlbitText
import AlbitTokenizers

/// `tokenizer_config.json` and its like: what Hugging Face's tokenizers take beside their vocabulary.
struct TokenizerConfiguration {
    struct Token {
        var content: String
        var stripsLeft: Bool?
        var stripsRight: Bool?
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
    /// Tokens with ids, from `added_tokens_decoder` and `added_tokens.json`.
    var added: [(id: Int, token: Token)] = []

    /// Members that are there replace what was read before.
    mutating func read(_ json: JSONValue, path: String) throws(Fault) {
        guard json.members != nil else { throw .missingMember(path: path, member: "(an object)") }
        lowerCase = json["do_lower_case"]?.bool ?? lowerCase
        removeSpace = json["remove_space"]?.bool ?? removeSpace
        keepAccents = json["keep_accents"]?.bool ?? keepAccents
        separatesCJK = json["tokenize_chinese_chars"]?.bool ?? separatesCJK
        stripAccents = json["strip_accents"]?.bool ?? stripAccents
        cls = try token(json["cls_token"], path) ?? cls
        sep = try token(json["sep_token"], path) ?? sep
        unknown = try token(json["unk_token"], path) ?? unknown
        pad = try token(json["pad_token"], path) ?? pad
        mask = try token(json["mask_token"], path) ?? mask
        for member in json["added_tokens_decoder"]?.members ?? [] {
            var name = member.name
            guard let id = name.withUTF8({ DecimalText.integer(UnsafeRawBufferPointer($0)) }), let token = try token(member.value, path) else {
                throw .missingMember(path: path, member: "added_tokens_decoder." + member.name)
            }
            added.append((id, token))
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
            guard let content = json?["content"]?.string else { throw .missingMember(path: path, member: "content of a token") }
            if json?["single_word"]?.bool == true {
                throw Fault(
                    .tokenizerUnsupported, in: path,
                    "the token that matches whole words only '\(content)' is not supported",
                    expected: "single_word = false")
            }
            return Token(content: content, stripsLeft: json?["lstrip"]?.bool, stripsRight: json?["rstrip"]?.bool)
        default: return nil
        }
    }
}

/// Faults that are found in several places of this file.
private extension Fault {
    static func missingMember(path: String, member: String) -> Fault {
        Fault(
            .tokenizerMissingMember, in: path, at: "member '\(member)'", "is missing or of another type",
            advice: "save the tokenizer again with save_pretrained")
    }
}
