/// Correlations of two series, as scipy.stats computes them.
package enum Correlation {
    /// `pearsonr`; nil where a series is constant or shorter than two.
    package static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
        guard x.count == y.count, x.count >= 2 else { return nil }
        let n = Double(x.count)
        let meanX = x.reduce(0, +) / n
        let meanY = y.reduce(0, +) / n
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for i in x.indices {
            xx += (x[i] - meanX) * (x[i] - meanX)
            yy += (y[i] - meanY) * (y[i] - meanY)
            xy += (x[i] - meanX) * (y[i] - meanY)
        }
        guard xx > 0, yy > 0 else { return nil }
        return max(-1, min(1, xy / (xx.squareRoot() * yy.squareRoot())))
    }

    /// `spearmanr`: Pearson's correlation of ranks, ties sharing their mean rank.
    package static func spearman(_ x: [Double], _ y: [Double]) -> Double? { pearson(ranks(x), ranks(y)) }

    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var result = [Double](repeating: 0, count: values.count)
        var first = 0
        while first < order.count {
            var last = first
            while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
            for i in first...last { result[order[i]] = Double(first + last) / 2 + 1 }
            first = last + 1
        }
        return result
    }
}
