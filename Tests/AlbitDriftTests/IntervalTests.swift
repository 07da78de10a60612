import AlbitText
import Testing

@testable import AlbitDrift

struct IntervalTests {
    /// z² / (n + z²), as the score test gives it where no pair differs.
    @Test func noFlipsAreNoCertainty() {
        let few = DropInterval(lost: 0, gained: 0, count: 72)
        #expect(abs(few.upper - 5.0652) < 1e-4 && few.lower == -few.upper)
        let many = DropInterval(lost: 0, gained: 0, count: 872)
        #expect(abs(many.upper - 0.4386) < 1e-4 && many.lower == -many.upper)
        #expect(DropInterval(lost: 0, gained: 0, count: 1).upper > 79)
    }

    /// By SciPy's brentq on the score with the closed form of the restricted maximum.
    @Test(arguments: [
        (44, 0, 1, -2.272727, -11.8077, 5.9393), (100, 9, 3, 6.0, -0.9116, 13.7693),
        (872, 3, 5, -0.229358, -1.0326, 0.5018),
        (50, 50, 0, 100.0, 85.7305, 100.0),
    ])
    func tangoEqualsARootFinder(count: Int, lost: Int, gained: Int, drop: Double, lower: Double, upper: Double) {
        let interval = DropInterval(lost: lost, gained: gained, count: count)
        #expect(abs(interval.drop - drop) < 1e-5)
        #expect(abs(interval.lower - lower) < 1e-3 && abs(interval.upper - upper) < 1e-3, "\(interval)")
    }

    /// Equal answers: an interval around 0 that is not a point, for every metric of every kind of answer.
    @Test func bootstrapsDoNotCollapse() {
        let truth = (0..<100).map { $0 % 3 }
        let guess = (0..<100).map { $0 % 7 == 0 ? ($0 + 1) % 3 : $0 % 3 }
        let numbers = guess.map { Double($0) + 0.1 }
        let counts = guess.map { [PairedCounts.Count(index: $0, right: 1, predicted: 1, truths: 1)] }
        let shares = guess.map { Double($0) / 2 }
        func check(_ answers: some PairedAnswers) {
            let intervals = PairedBootstrap.intervals(answers, resamples: 200)
            #expect(intervals.count == answers.metrics.count)
            for (metric, interval) in zip(answers.metrics, intervals) {
                guard let interval else {
                    Issue.record("\(metric.name) has none")
                    continue
                }
                #expect(
                    interval.drop == 0 && interval.lower < -0.1 && interval.upper > 0.1, "\(metric.name) \(interval)")
            }
        }
        check(PairedLabels(truth: truth, reference: guess, candidate: guess, classes: 3, names: []))
        check(PairedValues(truth: truth.map { Double($0) }, reference: numbers, candidate: numbers))
        check(
            PairedCounts(reference: counts, candidate: counts, names: ["a", "b", "c"], unit: "entity", hasMacro: true))
        check(PairedMeans([PairedMeans.Series(name: "F1", reference: shares, candidate: shares)]))
    }

    /// The same data give the same interval, as every figure of a report.
    @Test func bootstrapsAreSeeded() {
        var random = SplitMix64(seed: 1_234_567)
        // SplitMix64's published outputs for this seed.
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
        let truth = (0..<60).map { $0 % 2 }
        let worse = truth.indices.map { $0 % 10 == 0 ? 1 - truth[$0] : truth[$0] }
        let answers = PairedLabels(truth: truth, reference: truth, candidate: worse, classes: 2, names: ["no", "yes"])
        let first = PairedBootstrap.intervals(answers)
        #expect(first == PairedBootstrap.intervals(answers))
        #expect(
            answers.metrics.map(\.name) == ["accuracy", "macro F1", "weighted F1", "Matthews", "F1 of no", "F1 of yes"])
        #expect(first[0].map { abs($0.drop - 10) < 1e-9 && $0.lower < 5 && $0.upper > 15 } == true)
    }

    /// What is undefined has no interval; examples that are too few have none either.
    @Test func undefinedHasNoInterval() {
        let constant = PairedValues(
            truth: [1, 2, 3, 4, 5, 6], reference: [1, 2, 3, 4, 5, 7], candidate: [1, 1, 1, 1, 1, 1])
        let intervals = PairedBootstrap.intervals(constant, resamples: 100)
        #expect(intervals[0] == nil && intervals[1] == nil && intervals[2] != nil)
        #expect(constant.values().candidate == [nil, nil, constant.values().candidate[2]])
        let few = PairedMeans([PairedMeans.Series(name: "F1", reference: [1, 0, 1], candidate: [1, 0, 0])])
        #expect(PairedBootstrap.intervals(few, resamples: 100) == [nil])
        #expect(PairedBootstrap.intervals(PairedMeans([])).isEmpty)
    }

    @Test func intervalsShrinkWithExamples() {
        let interval = DropInterval(lost: 3, gained: 2, count: 100)
        #expect(interval.projected(to: 100) == interval)
        let larger = interval.projected(to: 10_000)
        #expect(larger.upper - larger.lower < (interval.upper - interval.lower) / 8 && abs(larger.drop - 1) < 1e-12)
        let drawn = DropInterval(drop: 1, count: 50, kind: .bootstrap(below: 2, above: 3, flip: 100))
        let most = drawn.projected(to: 5000)
        #expect(most.lower > 0.7 && most.upper < 1.4)
    }
}
