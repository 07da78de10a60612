import AlbitModel
import AlbitText
import AlbitTokenizers

/// How well texts fit a question, by a head that reads both together (a cross-encoder).
package struct PairRanking {
    private enum Scorer {
        /// One logit: its sigmoid.
        case single(Linear)
        /// The probability of the label that means "fits".
        case label(Linear, Int)
    }

    /// What a label that means "fits" is called.
    private static let fitting = ["entailment", "equivalent", "duplicate", "is_duplicate", "relevant", "paraphrase", "match"]

    package let tasks: TaskSession
    private let scorer: Scorer

    /// Nil where the model has no such head: a classifier with one output (a reranker, multiple choice), or one with a
    /// label such as `entailment`.
    package init?(_ tasks: TaskSession, heads: [Head], labels: [String]) {
        guard let classifier = tasks.session.weights.classifier, tasks.session.weights.pooler != nil else { return nil }
        if classifier.rows == 1, heads.first != .tokenClassification {
            scorer = .single(classifier)
        } else if let label = labels.firstIndex(where: { PairRanking.fitting.contains($0.lowercased()) }), label < classifier.rows {
            scorer = .label(classifier, label)
        } else {
            return nil
        }
        self.tasks = tasks
    }

    /// Scores 0...1 in the order of the texts.
    package func scores(_ question: [UInt8], _ texts: [[UInt8]]) throws(Fault) -> [Float] {
        var encodings: [Encoding] = []
        for text in texts { encodings.append(try tasks.tokenize(TaskText(question, pair: text))) }
        var scores: [Float] = []
        var encoded = tasks.encoded(encodings, reading: .first)
        while let (_, sequence) = try encoded.next() {
            let pooled = try tasks.pooled(sequence)
            switch scorer {
            case .single(let classifier):
                scores.append(contentsOf: Scores.sigmoid(tasks.session.apply(classifier, vector: pooled), kernel: tasks.kernel))
            case .label(let classifier, let label):
                scores.append(Scores.softmax(tasks.session.apply(classifier, vector: pooled), kernel: tasks.kernel)[label])
            }
        }
        return scores
    }
}
