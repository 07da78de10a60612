import AlbitDrift
import AlbitText

/// How often the intervals of `albit verify` hold the true drop.
///
///     interval-coverage [DATA SETS A POINT] [RESAMPLES] [PART OF A POPULATION'S NAME]
///
/// For each population, size and true drop: that many data sets are drawn, and the intervals of each of them computed
/// by the code that `albit verify` runs. Prints a line for each metric: its least and mean coverage over all points,
/// and the three worst points below 94 %.
struct Point {
    let metric: String
    let size: Int
    let drop: Double
    let coverage: Double
    let width: Double
}

let words = Array(CommandLine.arguments.dropFirst())
let repeats = words.first.flatMap { Int($0) } ?? 1000
let resamples = words.count > 1 ? Int(words[1]) ?? PairedBootstrap.resamples : PairedBootstrap.resamples
let only = words.count > 2 ? words[2] : ""
let sizes = [20, 50, 100, 200, 500, 1000, 2000]
let losses = [0, 0.0025, 0.005, 0.01, 0.02, 0.03]

func measure(_ population: Population, size: Int, seed: UInt64) -> [Point] {
    let whole = population.metrics(Array(0..<Population.size))
    let names = whole.metrics.map(\.name)
    let values = whole.values()
    let truths = whole.metrics.enumerated().map { index, metric in
        metric.drop(reference: values.reference[index] ?? .nan, candidate: values.candidate[index] ?? .nan)
    }
    var covered = names.map { _ in 0 }
    var judged = covered
    var widths = names.map { _ in 0.0 }
    var tango = (covered: 0, width: 0.0)
    var exact = 0.0
    if let marks = population.marks {
        for index in 0..<Population.size {
            let mark = marks(index)
            exact += (mark.reference ? 1 : 0) - (mark.candidate ? 1 : 0)
        }
        exact /= Double(Population.size)
    }
    var chance = Chance(seed: seed)
    for _ in 0..<repeats {
        let drawn = (0..<size).map { _ in chance.below(Population.size) }
        if let marks = population.marks {
            let pairs = drawn.map(marks)
            let interval = TangoInterval.of(
                lost: Double(pairs.count { $0.reference && !$0.candidate }),
                gained: Double(pairs.count { !$0.reference && $0.candidate }),
                count: Double(size))
            tango.covered += interval.lower <= exact && exact <= interval.upper ? 1 : 0
            tango.width += 100 * (interval.upper - interval.lower)
        }
        let sample = population.metrics(drawn)
        let found = PairedBootstrap.intervals(sample, resamples: resamples)
        for (index, metric) in sample.metrics.enumerated() {
            guard let place = names.firstIndex(of: metric.name), let interval = found[index] else { continue }
            judged[place] += 1
            // The unit of squared errors is the data's own: the population's drop is told in the sample's points.
            let truth = truths[place] * metric.pointsPerUnit / whole.metrics[place].pointsPerUnit
            covered[place] += interval.contains(truth) ? 1 : 0
            widths[place] += interval.upper - interval.lower
        }
    }
    var points = names.indices.filter { judged[$0] > repeats / 2 }.map {
        Point(
            metric: population.name + ": " + names[$0], size: size, drop: truths[$0],
            coverage: Double(covered[$0]) / Double(judged[$0]),
            width: widths[$0] / Double(judged[$0]))
    }
    if population.marks != nil {
        points.append(
            Point(
                metric: population.name + ": right answers (Tango)", size: size, drop: 100 * exact,
                coverage: Double(tango.covered) / Double(repeats),
                width: tango.width / Double(repeats)))
    }
    return points
}

func text(_ value: Double) -> String { DecimalText.fixed(value, digits: 1) }

func report(_ points: [Point]) {
    var seen: [String] = []
    for point in points where !seen.contains(point.metric) { seen.append(point.metric) }
    for metric in seen {
        let of = points.filter { $0.metric == metric }
        let least = of.map(\.coverage).min() ?? 0
        let mean = of.reduce(0) { $0 + $1.coverage } / Double(of.count)
        let large = of.filter { $0.size == 1000 }
        let width = large.reduce(0) { $0 + $1.width } / Double(max(1, large.count))
        print(metric, "| least", text(100 * least), "| mean", text(100 * mean), "| width at 1000", text(width))
        for point in of.sorted(by: { $0.coverage < $1.coverage }).prefix(3) where point.coverage < 0.94 {
            print(
                "    n \(point.size), drop \(DecimalText.fixed(point.drop, digits: 2)): \(text(100 * point.coverage))")
        }
    }
}

for make in Population.all {
    if !only.isEmpty, !make(0, 0, 42).name.contains(only) { continue }
    var points: [Point] = []
    for churn in [0.002, 0.02] {
        for loss in losses {
            let population = make(loss, churn, 42)
            for size in sizes {
                points += measure(population, size: size, seed: UInt64(size) &* 1000 &+ UInt64(loss * 1e5))
            }
        }
    }
    report(points)
}
