import AlbitRuntime
import AlbitTasks
import Foundation
import Testing

@Suite struct ScoresTests {
    @Test func softmaxAndSigmoidAreWhatTheirFormulasSay() {
        let logits: [Float] = [-80, -3.5, -1, 0, 0.25, 2, 7, 80]
        let sum = logits.reduce(0) { $0 + exp(Double($1)) }
        // Single precision: a few units in the seventh place.
        #expect(
            isClose(Scores.softmax(logits, kernel: .best), logits.map { Float(exp(Double($0)) / sum) }, within: 1e-6))
        #expect(
            isClose(
                Scores.sigmoid(logits, kernel: .best), logits.map { Float(1 / (1 + exp(-Double($0)))) }, within: 1e-6))
        #expect(Scores.softmax([], kernel: .best).isEmpty)
        #expect(
            Scores.softmax([1, 2, 3, 4], width: 2, kernel: .best) == Scores.softmax([1, 2], kernel: .best)
                + Scores.softmax([3, 4], kernel: .best))
    }

    @Test func everyKernelGivesTheSameScores() {
        let logits = (0..<1000).map { Float($0 * 37 % 101) / 10 - 5 }
        let scalar = Scores.softmax(logits, kernel: Kernel.available.last ?? .best)
        for kernel in Kernel.available {
            #expect(Scores.softmax(logits, kernel: kernel) == scalar)
            #expect(
                Scores.sigmoid(logits, kernel: kernel) == Scores.sigmoid(logits, kernel: Kernel.available.last ?? .best)
            )
        }
    }

    @Test func theLargestComeFirstAndTheEarlierOfEqualOnes() {
        #expect(Scores.largest([1, 3, 3, 2], count: 3) == [1, 2, 3])
        #expect(Scores.largest([1, 3], count: 5) == [1, 0])
        #expect(Scores.largest([1, 3], count: 0) == [])
        #expect(Scores.largest([Float.nan, 1], count: 1) == [0])
        #expect(Scores.largest([] as ArraySlice<Float>) == nil)
        #expect(Scores.largest([5, 7, 7][1...]) == 0)
    }
}
