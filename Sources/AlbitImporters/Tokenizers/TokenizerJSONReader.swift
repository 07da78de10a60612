import AlbitText
import AlbitTokenizers

/// Reads `tokenizer.json` of the `tokenizers` library: Unigram and WordPiece models with all their steps. What is not
/// known is refused by name, since leaving a step out gives wrong ids quietly.
struct TokenizerJSONReader {
    let path: String
    let json: JSONValue

    func draft() throws(Fault) -> TokenizerDraft {
        guard let model = json["model"], model.members != nil else { throw .missingMember(path: path, member: "model") }
        var pipeline = TokenizerPipeline()
        var steps = NormalizerReader(path: path)
        try steps.read(json["normalizer"])
        pipeline.normalizers = steps.steps
        guard pipeline.isBounded else {
            throw .unsupported(
                path: path, what: "normalizer", name: "Sequence",
                expected: "steps that do not make a text some hundred times longer")
        }
        var cuts = PreTokenizerReader(path: path)
        try cuts.read(json["pre_tokenizer"])
        pipeline.preTokenizers = cuts.steps

        // Old files of WordPiece models do not write the type.
        let type = model["type"]?.string ?? (model["continuing_subword_prefix"] != nil ? "WordPiece" : "")
        var draft: TokenizerDraft
        switch type {
        case "Unigram": draft = try unigram(model)
        case "WordPiece": draft = try wordPiece(model, &pipeline)
        default: throw .unsupported(path: path, what: "model", name: type, expected: "Unigram or WordPiece")
        }
        draft.charsmap = steps.charsmap
        draft.modelCount = draft.pieces.count
        draft.pipeline = pipeline
        try AddedTokenReader(path: path).read(json["added_tokens"], into: &draft)
        try PostProcessorReader(path: path, draft: draft).read(json["post_processor"], into: &draft)
        return draft
    }

    private func unigram(_ model: JSONValue) throws(Fault) -> TokenizerDraft {
        guard let entries = model["vocab"]?.array else { throw .missingMember(path: path, member: "model.vocab") }
        guard let unknown = model["unk_id"]?.integer, unknown >= 0, unknown < entries.count else {
            throw .missingMember(path: path, member: "model.unk_id")
        }
        var settings = TokenizerSettings(kind: .unigram)
        settings.lowerCase = false
        settings.unknownID = Int32(truncatingIfNeeded: unknown)
        settings.hidesControlPieces = false
        settings.byteFallback = model["byte_fallback"]?.bool ?? false
        var draft = TokenizerDraft(
            path: path, pieces: [], settings: settings, template: TokenTemplate(single: [], pair: []))
        settings.minScore = .greatestFiniteMagnitude
        for (id, entry) in entries.enumerated() {
            guard let pair = entry.array, pair.count == 2, let piece = pair[0].bytes, let score = pair[1].double else {
                throw .badVocabulary(path: path, problem: "entry \(id) is not a piece with its score")
            }
            draft.pieces.append(piece)
            draft.scores.append(Float(score))
            draft.exactScores.append(SerdeNumber.read(score))
            draft.types.append(id == unknown ? PieceType.unknown.rawValue : PieceType.normal.rawValue)
            settings.minScore = min(settings.minScore, Float(score))
            settings.maxScore = max(settings.maxScore, Float(score))
        }
        draft.settings = settings
        draft.specialIDs.unknown = settings.unknownID
        return draft
    }

    private func wordPiece(_ model: JSONValue, _ pipeline: inout TokenizerPipeline) throws(Fault) -> TokenizerDraft {
        guard let members = model["vocab"]?.members else { throw .missingMember(path: path, member: "model.vocab") }
        pipeline.continuation = model["continuing_subword_prefix"]?.bytes ?? WordPieceTokenizer.continuation
        var pieces = [[UInt8]](repeating: [], count: members.count)
        var taken = [Bool](repeating: false, count: members.count)
        for member in members {
            // Ids may leave gaps, which no piece fills.
            guard let id = member.value.integer, id >= 0, id < TokenizerTables.maxPieces,
                id >= taken.count || !taken[id]
            else {
                throw .badVocabulary(
                    path: path, problem: "gives '\(member.name)' an id that is outside, taken or no integer")
            }
            while pieces.count <= id {
                pieces.append([])
                taken.append(false)
            }
            pieces[id] = Array(member.name.utf8)
            taken[id] = true
        }
        var settings = TokenizerSettings(kind: .wordPiece)
        settings.maxWordCharacters = model["max_input_chars_per_word"]?.integer ?? 100
        guard settings.maxWordCharacters > 0, settings.maxWordCharacters <= 100_000 else {
            throw .badVocabulary(path: path, problem: "has max_input_chars_per_word outside 1 to 100000")
        }
        if let bert = pipeline.bertSettings {
            (settings.cleanText, settings.separatesCJK, settings.stripAccents, settings.lowerCase) = bert
        }
        let name = model["unk_token"]?.bytes ?? Array("[UNK]".utf8)
        guard !name.isEmpty, let unknown = pieces.firstIndex(of: name) else {
            throw .missingSpecialToken(path: path, token: String(decoding: name, as: UTF8.self))
        }
        settings.unknownID = Int32(truncatingIfNeeded: unknown)
        var draft = TokenizerDraft(
            path: path, pieces: pieces, settings: settings, template: TokenTemplate(single: [], pair: []))
        draft.specialIDs.unknown = settings.unknownID
        return draft
    }
}
