/// Hidden words of texts: top-1 and top-5 accuracy, pseudo-perplexity. Texts are drawn, words go with them. The points
/// of the perplexity are percent of the reference's.
struct PairedWords: PairedAnswers {
    private struct Sums {
        var count = 0.0
        var first = 0.0
        var five = 0.0
        var logLikelihood = 0.0

        init() {}

        init(_ words: [MaskedWord]) {
            for word in words {
                count += 1
                first += word.rank == 0 ? 1 : 0
                five += word.rank < 5 ? 1 : 0
                logLikelihood += word.logLikelihood
            }
        }

        mutating func add(_ other: Sums, _ weight: Double) {
            count += weight * other.count
            first += weight * other.first
            five += weight * other.five
            logLikelihood += weight * other.logLikelihood
        }

        var figures: [Double] {
            count > 0
                ? [first / count, five / count, PseudoPerplexity.exp(-logLikelihood / count)] : [.nan, .nan, .nan]
        }
    }

    let cells: [Int32]
    var cellCount: Int { texts.count }
    private(set) var metrics: [PairedMetric] = []
    private let texts: [(reference: Sums, candidate: Sums)]

    init(_ texts: [(reference: [MaskedWord], candidate: [MaskedWord])]) {
        self.texts = texts.map { (Sums($0.reference), Sums($0.candidate)) }
        cells = texts.indices.map { Int32($0) }
        var all = Sums()
        for text in self.texts { all.add(text.reference, 1) }
        let mean = all.logLikelihood / max(1, all.count)
        let square = texts.reduce(0.0) { sum, text in
            sum + text.reference.reduce(0.0) { $0 + ($1.logLikelihood - mean) * ($1.logLikelihood - mean) }
        }
        let (count, perWord) = (Double(texts.count), Double(texts.count) / max(1, all.count))
        metrics = [
            PairedMetric(name: "masked words", count: count, flip: 100 * perWord),
            PairedMetric(name: "top-5 accuracy", count: count, flip: 100 * perWord),
            // A word that is as likely as another one, whose likelihood differs by the root of two standard deviations.
            PairedMetric(
                name: "pseudo-perplexity", scale: .raw, isHigherBetter: false,
                pointsPerUnit: 100 / PseudoPerplexity.exp(-mean), count: count,
                flip: 100 * perWord * (2 * square / max(1, all.count)).squareRoot()),
        ]
    }

    func evaluate(_ weights: [Double], into values: inout [Double]) {
        var (a, b) = (Sums(), Sums())
        for (text, weight) in zip(texts, weights) where weight > 0 {
            a.add(text.reference, weight)
            b.add(text.candidate, weight)
        }
        for (index, value) in (a.figures + b.figures).enumerated() { values[index] = value }
    }
}
