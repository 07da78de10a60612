/// How both models order the documents of queries, with those that are relevant.
package struct RankingRecord: Sendable {
    private var rankings: [(reference: Ranking, candidate: Ranking)] = []
    private var queries = 0
    private var kinds = AnswerKinds<Double>()

    package init() {}

    /// Logits of a query's documents, in the order of the data.
    package mutating func add(relevant: Set<Int>, reference a: [Double], candidate b: [Double]) {
        queries += 1
        for (x, y) in zip(a, b) { kinds.add(x, y) }
        // A query without relevant documents, or without others, is answered right by any order.
        guard !relevant.isEmpty, relevant.count < a.count else { return }
        rankings.append((Ranking(scores: a, relevant: relevant), Ranking(scores: b, relevant: relevant)))
    }

    package var figures: HeadFigures {
        var figures = HeadFigures(agreement: .missing("scores have no agreement; --max-error judges how far they move"))
        figures.answerKinds = kinds.counts("document")
        figures.labelled = rankings.count
        guard !rankings.isEmpty else {
            figures.noMetric = "no query has both relevant documents and others"
            return figures
        }
        func series(_ name: String, _ figure: (Ranking) -> Double?) -> PairedMeans.Series {
            PairedMeans.Series(
                name: name, reference: rankings.map { figure($0.reference) ?? 0 },
                candidate: rankings.map { figure($0.candidate) ?? 0 })
        }
        figures.metrics = HeadFigures.metrics(
            PairedMeans([
                series("MRR") { $0.reciprocalRank }, series("recall@1") { $0.recall(1) },
                series("recall@5") { $0.recall(5) },
                series("recall@10") { $0.recall(10) },
            ]))
        return figures
    }
}
