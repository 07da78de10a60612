import AlbitText
import AlbitTokenizers

/// Reads the post-processor of a `tokenizer.json`: the frame around the tokens of a text or a pair.
struct PostProcessorReader {
    let path: String
    let draft: TokenizerDraft

    func read(_ json: JSONValue?, into draft: inout TokenizerDraft) throws(Fault) {
        guard let processor = json, !processor.isNull else {
            // Nothing is added: the text alone, and pairs behind each other.
            draft.template = TokenTemplate(single: [item(.first, 0)], pair: [item(.first, 0), item(.second, 1)])
            return
        }
        switch processor["type"]?.string {
        case "TemplateProcessing":
            draft.template = TokenTemplate(single: try items(processor, "single"), pair: try items(processor, "pair"))
        case "BertProcessing":
            let (cls, sep) = try ends(processor)
            draft.template = TokenTemplate(cls: cls, sep: sep)
        case "RobertaProcessing":
            let (cls, sep) = try ends(processor)
            let first = [item(.id(cls), 0), item(.first, 0), item(.id(sep), 0)]
            draft.template = TokenTemplate(
                single: first, pair: first + [item(.id(sep), 0), item(.second, 0), item(.id(sep), 0)])
            draft.pipeline?.trimsOffsets = processor["trim_offsets"]?.bool ?? true
            draft.pipeline?.addsPrefixSpace = processor["add_prefix_space"]?.bool ?? true
        case "Sequence":
            guard let list = processor["processors"]?.array, list.count == 1 else {
                throw .unsupported(
                    path: path, what: "post-processor", name: "Sequence", expected: "one post-processor in it")
            }
            try read(list[0], into: &draft)
        case let type:
            throw .unsupported(
                path: path, what: "post-processor", name: type ?? "?",
                expected: "BertProcessing, RobertaProcessing or TemplateProcessing")
        }
    }

    private enum Place {
        case first, second
        case id(Int32)
    }

    private func item(_ place: Place, _ type: Int32) -> TokenTemplate.Item {
        switch place {
        case .first: TokenTemplate.Item(id: TokenTemplate.Item.first, typeID: type)
        case .second: TokenTemplate.Item(id: TokenTemplate.Item.second, typeID: type)
        case .id(let id): TokenTemplate.Item(id: id, typeID: type)
        }
    }

    private func ends(_ processor: JSONValue) throws(Fault) -> (cls: Int32, sep: Int32) {
        guard let cls = processor["cls"]?.array?.last?.integer, let sep = processor["sep"]?.array?.last?.integer,
            draft.pieces.indices.contains(cls), draft.pieces.indices.contains(sep)
        else { throw .missingMember(path: path, member: "post_processor.cls or .sep") }
        return (Int32(truncatingIfNeeded: cls), Int32(truncatingIfNeeded: sep))
    }

    private func items(_ processor: JSONValue, _ name: String) throws(Fault) -> [TokenTemplate.Item] {
        guard let list = processor[name]?.array, list.count <= 16 else {
            throw .missingMember(path: path, member: "post_processor." + name)
        }
        var result: [TokenTemplate.Item] = []
        for entry in list {
            let body = entry["SpecialToken"] ?? entry["Sequence"]
            guard let id = body?["id"]?.string, let type = body?["type_id"]?.integer, type >= 0, type < 1024 else {
                throw .missingMember(path: path, member: "post_processor." + name)
            }
            let typeID = Int32(truncatingIfNeeded: type)
            if entry["Sequence"] != nil {
                guard id == "A" || id == "B" else { throw .missingMember(path: path, member: "post_processor." + name) }
                result.append(item(id == "A" ? .first : .second, typeID))
                continue
            }
            guard let ids = processor["special_tokens"]?[id]?["ids"]?.array else {
                throw .missingMember(path: path, member: "post_processor.special_tokens." + id)
            }
            for value in ids {
                guard let value = value.integer, draft.pieces.indices.contains(value) else {
                    throw .missingMember(path: path, member: "post_processor.special_tokens." + id)
                }
                result.append(item(.id(Int32(truncatingIfNeeded: value)), typeID))
            }
        }
        return result
    }
}
