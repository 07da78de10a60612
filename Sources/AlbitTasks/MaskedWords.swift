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
    /// Best first.
    package let candidates: [MaskCandidate]

    /// From the logits of the whole vocabulary.
    package init(position: Int, logits: [Float], top: Int, kernel: Kernel) {
        self.position = position
        let scores = Scores.softmax(logits, kernel: kernel)
        candidates = Scores.largest(logits, count: top).map { MaskCandidate(id: $0, score: scores[$0]) }
    }
}

/// `AlbertForMaskedLM`: what may stand at each [MASK] of a text, every mask by itself; nothing for a text without one.
package struct MaskedWords: TextTask {
    private let context: TaskContext
    private let top: Int
    private let mask: Int32
    private let prediction: PredictionHead

    /// `top`: candidates to keep of each mask. Throws where the model has no such head, and where its tokenizer has no
    /// [MASK].
    package init(_ context: TaskContext, top: Int = 5) throws(Fault) {
        self.context = context
        self.top = top
        prediction = try context.model.predictionHead()
        guard let mask = context.model.tokenizer?.specialIDs.mask else {
            throw Fault(.taskNoMaskToken, "the model's tokenizer has no [MASK] token")
        }
        self.mask = mask
    }

    package func prepare(_ text: TaskText) throws(Fault) -> EncodedText { try context.sequence(text) }

    /// The candidates of all masks. A vocabulary of logits is the largest thing here, so it is read one mask at a time.
    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedText) throws(Fault) -> [MaskAnswer] {
        var found: [MaskAnswer] = []
        for (position, id) in plan.ids.enumerated() where id == mask {
            let logits = try sequence.vocabularyLogits(prediction, token: position)
            found.append(MaskAnswer(position: position, logits: logits, top: top, kernel: context.kernel))
        }
        return found
    }

    package func answer(_ plan: EncodedText, _ masks: [[MaskAnswer]]) throws(Fault) -> [MaskAnswer] { masks[0] }
}
