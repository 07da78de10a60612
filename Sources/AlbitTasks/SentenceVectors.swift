import AlbitModel
import AlbitRuntime

// Pooling, and what may follow it: how hidden states become one vector. Sums run over the tokens in their order, so
// that every CPU gives the same bytes.

extension EncodedSequence {
    /// One vector [H] of the tokens from `first` on; nil for the pooled output of a model without pooler.
    func vector(_ pooling: SentencePooling, from first: Int) -> [Float]? {
        switch pooling {
        case .pooler: return pooled
        case .cls: return hidden(first)
        case .lastToken: return hidden(count - 1)
        case .max: return folded(from: first) { max($0, $1) }
        case .mean:
            let divisor = Float(count - first)
            return folded(from: first) { $0 + $1 }.map { $0 / divisor }
        case .meanSqrtLength:
            let divisor = Float(count - first).squareRoot()
            return folded(from: first) { $0 + $1 }.map { $0 / divisor }
        case .weightedMean: return weightedMean(from: first)
        }
    }

    /// Hidden states joined dimension by dimension, in the order of the tokens.
    private func folded(from first: Int, _ join: (Float, Float) -> Float) -> [Float] {
        var vector = hidden(first)
        for token in (first + 1)..<max(first + 1, count) {
            withHidden(token) { for i in vector.indices { vector[i] = join(vector[i], $0[i]) } }
        }
        return vector
    }

    /// Each token weighs its place in the sequence, from 1.
    private func weightedMean(from first: Int) -> [Float] {
        var vector = [Float](repeating: 0, count: batch.weights.configuration.hiddenSize)
        var sum: Float = 0
        for token in first..<count {
            let weight = Float(token + 1)
            sum += weight
            withHidden(token) { for i in vector.indices { vector[i] += $0[i] * weight } }
        }
        return vector.map { $0 / sum }
    }
}

/// Vectors and their angles.
package enum SentenceVector {
    /// The vector over its length, which counts as 1e-12 at least, as in torch.nn.functional.normalize.
    package static func normalized(_ vector: [Float]) -> [Float] {
        var sum = 0.0
        for value in vector { sum += Double(value) * Double(value) }
        let length = max(sum.squareRoot(), 1e-12)
        return vector.map { Float(Double($0) / length) }
    }

    /// How alike two vectors are by a function; for `cosine` both have length 1.
    package static func similarity(_ a: [Float], _ b: [Float], by function: SimilarityFunction) -> Float {
        var sum: Float = 0
        switch function {
        case .cosine, .dot: return cosine(a, b)
        case .euclidean:
            for i in a.indices { sum += (a[i] - b[i]) * (a[i] - b[i]) }
            return -sum.squareRoot()
        case .manhattan:
            for i in a.indices { sum += abs(a[i] - b[i]) }
            return -sum
        }
    }

    /// Dot product: the cosine of vectors of length 1.
    package static func cosine(_ a: [Float], _ b: [Float]) -> Float {
        var sum: Float = 0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }
}
