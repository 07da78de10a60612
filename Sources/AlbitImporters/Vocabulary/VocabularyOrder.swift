import AlbitModel
import AlbitText
import AlbitTokenizers

/// The pieces of a tokenizer in the order in which they are kept: those that must stay, those that texts use, the most
/// frequent first, and then the likeliest.
///
/// What must stay: everything that is no ordinary piece (special and added tokens, bytes, pieces of other types), all
/// single characters, pieces that the tokenizer itself cuts again (`9,`), and of a Unigram model the pieces with the
/// least and the greatest score, by which unknown characters and user-defined symbols are weighed. With those, a text
/// whose pieces are all kept is cut as before: the best of all segmentations is the best of fewer, too.
package struct VocabularyOrder {
    /// Ids, the first ones to keep first.
    package let ids: [Int]
    /// Ids that must stay stand before this place.
    package let requiredCount: Int
    /// Ids that texts use, or that must stay, stand before this place.
    package let usedCount: Int
    private let merges: BytePairMerges?

    /// `counts`: how often texts use each id. `named`: further ids that the tokenizer's files speak of.
    package init(_ draft: TokenizerDraft, _ tokenizer: Tokenizer, counts: [Int], named: [Int]) {
        let count = draft.pieces.count
        merges = draft.settings.kind == .bytePair ? BytePairMerges(draft) : nil
        var isTaken = [Bool](repeating: false, count: count)
        var ids: [Int] = []
        func take(_ id: Int) {
            guard id >= 0, id < count, !isTaken[id] else { return }
            isTaken[id] = true
            ids.append(id)
        }
        for id in 0..<count where VocabularyOrder.mustStay(id, draft) { take(id) }
        for id in VocabularyOrder.namedIDs(draft) { take(id) }
        for id in VocabularyOrder.extremes(draft) { take(id) }
        for id in named where id >= count || !draft.pieces[id].isEmpty {
            if id >= count { ids.append(id) } else { take(id) }
        }
        requiredCount = ids.count
        func uses(_ id: Int) -> Int { id < counts.count ? counts[id] : 0 }
        let used = (0..<count).filter { !isTaken[$0] && uses($0) > 0 }
        for id in used.sorted(by: { (uses($0), $1) > (uses($1), $0) }) { take(id) }
        usedCount = ids.count
        for id in VocabularyOrder.likeliest(draft, tokenizer) { take(id) }
        self.ids = ids
    }

    /// The first `count` pieces, at least those that must stay, with what those need.
    package func keep(_ count: Int) -> KeptVocabulary {
        let kept = ids.prefix(max(count, requiredCount))
        guard let merges else { return KeptVocabulary(kept) }
        return KeptVocabulary(kept + kept.flatMap { merges.parts(of: $0) })
    }

    private static func mustStay(_ id: Int, _ draft: TokenizerDraft) -> Bool {
        let piece = draft.pieces[id]
        guard !piece.isEmpty else { return false }
        if id >= draft.modelCount ?? draft.pieces.count { return true }
        if !draft.types.isEmpty, draft.types[id] != PieceType.normal.rawValue {
            // Unused pieces never come out of a Unigram model; of a byte-pair model they take part in joining.
            return draft.types[id] != PieceType.unused.rawValue || draft.settings.kind == .bytePair
        }
        if draft.settings.byteFallback, piece.withUnsafeBytes({ UnigramTokenizer.byte(ofPiece: $0) }) != nil {
            return true
        }
        if draft.settings.splitsDigitComma, endsInDigitAndComma(piece) { return true }
        return isCharacter(piece[...]) || isInnerCharacter(piece, draft)
    }

    /// Pieces that ALBERT's tokenizer cuts again: what comes out of a text does not show that they took part.
    private static func endsInDigitAndComma(_ piece: [UInt8]) -> Bool {
        guard piece.last == 0x2C else { return false }
        let before = String(decoding: piece, as: UTF8.self).unicodeScalars.dropLast().last
        return before.map { UnicodeProperties.flags($0.value).hasAny(.digit) } ?? false
    }

    /// Whether it is one character behind the mark of pieces that go on inside a word.
    private static func isInnerCharacter(_ piece: [UInt8], _ draft: TokenizerDraft) -> Bool {
        guard draft.settings.kind == .wordPiece else { return false }
        let mark = draft.pipeline?.continuation ?? WordPieceTokenizer.continuation
        return !mark.isEmpty && piece.starts(with: mark) && isCharacter(piece[mark.count...])
    }

    private static func isCharacter(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count(where: { $0 & 0xC0 != 0x80 }) == 1
    }

    private static func namedIDs(_ draft: TokenizerDraft) -> [Int] {
        let special = draft.specialIDs
        let ids =
            [draft.settings.unknownID]
            + [special.unknown, special.cls, special.sep, special.pad, special.mask]
            .compactMap { $0 }
        return (ids + draft.specialTokens.map(\.id) + (draft.template.single + draft.template.pair).map(\.id))
            .map(Int.init)
    }

    /// Of a Unigram model the ordinary pieces with the least and the greatest score.
    private static func extremes(_ draft: TokenizerDraft) -> [Int] {
        guard draft.settings.kind == .unigram else { return [] }
        let scores = scores(draft)
        let ordinary = scores.indices.filter {
            draft.pipeline != nil ? $0 < draft.modelCount ?? scores.count : isOrdinary($0, draft)
        }
        let least = ordinary.min { (scores[$0], $0) < (scores[$1], $1) }
        let greatest = ordinary.max { (scores[$0], $0) < (scores[$1], $1) }
        return [least, greatest].compactMap { $0 }
    }

    private static func scores(_ draft: TokenizerDraft) -> [Double] {
        draft.exactScores.isEmpty ? draft.scores.map(Double.init) : draft.exactScores
    }

    private static func isOrdinary(_ id: Int, _ draft: TokenizerDraft) -> Bool {
        draft.types.isEmpty || draft.types[id] == PieceType.normal.rawValue
    }

    /// Ordinary pieces, the likeliest first: those of the best scores; of a WordPiece model, which has none, those that
    /// stand first, as vocabularies are written from the most frequent piece on. What never comes out of a text
    /// (`[unused7]`) is none.
    private static func likeliest(_ draft: TokenizerDraft, _ tokenizer: Tokenizer) -> [Int] {
        let all = draft.pieces.indices.filter { isOrdinary($0, draft) && !draft.pieces[$0].isEmpty }
        guard draft.settings.kind == .wordPiece else {
            let scores = scores(draft)
            return all.sorted { (scores[$0], $1) > (scores[$1], $0) }
        }
        let mark = draft.pipeline?.continuation ?? WordPieceTokenizer.continuation
        return all.filter { id in
            let piece = draft.pieces[id]
            if !mark.isEmpty, piece.starts(with: mark) { return true }
            return tokenizer.tokens(piece).ids == [Int32(truncatingIfNeeded: id)]
        }
    }
}
