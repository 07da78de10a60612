import AlbitModel
import AlbitRuntime
import AlbitText

/// How well candidates fit a question.
package struct CandidateScores: Sendable, Equatable {
    /// 0...1 where the ranking gives shares, in the order of the candidates.
    package let scores: [Float]
    /// What candidates are ordered by: it still tells them apart where scores are all but 1.
    package let ranks: [Float]

    package init(scores: [Float], ranks: [Float]) {
        self.scores = scores
        self.ranks = ranks
    }

    /// Places of the best `count` candidates, best first, the earlier first of equal ones.
    package func best(_ count: Int) -> [Int] { Scores.largest(ranks, count: count) }
}

/// How well texts fit a question, by a head that reads both together (a cross-encoder). The text of a question is what
/// is asked, its choices are the candidates.
package struct PairRanking: TextTask {
    private enum Scorer {
        /// One logit: what the model's activation makes of it, its sigmoid where it does not tell.
        case single(DenseActivation)
        /// The probability of the label that means "fits".
        case label(Int)
    }

    /// What a label that means "fits" is called.
    private static let fitting = [
        "entailment", "equivalent", "duplicate", "is_duplicate", "relevant", "paraphrase", "match",
    ]

    private let context: TaskContext
    private let classifier: Linear
    private let scorer: Scorer
    private let prompt: [UInt8]

    /// Nil where the model has no such head: a classifier of texts with one output (a reranker, multiple choice), or
    /// one with a label such as `entailment`.
    /// `prompt`: what goes before questions; nil: the model's standard prompt, if it has one.
    package init?(_ context: TaskContext, prompt: [UInt8]? = nil) {
        let card = context.model.card
        guard let head = card.heads.first(where: { $0 == .sequenceClassification || $0 == .multipleChoice }),
            let classifier = try? context.model.linear(head)
        else { return nil }
        if classifier.rows == 1 {
            scorer = .single(card.scoreActivation ?? .sigmoid)
        } else if let label = card.labels.firstIndex(where: { PairRanking.fitting.contains($0.lowercased()) }),
            label < classifier.rows
        {
            scorer = .label(label)
        } else {
            return nil
        }
        self.context = context
        self.classifier = classifier
        self.prompt = prompt ?? card.prompts.standard.map { Array($0.text.utf8) } ?? []
    }

    /// Whether scores are 0...1, not what another activation than the sigmoid makes of logits.
    package var givesShares: Bool {
        if case .single(let activation) = scorer { return activation == .sigmoid }
        return true
    }

    package var tokensRead: TokensRead { .first }

    package func prepare(_ question: ChoiceQuestion) throws(Fault) -> EncodedTexts {
        try context.pairs(prompt + question.text, question.choices, keepsEmpty: true)
    }

    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedTexts) throws(Fault) -> [Float] {
        sequence.pooledLogits(classifier) ?? []
    }

    package func answer(_ plan: EncodedTexts, _ logits: [[Float]]) throws(Fault) -> CandidateScores {
        switch scorer {
        case .single(let activation):
            let values = logits.map { $0[0] }
            let scores = activation.applied(to: values, kernel: context.kernel)
            // Of those that never fall, all order as the logit does, but some lose differences.
            return CandidateScores(scores: scores, ranks: activation.isRising ? values : scores)
        case .label(let label):
            let scores = logits.map { Scores.softmax($0, kernel: context.kernel)[label] }
            return CandidateScores(scores: scores, ranks: scores)
        }
    }
}
