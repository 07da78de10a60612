import AlbitRuntime
import AlbitTasks
import Testing

/// Scores in parts are those of one list.
@Suite struct TokenScoresTests {
    @Test(arguments: [[3, 2], [1], [0, 4, 0, 0, 1], [1, 1, 1, 1], []])
    func partsAreOneList(_ counts: [Int]) {
        let width = 3
        let flat = (0..<(width * counts.reduce(0, +))).map { Float($0) }
        var parts: [TokenScores.Part] = []
        var first = 0
        for count in counts {
            // A row before and one behind belong to the frame.
            let rows = [-1, -1, -1] + flat[first..<(first + count * width)] + [-1, -1, -1]
            parts.append(TokenScores.Part(rows, firstRow: 1, count: count))
            first += count * width
        }
        let plain = TokenScores(parts, width: width)
        let scores = TokenScores(parts, width: width, kernel: .best)
        let all = Scores.softmax(flat, width: width, kernel: .best)
        #expect(plain.count == flat.count / width)
        for token in 0..<plain.count {
            #expect(plain[token] == Array(flat[(token * width)..<((token + 1) * width)]))
            #expect(scores[token] == Array(all[(token * width)..<((token + 1) * width)]))
        }
    }

    @Test func rowsThatAreMissing() {
        #expect(TokenScores([.init([1], count: 1)], width: 2).count == 0)
        #expect(TokenScores([.init([1, 2], firstRow: 1, count: 1)], width: 2).count == 0)
    }
}
