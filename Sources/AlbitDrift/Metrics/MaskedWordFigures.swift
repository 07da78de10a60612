/// What a model says in the place of a hidden word.
package struct MaskedWord: Sendable {
    /// The natural logarithm of the probability of the true piece.
    package let logLikelihood: Double
    /// How many pieces have a larger logit than the true one, or the same and a smaller id.
    package let rank: Int

    /// `logits` over the vocabulary; `truth` is an id below their count.
    package init(logits: [Float], truth: Int) {
        let most = Double(logits.max() ?? 0)
        var sum = 0.0
        var ahead = 0
        for (id, logit) in logits.enumerated() {
            sum += PseudoPerplexity.exp(Double(logit) - most)
            if logit > logits[truth] || logit == logits[truth] && id < truth { ahead += 1 }
        }
        logLikelihood = Double(logits[truth]) - most - PseudoPerplexity.log(sum)
        rank = ahead
    }
}

/// Top-k accuracy and pseudo-perplexity over hidden words (Salazar et al., 2020).
package struct MaskedWordFigures: Sendable {
    package private(set) var count = 0
    private var sum = 0.0
    private var ranks: [Int: Int] = [:]

    package init() {}

    package mutating func add(_ word: MaskedWord) {
        count += 1
        sum += word.logLikelihood
        ranks[word.rank, default: 0] += 1
    }

    /// The share of words whose true piece is among the first k; nil without words.
    package func accuracy(top k: Int) -> Double? {
        count > 0 ? Double(ranks.reduce(0) { $0 + ($1.key < k ? $1.value : 0) }) / Double(count) : nil
    }

    /// exp of the mean negative log-likelihood of a word; nil without words.
    package var pseudoPerplexity: Double? { count > 0 ? PseudoPerplexity.exp(-sum / Double(count)) : nil }
}
