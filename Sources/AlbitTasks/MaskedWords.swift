import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// A piece that may stand where a word is hidden.
package struct MaskCandidate: Sendable, Equatable {
    package let id: Int
    /// Softmax over the whole vocabulary.
    package let score: Float
}

/// Candidates for one [MASK].
package struct MaskAnswer: Sendable, Equatable {
    /// Place of the mask among the tokens of the sequence.
    package let position: Int
    /// Where it stands in the text, in bytes.
    package let range: Range<Int>
    /// Best first.
    package let candidates: [MaskCandidate]

    /// From the logits of the whole vocabulary. `targets`: the only ids that are candidates; none: all are.
    package init(
        position: Int, range: Range<Int> = 0..<0, logits: [Float], top: Int, targets: [Int] = [], kernel: Kernel
    ) {
        self.position = position
        self.range = range
        let scores = Scores.softmax(logits, kernel: kernel)
        let best =
            targets.isEmpty
            ? Scores.largest(logits, count: top)
            : Scores.largest(targets.map { logits[$0] }, count: top).map { targets[$0] }
        candidates = best.map { MaskCandidate(id: $0, score: scores[$0]) }
    }
}

/// `AlbertForMaskedLM`: what may stand at each [MASK] of a text, every mask by itself; nothing for a text without one.
package struct MaskedWords: TextTask {
    private let context: TaskContext
    private let top: Int
    private let targets: [Int]
    private let mask: Int32
    private let prediction: PredictionHead

    /// - Parameters:
    ///   - top: candidates to keep of each mask.
    ///   - targets: words, each one piece of the vocabulary, that alone are candidates; none: all pieces are.
    /// - Throws: where the model has no such head, where its tokenizer has no [MASK], and for a target that is more
    ///   than one piece.
    package init(_ context: TaskContext, top: Int = 5, targets: [[UInt8]] = []) throws(Fault) {
        self.context = context
        self.top = top
        prediction = try context.model.predictionHead()
        guard let mask = context.model.tokenizer?.specialIDs.mask else {
            throw Fault(.taskNoMaskToken, "the model's tokenizer has no [MASK] token")
        }
        self.mask = mask
        var ids: [Int] = []
        for target in targets { ids.append(try MaskedWords.id(of: target, context)) }
        self.targets = ids
    }

    /// The id of the one piece that a word is, or that is spelled so.
    private static func id(of word: [UInt8], _ context: TaskContext) throws(Fault) -> Int {
        let tokenizer = try context.model.requireTokenizer()
        let tokens = try context.tokens(word)
        if tokens.count == 1, tokens.ids[0] != tokenizer.specialIDs.unknown { return Int(tokens.ids[0]) }
        for id in 0..<tokenizer.count where tokenizer.piece(Int32(id)) == word { return id }
        let pieces = tokens.ids.map { String(decoding: tokenizer.piece($0), as: UTF8.self) }
        throw Fault(
            .optionValue,
            "--targets names '" + String(decoding: word, as: UTF8.self) + "', which is no piece of the "
                + "vocabulary but " + (pieces.isEmpty ? "nothing" : pieces.joined(separator: " ")),
            advice: "name words of one piece")
    }

    package func prepare(_ text: TaskText) throws(Fault) -> EncodedText { try context.sequence(text) }

    /// The candidates of all masks. A vocabulary of logits is the largest thing here, so it is read one mask at a time.
    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedText) throws(Fault) -> [MaskAnswer] {
        var found: [MaskAnswer] = []
        for (position, id) in plan.ids.enumerated() where id == mask {
            let logits = try sequence.vocabularyLogits(prediction, token: position)
            let range = plan.encoding.map { Int($0.starts[position])..<Int($0.ends[position]) }
            found.append(
                MaskAnswer(
                    position: position, range: range ?? 0..<0, logits: logits, top: top, targets: targets,
                    kernel: context.kernel))
        }
        return found
    }

    package func answer(_ plan: EncodedText, _ masks: [[MaskAnswer]]) throws(Fault) -> [MaskAnswer] { masks[0] }
}
