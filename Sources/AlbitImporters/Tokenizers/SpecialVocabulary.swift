import AlbitText
import AlbitTokenizers

extension TokenizerDraft {
    /// A token behind the vocabulary, which the model of pieces does not know.
    mutating func append(added content: [UInt8]) {
        pieces.append(content)
        if !scores.isEmpty { scores.append(0) }
        if !exactScores.isEmpty { exactScores.append(0) }
        if !types.isEmpty { types.append(PieceType.control.rawValue) }
    }
}

/// A draft whose special and added tokens are being looked up.
struct SpecialVocabulary {
    var draft: TokenizerDraft
    private var places: [[UInt8]: Int32]

    init(draft: TokenizerDraft) {
        self.draft = draft
        places = [[UInt8]: Int32](minimumCapacity: draft.pieces.count)
        for (id, piece) in draft.pieces.enumerated() { places[piece] = Int32(truncatingIfNeeded: id) }
    }

    /// Tokens with ids: those of the vocabulary must agree with it, others follow it without a gap.
    ///
    /// A token of `added_tokens.json` is special where another file says what it is for.
    mutating func add(_ configuration: TokenizerConfiguration) throws(Fault) {
        let special = [
            configuration.cls, configuration.sep, configuration.unknown, configuration.pad, configuration.mask,
        ].compactMap { $0?.content }
        // What says more about a token comes first.
        let tokens =
            configuration.added.filter { $0.token.special != nil }
            + configuration.added.filter { $0.token.special == nil }
        var done: Set<Int> = []
        for (id, token) in tokens.sorted(by: { $0.id < $1.id }) where done.insert(id).inserted {
            var token = token
            if token.special == nil {
                token.special = special.contains(token.content) || places[Array(token.content.utf8)] != nil
            }
            let isNormalized = token.normalized ?? !(token.special ?? true)
            var content = Array(token.content.utf8)
            var isHidden = false
            if draft.pipeline == nil {
                guard !token.singleWord else {
                    throw .unsupported(
                        path: draft.path, what: "added token", name: token.content,
                        expected: "single_word = false beside a SentencePiece model")
                }
                // The original lower-cases the token itself, as it does the text.
                if isNormalized, token.special == false, draft.settings.lowerCase {
                    content = SpecialVocabulary.lowered(content)
                }
                // What is neither special nor normalized is searched in lower-cased text as it is, and so may never be
                // found.
                isHidden =
                    !isNormalized && token.special == false && draft.settings.lowerCase
                    && SpecialVocabulary.lowered(content) != content
            }
            if id == draft.pieces.count, places[content] == nil {
                draft.append(added: content)
                places[content] = Int32(truncatingIfNeeded: id)
            }
            guard places[content].map(Int.init) == id else {
                throw .addedTokenMismatch(path: draft.path, token: token.content, id: id)
            }
            if !isHidden { recognise(token, Int32(truncatingIfNeeded: id), stripsLeft: false) }
        }
    }

    /// Further special tokens, after all others have their ids: those that the vocabulary lacks follow it.
    mutating func addFurther(_ configuration: TokenizerConfiguration) {
        for token in configuration.further {
            let content = Array(token.content.utf8)
            if places[content] == nil {
                places[content] = Int32(truncatingIfNeeded: draft.pieces.count)
                draft.append(added: content)
            }
            guard let id = places[content] else { continue }
            var token = token
            token.special = true
            recognise(token, id, stripsLeft: false)
        }
    }

    private static func lowered(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            UTF8Bytes.append(UnicodeProperties.lower(scalar.value), to: &result)
        }
        return result
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
            throw .missingSpecialToken(path: draft.path, token: token?.content ?? usual)
        }
        return id
    }

    /// Special tokens are searched in the text as it is, others in normalized text unless they say otherwise.
    private mutating func recognise(_ token: TokenizerConfiguration.Token, _ id: Int32, stripsLeft: Bool) {
        if draft.specialTokens.contains(where: { $0.id == id }) { return }
        var found = SpecialToken(
            id: id, content: draft.pieces[Int(id)], stripsLeft: token.stripsLeft ?? stripsLeft,
            stripsRight: token.stripsRight ?? false)
        if draft.pipeline != nil {
            found.normalized = token.normalized ?? !(token.special ?? true)
            found.singleWord = token.singleWord
        }
        draft.specialTokens.append(found)
    }
}
