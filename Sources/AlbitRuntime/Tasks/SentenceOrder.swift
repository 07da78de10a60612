import AlbitModel
import AlbitText
import AlbitTokenizers

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
package struct SentenceOrder {
    package let tasks: TaskSession
    private let order: Linear

    package init(_ tasks: TaskSession) throws(Fault) {
        self.tasks = tasks
        order = try tasks.require(tasks.session.weights.order, .sentenceOrder, width: 2)
    }

    /// One answer for each pair, in order.
    package func order(_ pairs: [TaskText]) throws(Fault) -> [OrderAnswer] {
        var encodings: [Encoding] = []
        for pair in pairs { encodings.append(try tasks.tokenize(TaskText(pair.text, pair: pair.pair ?? []))) }
        var answers: [OrderAnswer] = []
        var encoded = tasks.encoded(encodings, reading: .first)
        while let (_, sequence) = try encoded.next() {
            answers.append(OrderAnswer(
                logits: tasks.session.apply(order, vector: try tasks.pooled(sequence)), kernel: tasks.kernel))
        }
        return answers
    }
}
