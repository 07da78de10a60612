/// Correlations of two series, as scipy.stats computes them, and their squared difference.
package enum Correlation {
    /// `pearsonr`; nil where a series is constant or shorter than two.
    package static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
        guard x.count == y.count, x.count >= 2 else { return nil }
        return pearson(x, y, weights: [Double](repeating: 1, count: x.count))
    }

    /// `spearmanr`: Pearson's correlation of ranks, ties sharing their mean rank.
    package static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
        guard x.count == y.count else { return nil }
        return pearson(RankedSeries(x).ranks, RankedSeries(y).ranks)
    }

    /// `mean_squared_error`; nil without values.
    package static func meanSquaredError(_ x: [Double], _ y: [Double]) -> Double? {
        guard x.count == y.count, !x.isEmpty else { return nil }
        var sum = 0.0
        for i in x.indices { sum += (x[i] - y[i]) * (x[i] - y[i]) }
        return sum / Double(x.count)
    }

    /// Pearson's correlation with value i counted weights[i] times.
    static func pearson(_ x: [Double], _ y: [Double], weights: [Double]) -> Double? {
        var (n, sumX, sumY) = (0.0, 0.0, 0.0)
        for i in x.indices {
            n += weights[i]
            sumX += weights[i] * x[i]
            sumY += weights[i] * y[i]
        }
        guard n > 1 else { return nil }
        let (meanX, meanY) = (sumX / n, sumY / n)
        var (xx, yy, xy, leastX, leastY) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for i in x.indices where weights[i] > 0 {
            let (a, b) = (x[i] - meanX, y[i] - meanY)
            xx += weights[i] * a * a
            yy += weights[i] * b * b
            xy += weights[i] * a * b
            leastX = max(leastX, abs(a))
            leastY = max(leastY, abs(b))
        }
        // What is constant may miss its own mean by a rounding error; that is no spread.
        guard leastX > 1e-13 * abs(meanX), leastY > 1e-13 * abs(meanY), xx > 0, yy > 0 else { return nil }
        return max(-1, min(1, xy / (xx.squareRoot() * yy.squareRoot())))
    }
}

/// A series and its order, so that ranks of weighted values need no sorting.
struct RankedSeries: Sendable {
    private let order: [Int]
    /// For each place in the order: whether its value is the one before it.
    private let isTie: [Bool]

    init(_ values: [Double]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        self.order = order
        isTie = order.indices.map { $0 > 0 && values[order[$0]] == values[order[$0 - 1]] }
    }

    /// Ranks from 1, ties sharing their mean.
    var ranks: [Double] {
        var result: [Double] = []
        ranks([Double](repeating: 1, count: order.count), into: &result)
        return result
    }

    /// Ranks with value i counted weights[i] times.
    func ranks(_ weights: [Double], into result: inout [Double]) {
        if result.count != order.count { result = [Double](repeating: 0, count: order.count) }
        var below = 0.0
        var first = 0
        while first < order.count {
            var end = first + 1
            var weight = weights[order[first]]
            while end < order.count, isTie[end] {
                weight += weights[order[end]]
                end += 1
            }
            for place in first..<end { result[order[place]] = below + (weight + 1) / 2 }
            below += weight
            first = end
        }
    }
}
