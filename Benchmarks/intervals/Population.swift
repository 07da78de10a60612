import AlbitDrift
import AlbitText

/// Random numbers for populations.
struct Chance {
    private var bits: SplitMix64

    init(seed: UInt64) { bits = SplitMix64(seed: seed) }

    mutating func below(_ bound: Int) -> Int { bits.below(bound) }
    mutating func uniform() -> Double { Double(bits.next() >> 11) * 0x1p-53 }
    mutating func isTrue(_ probability: Double) -> Bool { uniform() < probability }

    /// Nearly normal: the sum of twelve uniform numbers.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }

    mutating func choice(_ shares: [Double]) -> Int {
        var rest = uniform()
        for (index, share) in shares.enumerated() {
            rest -= share
            if rest < 0 { return index }
        }
        return shares.count - 1
    }
}

/// Texts with the answers of a reference and of a candidate that is worse by a known amount: data sets are drawn from
/// it.
struct Population {
    static let size = 20_000

    let name: String
    /// The metrics of the texts with these numbers, and which pairs differ for metrics that are shares of right
    /// answers.
    let metrics: ([Int]) -> any PairedAnswers
    let marks: ((Int) -> (reference: Bool, candidate: Bool))?

    /// `loss`: the share of texts where the candidate alone is wrong, beyond those where it alone is right, `churn`.
    typealias Maker = (_ loss: Double, _ churn: Double, _ seed: UInt64) -> Population

    static var all: [Maker] {
        [
            { labels("2 classes", [0.5, 0.5], accuracy: 0.88, $0, $1, $2) },
            { labels("5 uneven classes", [0.5, 0.25, 0.15, 0.07, 0.03], accuracy: 0.8, $0, $1, $2) },
            sets, entities, { values("noise", $0, $1, $2) }, { values("replaced", $0, $1, $2) }, answers, words,
        ]
    }

    private static func labels(
        _ name: String, _ shares: [Double], accuracy: Double, _ loss: Double, _ churn: Double, _ seed: UInt64
    ) -> Population {
        var chance = Chance(seed: seed)
        var (truth, a, b): ([Int], [Int], [Int]) = ([], [], [])
        func other(_ label: Int, _ chance: inout Chance) -> Int {
            (label + 1 + chance.below(shares.count - 1)) % shares.count
        }
        for _ in 0..<size {
            let label = chance.choice(shares)
            let guess = chance.isTrue(accuracy) ? label : other(label, &chance)
            truth.append(label)
            a.append(guess)
            let flips =
                guess == label ? chance.isTrue((loss + churn) / accuracy) : chance.isTrue(churn / (1 - accuracy))
            b.append(!flips ? guess : guess == label ? other(label, &chance) : label)
        }
        let names = shares.indices.map { String($0) }
        let (x, y, z) = (truth, a, b)
        return Population(
            name: name,
            metrics: { drawn in
                PairedLabels(
                    truth: drawn.map { x[$0] }, reference: drawn.map { y[$0] }, candidate: drawn.map { z[$0] },
                    classes: shares.count, names: names)
            }, marks: { (x[$0] == y[$0], x[$0] == z[$0]) })
    }

    /// Eight labels, two of them true on average.
    private static func sets(_ loss: Double, _ churn: Double, _ seed: UInt64) -> Population {
        var chance = Chance(seed: seed &+ 1)
        var rows: [(truth: [Bool], a: [Bool], b: [Bool])] = []
        for _ in 0..<size {
            let truth = (0..<8).map { chance.isTrue([0.6, 0.5, 0.4, 0.2, 0.1, 0.1, 0.06, 0.04][$0]) }
            let a = truth.map { $0 != chance.isTrue(0.05) }
            var b = a
            let wrong = (0..<8).filter { truth[$0] != a[$0] }
            if chance.isTrue(loss + churn), let label = (0..<8).filter({ truth[$0] && a[$0] }).first {
                b[label] = !b[label]
            }
            if chance.isTrue(churn), let label = wrong.first { b[label] = !b[label] }
            rows.append((truth, a, b))
        }
        let all = rows
        func counts(_ truth: [Bool], _ guess: [Bool]) -> [PairedCounts.Count] {
            truth.indices.filter { truth[$0] || guess[$0] }.map {
                PairedCounts.Count(
                    index: $0, right: truth[$0] && guess[$0] ? 1 : 0, predicted: guess[$0] ? 1 : 0,
                    truths: truth[$0] ? 1 : 0)
            }
        }
        return Population(
            name: "label sets",
            metrics: { drawn in
                PairedCounts(
                    reference: drawn.map { counts(all[$0].truth, all[$0].a) },
                    candidate: drawn.map { counts(all[$0].truth, all[$0].b) },
                    names: (0..<8).map { String($0) }, unit: "micro", hasMacro: true)
            }, marks: { (all[$0].truth == all[$0].a, all[$0].truth == all[$0].b) })
    }

    /// Sentences of up to six entities of three types; some are missed, some made up.
    private static func entities(_ loss: Double, _ churn: Double, _ seed: UInt64) -> Population {
        var chance = Chance(seed: seed &+ 2)
        var rows: [(a: [PairedCounts.Count], b: [PairedCounts.Count])] = []
        for _ in 0..<size {
            let entities = (0..<chance.choice([0.25, 0.3, 0.2, 0.1, 0.08, 0.05, 0.02])).map { _ in
                chance.choice([0.5, 0.3, 0.2])
            }
            func add(_ type: Int, _ right: Bool, _ predicted: Bool, _ truth: Bool, _ counts: inout [Int]) {
                counts[3 * type] += right ? 1 : 0
                counts[3 * type + 1] += predicted ? 1 : 0
                counts[3 * type + 2] += truth ? 1 : 0
            }
            var (a, b) = ([Int](repeating: 0, count: 9), [Int](repeating: 0, count: 9))
            for type in entities {
                let isRight = chance.isTrue(0.8)
                let flips = isRight ? chance.isTrue((loss + churn) / 0.8) : chance.isTrue(churn / 0.2)
                let isFound = chance.isTrue(0.6)
                add(type, isRight, isRight || isFound, true, &a)
                add(type, isRight != flips, isRight != flips || isFound, true, &b)
            }
            if chance.isTrue(0.15) {
                let type = chance.below(3)
                add(type, false, true, false, &a)
                add(type, false, true, false, &b)
            }
            func counts(_ it: [Int]) -> [PairedCounts.Count] {
                (0..<3).filter { it[3 * $0 + 1] + it[3 * $0 + 2] > 0 }.map {
                    PairedCounts.Count(index: $0, right: it[3 * $0], predicted: it[3 * $0 + 1], truths: it[3 * $0 + 2])
                }
            }
            rows.append((counts(a), counts(b)))
        }
        let all = rows
        return Population(
            name: "entities",
            metrics: { drawn in
                PairedCounts(
                    reference: drawn.map { all[$0].a }, candidate: drawn.map { all[$0].b }, names: ["A", "B", "C"],
                    unit: "entity", hasMacro: false)
            }, marks: nil)
    }

    /// Scores from 0 to 5. A candidate is noisier everywhere, or answers some texts as if they were others.
    private static func values(_ kind: String, _ loss: Double, _ churn: Double, _ seed: UInt64) -> Population {
        var chance = Chance(seed: seed &+ 3)
        var (truth, a, b): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<size {
            let value = (2 * max(0, min(5, 2.5 + 1.4 * chance.normal()))).rounded() / 2
            truth.append(value)
            a.append(0.75 * value + 0.6 + 0.6 * chance.normal())
        }
        let spread = (3 * loss).squareRoot() * 1.2 + churn
        for index in truth.indices {
            if kind == "noise" {
                b.append(a[index] + spread * chance.normal())
            } else {
                b.append(
                    chance.isTrue(1.2 * loss + churn / 4) ? a[chance.below(size)] : a[index] + 0.01 * chance.normal())
            }
        }
        let (x, y, z) = (truth, a, b)
        return Population(
            name: "values, " + kind,
            metrics: { drawn in
                PairedValues(truth: drawn.map { x[$0] }, reference: drawn.map { y[$0] }, candidate: drawn.map { z[$0] })
            },
            marks: nil)
    }

    /// Questions with F1 between 0 and 1.
    private static func answers(_ loss: Double, _ churn: Double, _ seed: UInt64) -> Population {
        var chance = Chance(seed: seed &+ 4)
        var (a, b): ([Double], [Double]) = ([], [])
        func quality(_ chance: inout Chance) -> Double {
            chance.isTrue(0.7) ? 1 : chance.isTrue(0.5) ? 0 : (10 * chance.uniform()).rounded() / 10
        }
        for _ in 0..<size {
            let value = quality(&chance)
            a.append(value)
            if chance.isTrue(1.3 * loss) {
                b.append(value * (chance.isTrue(0.7) ? 0 : 0.5))
                continue
            }
            b.append(chance.isTrue(2 * churn) ? quality(&chance) : value)
        }
        let (x, y) = (a, b)
        return Population(
            name: "answers",
            metrics: { drawn in
                PairedMeans([
                    PairedMeans.Series(name: "F1", reference: drawn.map { x[$0] }, candidate: drawn.map { y[$0] })
                ])
            },
            marks: nil)
    }

    /// Texts of 3 to 30 words, each right or wrong; a text where the candidate fails, fails in more than one word.
    private static func words(_ loss: Double, _ churn: Double, _ seed: UInt64) -> Population {
        var chance = Chance(seed: seed &+ 5)
        var (sizes, a, b): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<size {
            let size = 3 + chance.below(28)
            var (left, right) = (0.0, 0.0)
            let isHard = chance.isTrue(0.5)
            for _ in 0..<size {
                let isRight = chance.isTrue(0.6)
                let rate = isHard ? 2.0 : 0
                let flips = isRight ? chance.isTrue(rate * (loss + churn) / 0.6) : chance.isTrue(rate * churn / 0.4)
                left += isRight ? 1 : 0
                right += isRight != flips ? 1 : 0
            }
            sizes.append(Double(size))
            a.append(left)
            b.append(right)
        }
        let (x, y, z) = (sizes, a, b)
        return Population(
            name: "words",
            metrics: { drawn in
                PairedMeans([
                    PairedMeans.Series(
                        name: "words right", reference: drawn.map { y[$0] }, candidate: drawn.map { z[$0] },
                        sizes: drawn.map { x[$0] })
                ])
            }, marks: nil)
    }
}
