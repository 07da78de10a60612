import AlbitModel
import AlbitRuntime
import AlbitText

/// Whether the second of two texts follows the first.
package struct OrderAnswer: Sendable, Equatable {
    package let inOrder: Bool
    /// Probability that they are in order.
    package let score: Float
    package let logits: [Float]

    /// Logit 0 is "in order" (ALBERT's sentence order) or "is next" (BERT's next sentence) in Hugging Face's heads.
    package init(logits: [Float], kernel: Kernel) {
        self.logits = logits
        score = Scores.softmax(logits, kernel: kernel).first ?? 0
        inOrder = Scores.largest(logits[...]) == 0
    }
}

/// Sentence order prediction (ALBERT, Lan et al. 2019) or next sentence prediction (BERT, Devlin et al. 2018).
package struct SentenceOrder: TextTask {
    private let context: TaskContext
    private let order: Linear

    /// Throws where the model has no such head.
    package init(_ context: TaskContext) throws(Fault) {
        self.context = context
        order = try context.model.linear(.sentenceOrder, width: 2)
    }

    package var tokensRead: TokensRead { .first }

    package func prepare(_ pair: TaskText) throws(Fault) -> EncodedText { try context.sequence(pair) }

    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedText) throws(Fault) -> [Float] {
        sequence.pooledLogits(order) ?? []
    }

    package func answer(_ plan: EncodedText, _ logits: [[Float]]) throws(Fault) -> OrderAnswer {
        OrderAnswer(logits: logits[0], kernel: context.kernel)
    }
}
