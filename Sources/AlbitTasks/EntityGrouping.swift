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
        let label: String
        let score: Float
        var range: Range<Int>
    }

    /// Entities of a text from the scores [tokens][labels] of its tokens, without frame. `unknown` is the id of
    /// [UNK], which always begins a word.
    package func entities(_ run: TokenRun, scores: [Float], in text: [UInt8], unknown: Int32? = nil) -> [Entity] {
        guard !labels.isEmpty, scores.count >= run.count * labels.count else { return [] }
        let units =
            aggregation.joinsWords
            ? words(run, text, unknown).map { unit(run, $0, scores) }
            : (0..<run.count).map { unit(run, $0..<($0 + 1), scores) }
        if aggregation == .none {
            return units.filter { $0.label != "O" }.map { Entity(label: $0.label, range: $0.range, score: $0.score) }
        }
        let entities = group(units)
        return aggregation == .word ? entities.compactMap { EntityGrouping.trimmed($0, text) } : entities
    }

    /// Label of each word of a text, in order, with the bytes it covers: what CoNLL scores compare.
    package func wordLabels(_ run: TokenRun, scores: [Float], in text: [UInt8], unknown: Int32? = nil) -> [Entity] {
        guard !labels.isEmpty, scores.count >= run.count * labels.count else { return [] }
        return words(run, text, unknown).map { unit(run, $0, scores) }.map {
            Entity(label: $0.label, range: $0.range, score: $0.score)
        }
    }

    private func words(_ run: TokenRun, _ text: [UInt8], _ unknown: Int32?) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var first = 0
        for token in 0..<run.count where token > first && (run.ids[token] == unknown || beginsWord(run, token, text)) {
            words.append(first..<token)
            first = token
        }
        if first < run.count { words.append(first..<run.count) }
        return words
    }

    /// transformers asks a tokenizer without continuation marks whether a blank stands at or before the token, which
    /// also cuts a word after a lone mark of a blank; `word` goes by the pieces.
    private func beginsWord(_ run: TokenRun, _ token: Int, _ text: [UInt8]) -> Bool {
        if marksContinuation || aggregation == .word { return run.startsWord[token] }
        let start = Int(run.starts[token])
        guard start > 0, start <= text.count else { return true }
        return text[start - 1] == 0x20 || start < text.count && text[start] == 0x20
    }

    private func unit(_ run: TokenRun, _ tokens: Range<Int>, _ scores: [Float]) -> Unit {
        let width = labels.count
        func row(_ token: Int) -> ArraySlice<Float> { scores[(token * width)..<((token + 1) * width)] }
        var best = row(tokens.lowerBound)
        if aggregation == .max {
            for token in tokens.dropFirst() where (row(token).max() ?? 0) > (best.max() ?? 0) { best = row(token) }
        } else if aggregation == .average {
            var sum = [Float](repeating: 0, count: width)
            for token in tokens { for (i, score) in row(token).enumerated() { sum[i] += score } }
            best = sum.map { $0 / Float(tokens.count) }[...]
        }
        let label = Scores.largest(best) ?? 0
        let start = Int(run.starts[tokens.lowerBound])
        return Unit(
            label: labels[label], score: best[best.startIndex + label],
            range: start..<max(start, Int(run.ends[tokens.upperBound - 1])))
    }

    /// Neighbours with the same name are joined until one begins anew or the last one ended.
    private func group(_ units: [Unit]) -> [Entity] {
        var entities: [Entity] = []
        var open: [Unit] = []
        var last: EntityTag?
        func close() {
            guard let first = open.first, let end = open.last, first.label != "O" else { return }
            var sum: Float = 0
            for unit in open { sum += unit.score }
            entities.append(
                Entity(
                    label: EntityGrouping.name(first.label),
                    range: first.range.lowerBound..<max(first.range.lowerBound, end.range.upperBound),
                    score: sum / Float(open.count)))
        }
        for unit in units {
            let tag = EntityTag(unit.label, hasEnds: hasEnds)
            if let before = last, before.name == tag.name, !tag.begins, !before.ends {
                open.append(unit)
            } else {
                close()
                open = [unit]
            }
            last = tag
        }
        close()
        return entities
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
