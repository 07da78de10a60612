/// Documents of one query in the order of their scores: the larger first, of equal ones the earlier.
package struct Ranking: Sendable {
    /// For each place of the ranking, whether the document there is relevant.
    private let hits: [Bool]
    private let relevantCount: Int

    /// `scores` are logits: a sigmoid that has saturated would make ties of them.
    package init(scores: [Double], relevant: Set<Int>) {
        let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        hits = order.map { relevant.contains($0) }
        relevantCount = hits.count { $0 }
    }

    /// The share of relevant documents among the first k (`recall_k` of trec_eval); nil where none is relevant.
    package func recall(_ k: Int) -> Double? {
        relevantCount > 0 ? Double(hits.prefix(k).count { $0 }) / Double(relevantCount) : nil
    }

    /// One over the place of the first relevant document (`recip_rank`); nil where none is relevant.
    package var reciprocalRank: Double? {
        hits.firstIndex(of: true).map { 1 / Double($0 + 1) }
    }
}
