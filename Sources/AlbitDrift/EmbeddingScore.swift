import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// One vector a text; judged by cosines and by whether its nearest neighbours stay the same.
final class EmbeddingScore: TaskScore {
    /// Vectors that are kept for neighbours.
    static let most = 1000

    override func answer(_ prepared: PreparedExample, _ session: Session, first: Int, _ path: String) throws(Fault) -> TaskAnswer {
        let rows = session.rows(of: first)
        var vector = Array(session.hidden(row: rows.lowerBound))
        switch model.pooling {
        case "cls": break
        case "pooler": vector = session.pooled(of: first) ?? vector
        case "max": for row in rows.dropFirst() { for (i, value) in session.hidden(row: row).enumerated() { vector[i] = max(vector[i], value) } }
        default:
            for row in rows.dropFirst() { for (i, value) in session.hidden(row: row).enumerated() { vector[i] += value } }
            for i in vector.indices { vector[i] /= Float(rows.count) }
        }
        if vectors.count < EmbeddingScore.most { vectors.append(SentenceEmbedding.normalized(vector)) }
        return TaskAnswer(logits: vector)
    }
}
