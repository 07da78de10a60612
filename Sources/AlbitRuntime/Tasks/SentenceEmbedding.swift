import AlbitModel
import AlbitText
import AlbitTokenizers

/// How the hidden states of a text become one vector.
package enum SentencePooling: String, Sendable, Equatable, CaseIterable {
    /// Mean over all tokens, the frame's among them, as sentence-transformers does it.
    case mean
    /// The hidden state of the first token.
    case cls
    /// The largest value of each dimension.
    case max
    /// The pooled output: tanh(dense(first token)).
    case pooler
}

/// One vector for each text.
package struct SentenceEmbedding {
    package let tasks: TaskSession
    package let pooling: SentencePooling
    /// Whether vectors are scaled to length 1, so that a dot product is the cosine.
    package let isNormalized: Bool

    package init(_ tasks: TaskSession, pooling: SentencePooling = .mean, normalized: Bool = true) throws(Fault) {
        guard pooling != .pooler || tasks.session.weights.pooler != nil else {
            throw Fault(.taskNoPooler, "the model has no pooler", advice: "use --pooling mean or cls")
        }
        self.tasks = tasks
        self.pooling = pooling
        isNormalized = normalized
    }

    /// Vectors [hidden size], in the order of the texts.
    package func embed(_ texts: [TaskText]) throws(Fault) -> [[Float]] {
        var encodings: [Encoding] = []
        for text in texts { encodings.append(try tasks.tokenize(text)) }
        var vectors: [[Float]] = []
        let readsFirst = pooling == .cls || pooling == .pooler
        var encoded = tasks.encoded(encodings, reading: readsFirst ? .first : .all)
        while let (_, sequence) = try encoded.next() {
            let vector = try pool(sequence)
            vectors.append(isNormalized ? SentenceEmbedding.normalized(vector) : vector)
        }
        return vectors
    }

    private func pool(_ sequence: Int) throws(Fault) -> [Float] {
        if pooling == .pooler { return try tasks.pooled(sequence) }
        let rows = tasks.session.rows(of: sequence)
        var vector = Array(tasks.session.hidden(row: rows.lowerBound))
        if pooling == .cls { return vector }
        for row in rows.dropFirst() {
            let hidden = tasks.session.hidden(row: row)
            for i in vector.indices { vector[i] = pooling == .mean ? vector[i] + hidden[i] : Swift.max(vector[i], hidden[i]) }
        }
        guard pooling == .mean else { return vector }
        let count = Float(rows.count)
        return vector.map { $0 / count }
    }

    /// The vector over its length; one of length 0 stays.
    package static func normalized(_ vector: [Float]) -> [Float] {
        var sum = 0.0
        for value in vector { sum += Double(value) * Double(value) }
        guard sum > 0 else { return vector }
        let length = sum.squareRoot()
        return vector.map { Float(Double($0) / length) }
    }
}
