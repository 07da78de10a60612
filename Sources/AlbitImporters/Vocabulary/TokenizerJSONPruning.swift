import AlbitText

/// JSON of a tokenizer with fewer pieces: `tokenizer.json`, `tokenizer_config.json` and `added_tokens.json` with the
/// pieces that are kept, under their new ids, and all else as it is.
struct TokenizerJSONPruning {
    let kept: KeptVocabulary

    func pruned(_ value: JSONValue, of file: TokenizerFile) -> [UInt8] {
        let result: JSONValue
        if value["model"]?.members != nil {
            result = value.mapped { name, value in
                switch name {
                case "model": model(value)
                case "added_tokens": .array((value.array ?? []).compactMap(renumbered))
                case "post_processor": processor(value)
                case "padding": value.mapped { $0 == "pad_id" ? id($1) : $1 }
                default: value
                }
            }
        } else if file.name.hasSuffix("added_tokens.json") {
            result = value.mapped { _, value in value.integer == nil ? value : id(value) }
        } else {
            result = value.mapped { name, value in
                if name == "added_tokens_decoder" { return decoder(value) }
                return name.hasSuffix("_token_id") || name == "unk_id" ? id(value) : value
            }
        }
        var writer = JSONWriter(indented: true)
        writer.value(result)
        return Array((writer.text + "\n").utf8)
    }

    /// The new id; what is no id of the vocabulary stays.
    private func id(_ value: JSONValue) -> JSONValue {
        value.integer.flatMap { kept[$0] }.map { .integer($0) } ?? value
    }

    private func model(_ model: JSONValue) -> JSONValue {
        model.mapped { name, value in
            if name == "unk_id" { return id(value) }
            guard name == "vocab" else { return value }
            switch value {
            case .array(let entries):
                return .array(entries.enumerated().filter { kept[$0.offset] != nil }.map(\.element))
            case .object(let members):
                return .object(
                    members.compactMap { member in
                        guard let new = member.value.integer.flatMap({ kept[$0] }) else { return nil }
                        return JSONMember(name: member.name, value: .integer(new))
                    })
            default: return value
            }
        }
    }

    private func renumbered(_ token: JSONValue) -> JSONValue? {
        token["id"]?.integer.flatMap { kept[$0] } == nil ? nil : token.mapped { $0 == "id" ? id($1) : $1 }
    }

    private func decoder(_ value: JSONValue) -> JSONValue {
        guard let members = value.members else { return value }
        return .object(
            members.compactMap { member in
                guard let new = Int(member.name).flatMap({ kept[$0] }) else { return nil }
                return JSONMember(name: String(new), value: member.value)
            })
    }

    private func processor(_ value: JSONValue) -> JSONValue {
        value.mapped { name, value in
            switch name {
            // A token with its id.
            case "cls", "sep": return value.array.map { .array($0.map(id)) } ?? value
            case "special_tokens":
                return value.mapped { _, token in
                    token.mapped { $0 == "ids" ? .array(($1.array ?? []).map(id)) : $1 }
                }
            case "processors": return value.array.map { .array($0.map(processor)) } ?? value
            default: return value
            }
        }
    }
}

extension JSONValue {
    /// An object with other values; anything else as it is.
    fileprivate func mapped(_ change: (_ name: String, _ value: JSONValue) -> JSONValue) -> JSONValue {
        guard let members else { return self }
        return .object(members.map { JSONMember(name: $0.name, value: change($0.name, $0.value)) })
    }
}
