import AlbitText
import AlbitTokenizers

/// Reads `added_tokens` of a `tokenizer.json`.
///
/// A token that the model knows has the model's id, another one the next free id, whatever the file says: so does the
/// library. Source: tokenizers 0.23, `AddedVocabulary::add_tokens`.
struct AddedTokenReader {
    let path: String

    func read(_ list: JSONValue?, into draft: inout TokenizerDraft) throws(Fault) {
        var places = [[UInt8]: Int](minimumCapacity: draft.pieces.count)
        // Of equal pieces the last one counts.
        for (id, piece) in draft.pieces.enumerated() where !piece.isEmpty { places[piece] = id }
        // The library counts pieces, not ids.
        var next = draft.settings.kind == .unigram ? draft.pieces.count : places.count
        for entry in list?.array ?? [] {
            guard let written = entry["id"]?.integer, written >= 0, let content = entry["content"]?.bytes else {
                throw .missingMember(path: path, member: "added_tokens")
            }
            guard !content.isEmpty else { continue }
            let known = places[content]
            // The library numbers new tokens one after the other; where the file has other numbers, its rows are not
            // known.
            let id = known ?? next
            guard known != nil || written == id, id < TokenizerTables.maxPieces else {
                throw .addedTokenMismatch(path: path, token: String(decoding: content, as: UTF8.self), id: written)
            }
            if known == nil { next += 1 }
            while draft.pieces.count <= id {
                draft.pieces.append([])
                if !draft.scores.isEmpty { draft.scores.append(0) }
                if !draft.exactScores.isEmpty { draft.exactScores.append(0) }
                if !draft.types.isEmpty { draft.types.append(PieceType.control.rawValue) }
            }
            if known == nil {
                guard draft.pieces[id].isEmpty else {
                    throw .addedTokenMismatch(path: path, token: String(decoding: content, as: UTF8.self), id: written)
                }
                draft.pieces[id] = content
                places[content] = id
            }
            var token = SpecialToken(
                id: Int32(truncatingIfNeeded: id), content: content, stripsLeft: entry["lstrip"]?.bool ?? false,
                stripsRight: entry["rstrip"]?.bool ?? false)
            token.normalized = entry["normalized"]?.bool ?? false
            token.singleWord = entry["single_word"]?.bool ?? false
            draft.specialTokens.removeAll { $0.id == token.id }
            draft.specialTokens.append(token)
        }
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
}
