import AlbitTokenizers

/// Scores of tokens to entities: no model needed.
package struct EntityGrouping {
    /// Classifier labels in id order.
    package let labels: [String]
    package let aggregation: EntityAggregation
    private let hasEnds: Bool
    /// Whether the tokenizer marks pieces that go on with a word (WordPiece's "##").
    private let marksContinuation: Bool

    package init(labels: [String], aggregation: EntityAggregation, marksContinuation: Bool = false) {
        self.labels = labels
        self.aggregation = aggregation
        self.marksContinuation = marksContinuation
        hasEnds = EntityTag.hasEnds(labels)
    }

    /// A token, or the tokens of a word, with one label.
    private struct Unit {
        /// Id of the label.
        let label: Int
        let score: Float
        let range: Range<Int>
    }

    /// Neighbours that make one entity.
    private struct OpenEntity {
        let label: Int
        var range: Range<Int>
        var sum: Float
        var units = 1

        init(_ unit: Unit) {
            label = unit.label
            range = unit.range
            sum = unit.score
        }

        mutating func append(_ unit: Unit) {
            range = range.lowerBound..<max(range.lowerBound, unit.range.upperBound)
            sum += unit.score
            units += 1
        }
    }

    /// Entities of a text from the scores [tokens][labels] of its tokens, without frame. `unknown` is the id of
    /// [UNK], which always begins a word.
    package func entities(_ run: TokenRun, scores: [Float], in text: [UInt8], unknown: Int32? = nil) -> [Entity] {
        let all = TokenScores([TokenScores.Part(scores, count: run.count)], width: labels.count)
        return entities(run, scores: all, in: text, unknown: unknown)
    }

    /// The same from scores in parts. Words are looked at one by one and not kept: of a long text there are many.
    package func entities(_ run: TokenRun, scores: TokenScores, in text: [UInt8], unknown: Int32? = nil) -> [Entity] {
        guard !labels.isEmpty, scores.count >= run.count else { return [] }
        var entities: [Entity] = []
        func add(_ entity: Entity) {
            guard aggregation == .word else { return entities.append(entity) }
            if let trimmed = EntityGrouping.trimmed(entity, text) { entities.append(trimmed) }
        }
        let tags = labels.map { EntityTag($0, hasEnds: hasEnds) }
        var open: OpenEntity?
        func close() {
            guard let open, labels[open.label] != "O" else { return }
            add(
                Entity(
                    label: EntityGrouping.name(labels[open.label]), range: open.range,
                    score: open.sum / Float(open.units)))
        }
        var last: Int?
        forEachUnit(run, text, unknown, scores) { unit in
            if aggregation == .none {
                let label = labels[unit.label]
                if label != "O" { entities.append(Entity(label: label, range: unit.range, score: unit.score)) }
                return
            }
            // Neighbours with the same name are joined until one begins anew or the last one ended.
            let tag = tags[unit.label]
            if let last, tags[last].name == tag.name, !tag.begins, !tags[last].ends {
                open?.append(unit)
            } else {
                close()
                open = OpenEntity(unit)
            }
            last = unit.label
        }
        close()
        return entities
    }

    /// Label of each word of a text, in order, with the bytes it covers: what CoNLL scores compare.
    package func wordLabels(_ run: TokenRun, scores: TokenScores, in text: [UInt8], unknown: Int32? = nil) -> [Entity] {
        guard !labels.isEmpty, scores.count >= run.count else { return [] }
        var words: [Entity] = []
        forEachWord(run, text, unknown) { word in
            let unit = unit(run, word, scores)
            words.append(Entity(label: labels[unit.label], range: unit.range, score: unit.score))
        }
        return words
    }

    /// Words where they are joined, else tokens.
    private func forEachUnit(
        _ run: TokenRun, _ text: [UInt8], _ unknown: Int32?, _ scores: TokenScores, _ body: (Unit) -> Void
    ) {
        if aggregation.joinsWords {
            forEachWord(run, text, unknown) { body(unit(run, $0, scores)) }
        } else {
            for token in 0..<run.count { body(unit(run, token..<(token + 1), scores)) }
        }
    }

    /// Calls `body` with the tokens of every word.
    private func forEachWord(_ run: TokenRun, _ text: [UInt8], _ unknown: Int32?, _ body: (Range<Int>) -> Void) {
        var first = 0
        for token in 0..<run.count where token > first && (run.ids[token] == unknown || beginsWord(run, token, text)) {
            body(first..<token)
            first = token
        }
        if first < run.count { body(first..<run.count) }
    }

    /// transformers asks a tokenizer without continuation marks whether a blank stands at or before the token, which
    /// also cuts a word after a lone mark of a blank; `word` goes by the pieces.
    private func beginsWord(_ run: TokenRun, _ token: Int, _ text: [UInt8]) -> Bool {
        if marksContinuation || aggregation == .word { return run.startsWord[token] }
        let start = Int(run.starts[token])
        guard start > 0, start <= text.count else { return true }
        return text[start - 1] == 0x20 || start < text.count && text[start] == 0x20
    }

    private func unit(_ run: TokenRun, _ tokens: Range<Int>, _ scores: TokenScores) -> Unit {
        var best = scores[tokens.lowerBound]
        if aggregation == .max {
            for token in tokens.dropFirst() where (scores[token].max() ?? 0) > (best.max() ?? 0) {
                best = scores[token]
            }
        } else if aggregation == .average {
            var sum = [Float](repeating: 0, count: labels.count)
            for token in tokens { for (i, score) in scores[token].enumerated() { sum[i] += score } }
            best = sum.map { $0 / Float(tokens.count) }
        }
        let label = Scores.largest(best[...]) ?? 0
        let start = Int(run.starts[tokens.lowerBound])
        return Unit(
            label: label, score: best[label],
            range: start..<max(start, Int(run.ends[tokens.upperBound - 1])))
    }

    /// What follows the first dash of a label, or all of it.
    private static func name(_ label: String) -> String {
        let bytes = Array(label.utf8)
        guard let dash = bytes.firstIndex(of: UInt8(ascii: "-")) else { return label }
        return String(decoding: bytes[(dash + 1)...], as: UTF8.self)
    }

    /// Without punctuation at its ends, which a word of SentencePiece carries along; a full stop stays in words that
    /// hold another one (`U.S.`). Nil where nothing else is left.
    private static func trimmed(_ entity: Entity, _ text: [UInt8]) -> Entity? {
        var (first, last) = (entity.range.lowerBound, min(entity.range.upperBound, text.count))
        func isPunctuation(_ byte: UInt8) -> Bool { ",;:!?\"'()[]{}`".utf8.contains(byte) }
        while first < last, isPunctuation(text[first]) || text[first] == UInt8(ascii: ".") { first += 1 }
        while last > first {
            let byte = text[last - 1]
            let isStop = byte == UInt8(ascii: ".") && !text[first..<(last - 1)].contains(byte)
            guard isPunctuation(byte) || isStop else { break }
            last -= 1
        }
        return first < last ? Entity(label: entity.label, range: first..<last, score: entity.score) : nil
    }
}
