/// Which sentences of a text say most of it, by their vectors.
package enum SentenceRanking {
    package enum Method: String, Sendable, Equatable, CaseIterable {
        /// How much a sentence is like all others (Erkan and Radev, "LexRank", 2004; the continuous form).
        case lexRank = "lexrank"
        /// Like the whole text but unlike what was chosen before (Carbonell and Goldstein, "MMR", 1998).
        case mmr
    }

    /// Sentences of one text at most: the similarities of all pairs are in memory.
    package static let maxSentences = 4096

    /// Probability that LexRank's walk goes on along similarities.
    private static let damping: Float = 0.85
    private static let iterations = 50
    /// Weight of being like the text in MMR.
    private static let relevance: Float = 0.7

    /// The chosen `count` sentences in the order of the text with scores 0...1, 1 for the best. Vectors have length 1.
    package static func choose(_ count: Int, of vectors: [[Float]], by method: Method) -> [(index: Int, score: Float)] {
        let scores = method == .lexRank ? lexRank(vectors) : mmr(vectors, count)
        let largest = scores.max() ?? 0
        return Scores.largest(scores, count: count).filter { scores[$0] >= 0 }.sorted()
            .map { ($0, largest > 0 ? max(0, scores[$0] / largest) : 0) }
    }

    /// The stationary distribution of a walk from sentence to sentence along their similarity. The walk never stays:
    /// with the likeness to itself counted, a sentence like no other would keep the rank it begins with.
    private static func lexRank(_ vectors: [[Float]]) -> [Float] {
        let n = vectors.count
        guard n > 1 else { return [Float](repeating: 1, count: n) }
        var weights = [Float](repeating: 0, count: n * n)
        for i in 0..<n {
            for j in 0..<i {
                let similarity = max(0, SentenceVector.cosine(vectors[i], vectors[j]))
                weights[i * n + j] = similarity
                weights[j * n + i] = similarity
            }
        }
        for i in 0..<n {
            var sum: Float = 0
            for j in 0..<n { sum += weights[i * n + j] }
            // A sentence like no other leads everywhere.
            for j in 0..<n { weights[i * n + j] = sum > 0 ? weights[i * n + j] / sum : 1 / Float(n) }
        }
        var rank = [Float](repeating: 1 / Float(n), count: n)
        for _ in 0..<iterations {
            var next = [Float](repeating: (1 - damping) / Float(n), count: n)
            for i in 0..<n { for j in 0..<n { next[j] += damping * rank[i] * weights[i * n + j] } }
            rank = next
        }
        return rank
    }

    /// Higher for what is chosen earlier; -1 for what is not chosen.
    private static func mmr(_ vectors: [[Float]], _ count: Int) -> [Float] {
        guard let width = vectors.first?.count else { return [] }
        var mean = [Float](repeating: 0, count: width)
        for vector in vectors { for i in 0..<width { mean[i] += vector[i] } }
        mean = SentenceVector.normalized(mean)
        let likeText = vectors.map { SentenceVector.cosine($0, mean) }
        var likeChosen = [Float](repeating: 0, count: vectors.count)
        var result = [Float](repeating: -1, count: vectors.count)
        let chosen = min(count, vectors.count)
        for step in 0..<chosen {
            var best: (index: Int, score: Float)?
            for i in vectors.indices where result[i] < 0 {
                let score = relevance * likeText[i] - (1 - relevance) * likeChosen[i]
                if best.map({ score > $0.score }) ?? true { best = (i, score) }
            }
            guard let best else { break }
            result[best.index] = Float(chosen - step)
            for i in vectors.indices {
                likeChosen[i] = max(likeChosen[i], SentenceVector.cosine(vectors[i], vectors[best.index]))
            }
        }
        return result
    }
}
