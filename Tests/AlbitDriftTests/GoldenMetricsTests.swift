@testable import AlbitDrift
import AlbitText
import Foundation
import TestData
import Testing

/// Figures of scikit-learn, scipy, seqeval and SQuAD's script (`Scripts/golden-metrics.py`), met to 1e-9.
struct GoldenMetricsTests {
    struct Cases: Decodable {
        struct Classification: Decodable {
            let truth, predicted: [Int]
            let accuracy, f1, macroF1, microF1, matthews: Double
        }
        struct Correlation: Decodable {
            let x, y: [Double]
            let pearson, spearman: Double
        }
        struct Tagging: Decodable {
            let truth, predicted: [[String]]
            let f1, precision, recall: Double
        }
        struct Answer: Decodable {
            let prediction, normalized: String
            let answers: [String]
            let exact, f1: Double
        }
        struct McNemar: Decodable {
            let only: [Int]
            let p: Double
        }
        let classification: [Classification]
        let correlation: [Correlation]
        let tagging: [Tagging]
        let answers: [Answer]
        let mcNemar: [McNemar]
    }

    let cases: Cases

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden.json")
        cases = try JSONDecoder().decode(Cases.self, from: Data(contentsOf: file))
    }

    func equal(_ a: Double?, _ b: Double, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let a = try #require(a, sourceLocation: sourceLocation)
        #expect(abs(a - b) <= 1e-9, "\(a) is not \(b)", sourceLocation: sourceLocation)
    }

    @Test func classification() throws {
        for item in cases.classification {
            var matrix = ConfusionMatrix(classes: max(2, (item.truth + item.predicted).max().map { $0 + 1 } ?? 2))
            for (truth, predicted) in zip(item.truth, item.predicted) { matrix.add(truth: truth, predicted: predicted) }
            try equal(matrix.accuracy, item.accuracy)
            try equal(matrix.f1(of: 1), item.f1)
            try equal(matrix.macroF1, item.macroF1)
            try equal(matrix.microF1, item.microF1)
            try equal(matrix.matthews, item.matthews)
        }
        #expect(cases.classification.count == 7)
    }

    @Test func correlation() throws {
        for item in cases.correlation {
            try equal(Correlation.pearson(item.x, item.y), item.pearson)
            try equal(Correlation.spearman(item.x, item.y), item.spearman)
        }
        #expect(Correlation.pearson([1], [1]) == nil)
        #expect(Correlation.spearman([1, 1], [1, 2]) == nil)
    }

    @Test func tagging() throws {
        for item in cases.tagging {
            var match = EntityMatch()
            for (truth, predicted) in zip(item.truth, item.predicted) { match.add(truth: truth, predicted: predicted) }
            try equal(match.f1, item.f1)
            try equal(match.precision, item.precision)
            try equal(match.recall, item.recall)
        }
        #expect(cases.tagging.count == 7)
    }

    @Test func answers() throws {
        for item in cases.answers {
            #expect(Array(AnswerMatch.normalized(item.prediction).utf8) == Array(item.normalized.utf8))
            try equal(AnswerMatch.exact(item.prediction, answers: item.answers), item.exact)
            try equal(AnswerMatch.f1(item.prediction, answers: item.answers), item.f1)
        }
        #expect(cases.answers.count == 66)
    }

    @Test func mcNemar() throws {
        for item in cases.mcNemar {
            try equal(Statistics.mcNemar(onlyReference: item.only[0], onlyCandidate: item.only[1]), item.p)
        }
    }

    /// SplitMix64's published outputs for seed 1234567; the same data give the same interval.
    @Test func bootstrapIsSeeded() {
        var random = SplitMix64(seed: 1_234_567)
        #expect((0..<3).map { _ in random.next() } == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
        let differences = (0..<100).map { Double($0 % 10 == 0 ? 1 : 0) }
        let interval = Statistics.bootstrapMean(differences)
        #expect(interval == Statistics.bootstrapMean(differences))
        #expect(interval.map { $0.contains(0.1) && $0.lowerBound > 0 && $0.upperBound < 0.25 } == true)
        #expect(Statistics.bootstrapMean([]) == nil)
    }
}
