import AlbitText
import AlbitTokenizers

/// The files of a tokenizer without the pieces that are not kept, such as other programs read: each file as it was,
/// with fewer pieces and other ids.
package enum PrunedTokenizer {
    /// Throws where the rewritten files do not make the old tokenizer under new ids.
    package static func files(
        _ files: [TokenizerFile], of draft: TokenizerDraft, keeping kept: KeptVocabulary
    ) throws(Fault) -> [TokenizerFile] {
        var result: [TokenizerFile] = []
        for file in files {
            var pruned = file
            switch try TokenizerReader.kind(file) {
            case .sentencePiece:
                pruned.bytes = try SentencePiecePruning(file, draft, kept).pruned()
            case .json(let value):
                pruned.bytes = TokenizerJSONPruning(kept: kept).pruned(value, of: file)
            case .text: pruned.bytes = lines(file.bytes, kept)
            }
            result.append(pruned)
        }
        try check(result, of: draft, kept)
        return result
    }

    /// Ids that the files speak of beside the vocabulary: of added tokens.
    package static func named(_ files: [TokenizerFile]) throws(Fault) -> [Int] {
        var ids: [Int] = []
        for file in files {
            guard case .json(let value) = try TokenizerReader.kind(file) else { continue }
            ids += (value["added_tokens"]?.array ?? []).compactMap { $0["id"]?.integer }
            ids += (value["added_tokens_decoder"]?.members ?? []).compactMap { Int($0.name) }
            if file.name.hasSuffix("added_tokens.json") { ids += (value.members ?? []).compactMap(\.value.integer) }
        }
        return ids.filter { $0 >= 0 && $0 < TokenizerTables.maxPieces }
    }

    /// The kept lines of a `vocab.txt`.
    private static func lines(_ bytes: [UInt8], _ kept: KeptVocabulary) -> [UInt8] {
        var result: [UInt8] = []
        for (id, line) in VocabularyReader.lines(bytes).enumerated() where kept[id] != nil { result += line + [0x0A] }
        return result
    }

    /// What makes ids must be what it was: pieces, special tokens and frame.
    private static func check(
        _ files: [TokenizerFile], of old: TokenizerDraft, _ kept: KeptVocabulary
    ) throws(Fault) {
        func same(_ isSame: Bool, _ what: String, _ path: String) throws(Fault) {
            guard isSame else {
                throw Fault(
                    .tokenizerOtherVocabulary, in: path, "with fewer pieces has other \(what)",
                    advice: "leave --keep-vocabulary out: this tokenizer cannot be made smaller")
            }
        }
        guard let new = try TokenizerReader.draft(files, isSegmented: true) else { return }
        let ids = kept.ids.filter { $0 < old.pieces.count }
        try same(new.pieces == ids.map { old.pieces[$0] }, "pieces", new.path)
        func id(_ old: Int32) -> Int32 { old < 0 ? old : kept[Int(old)].map { Int32($0) } ?? Int32.min }
        func items(_ items: [TokenTemplate.Item]) -> [TokenTemplate.Item] {
            items.map { TokenTemplate.Item(id: id($0.id), typeID: $0.typeID) }
        }
        try same(
            new.template == TokenTemplate(single: items(old.template.single), pair: items(old.template.pair)),
            "tokens around a text", new.path)
        try same(new.settings.unknownID == id(old.settings.unknownID), "unknown token", new.path)
        let special = old.specialTokens.map { token in
            var token = token
            token.id = id(token.id)
            return token
        }
        try same(new.specialTokens == special, "special tokens", new.path)
        let (a, b) = (new.specialIDs, old.specialIDs)
        try same(
            [a.unknown, a.cls, a.sep, a.pad, a.mask] == [b.unknown, b.cls, b.sep, b.pad, b.mask].map { $0.map(id) },
            "special tokens", new.path)
    }
}
