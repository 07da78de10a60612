/// One number an example: Pearson's and Spearman's correlation with the truth, mean squared error. The points of the
/// error are percent of the truth's variance, so that they compare with those of a coefficient of determination.
package struct PairedValues: PairedAnswers {
    package let cells: [Int32]
    package var cellCount: Int { truth.count }
    package private(set) var metrics: [PairedMetric] = []
    private let truth: [Double]
    private let reference: [Double]
    private let candidate: [Double]
    private let ranked: [RankedSeries]

    /// `hasError`: whether values and truth have the same unit, so that their difference means something.
    package init(
        truth: [Double], reference: [Double], candidate: [Double], names: (String, String) = ("Pearson", "Spearman"),
        hasError: Bool = true
    ) {
        (self.truth, self.reference, self.candidate) = (truth, reference, candidate)
        cells = truth.indices.map { Int32($0) }
        ranked = [RankedSeries(truth), RankedSeries(reference), RankedSeries(candidate)]
        let mean = truth.reduce(0, +) / Double(max(1, truth.count))
        let variance = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, truth.count))
        let perUnit = variance > 0 ? 100 / variance : 100
        metrics = [
            PairedMetric(name: names.0, count: Double(truth.count), flip: PairedValues.flip(truth, reference)),
            PairedMetric(
                name: names.1, count: Double(truth.count), flip: PairedValues.flip(ranked[0].ranks, ranked[1].ranks)),
        ]
        if hasError {
            metrics.append(
                PairedMetric(
                    name: "mean squared error", scale: .raw, isHigherBetter: false, pointsPerUnit: perUnit,
                    count: Double(truth.count),
                    flip: perUnit * PairedValues.errorFlip(truth, reference)))
        }
    }

    package func evaluate(_ weights: [Double], into values: inout [Double]) {
        var (x, a, b): ([Double], [Double], [Double]) = ([], [], [])
        ranked[0].ranks(weights, into: &x)
        ranked[1].ranks(weights, into: &a)
        ranked[2].ranks(weights, into: &b)
        let count = metrics.count
        values[0] = Correlation.pearson(truth, reference, weights: weights) ?? .nan
        values[1] = Correlation.pearson(x, a, weights: weights) ?? .nan
        values[count] = Correlation.pearson(truth, candidate, weights: weights) ?? .nan
        values[count + 1] = Correlation.pearson(x, b, weights: weights) ?? .nan
        guard count > 2 else { return }
        var (n, left, right) = (0.0, 0.0, 0.0)
        for i in truth.indices {
            n += weights[i]
            left += weights[i] * (truth[i] - reference[i]) * (truth[i] - reference[i])
            right += weights[i] * (truth[i] - candidate[i]) * (truth[i] - candidate[i])
        }
        values[2] = n > 0 ? left / n : .nan
        values[count + 2] = n > 0 ? right / n : .nan
    }

    /// What Pearson's correlation, in points and times n, moves by when an example gets the answer to another.
    private static func flip(_ x: [Double], _ y: [Double]) -> Double {
        let n = Double(x.count)
        guard let whole = Correlation.pearson(x, y) else { return 100 }
        let (meanX, meanY) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let (u, v) = (x.map { $0 - meanX }, y.map { $0 - meanY })
        let (xx, yy) = (u.reduce(0) { $0 + $1 * $1 }, v.reduce(0) { $0 + $1 * $1 })
        let xy = zip(u, v).reduce(0) { $0 + $1.0 * $1.1 }
        var squares = 0.0
        for i in u.indices {
            let other = v[(i + x.count / 2) % x.count]
            let sum = other - v[i]
            let square = yy + other * other - v[i] * v[i] - sum * sum / n
            let product = xy + u[i] * (other - v[i])
            guard square > 0 else { continue }
            let moved = 100 * n * (product / (xx * square).squareRoot() - whole)
            squares += moved * moved
        }
        return (squares / n).squareRoot()
    }

    private static func errorFlip(_ x: [Double], _ y: [Double]) -> Double {
        guard !x.isEmpty else { return 1 }
        var squares = 0.0
        for i in x.indices {
            let (before, after) = (x[i] - y[i], x[i] - y[(i + x.count / 2) % x.count])
            let moved = after * after - before * before
            squares += moved * moved
        }
        return (squares / Double(x.count)).squareRoot()
    }
}
