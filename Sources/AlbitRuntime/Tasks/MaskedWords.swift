import AlbitModel
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

/// `AlbertForMaskedLM`: what may stand at each [MASK] of a text, every mask by itself.
package struct MaskedWords {
    package let tasks: TaskSession
    package let top: Int
    private let mask: Int32

    package init(_ tasks: TaskSession, top: Int = 5) throws(Fault) {
        guard tasks.session.weights.prediction != nil else {
            throw Fault(
                .taskNoHead, "the model has no head for " + Head.maskedLanguageModel.name, advice: "it has "
                    + (tasks.session.weights.headNames.isEmpty ? "none" : tasks.session.weights.headNames))
        }
        guard let mask = tasks.tokenizer.specialIDs.mask else {
            throw Fault(.taskNoMaskToken, "the model's tokenizer has no [MASK] token")
        }
        self.tasks = tasks
        self.top = top
        self.mask = mask
    }

    /// For each text the answers for its masks in order; none for a text without a mask.
    package func fill(_ texts: [TaskText]) throws(Fault) -> [[MaskAnswer]] {
        var encodings: [Encoding] = []
        for text in texts { encodings.append(try tasks.tokenize(text)) }
        var answers: [[MaskAnswer]] = []
        var encoded = tasks.encoded(encodings)
        while let (index, sequence) = try encoded.next() {
            let first = tasks.session.rows(of: sequence).lowerBound
            var found: [MaskAnswer] = []
            // One mask at a time: a vocabulary of logits is the largest thing here.
            for (position, id) in encodings[index].ids.enumerated() where id == mask {
                let logits = try tasks.session.vocabularyLogits(rows: [first + position])
                found.append(MaskAnswer(position: position, logits: logits, top: top, kernel: tasks.kernel))
            }
            answers.append(found)
        }
        return answers
    }
}
