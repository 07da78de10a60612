import AlbitRuntime
import AlbitTasks
import Foundation
import Testing

@Suite struct SentenceRankingTests {
    /// Three alike, one apart.
    static let vectors: [[Float]] = [[1, 0, 0], [0.8, 0.6, 0], [0.96, 0.28, 0], [0, 0, 1]]

    @Test func lexRankIsTheStationaryWalk() {
        // The same fixed point by another way: power iteration in double on the Google matrix, to convergence.
        let n = Self.vectors.count
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
        for i in 0..<n {
            for j in 0..<n where j != i {
                matrix[i][j] = zip(Self.vectors[i], Self.vectors[j]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            let sum = matrix[i].reduce(0, +)
            matrix[i] = matrix[i].map { sum > 0 ? $0 / sum : 1 / Double(n) }
        }
        var rank = [Double](repeating: 0.25, count: n)
        for _ in 0..<500 {
            rank = (0..<n).map { j in 0.15 / Double(n) + 0.85 * (0..<n).reduce(0) { $0 + rank[$1] * matrix[$1][j] } }
        }
        let most = rank.max() ?? 1
        let chosen = SentenceRanking.choose(4, of: Self.vectors, by: .lexRank)
        #expect(chosen.map(\.index) == [0, 1, 2, 3])
        // 50 iterations at 0.85 leave 3e-4.
        #expect(zip(chosen, rank).allSatisfy { abs(Double($0.score) - $1 / most) < 1e-3 })
    }

    @Test func theBestAreKeptInTheOrderOfTheText() {
        #expect(SentenceRanking.choose(3, of: Self.vectors, by: .lexRank).map(\.index) == [0, 1, 2])
        // MMR passes over what says the same as the first.
        let twins: [[Float]] = [[1, 0], [1, 0], [0.6, 0.8]]
        #expect(SentenceRanking.choose(2, of: twins, by: .mmr).map(\.index) == [0, 2])
        #expect(SentenceRanking.choose(2, of: twins, by: .mmr).map(\.score) == [1, 0.5])
        for method in SentenceRanking.Method.allCases {
            #expect(SentenceRanking.choose(3, of: [], by: method).isEmpty)
            #expect(SentenceRanking.choose(3, of: [[1, 0]], by: method).map(\.index) == [0])
            #expect(SentenceRanking.choose(9, of: Self.vectors, by: method).count == 4)
        }
    }
}
