import AlbitText

/// 95 % intervals of paired drops by a bootstrap of examples with a fixed seed, so that the same data give the same
/// intervals.
///
/// Each example is drawn with both models' answers. Percentiles of the drawn drops are too narrow in two ways, and both
/// are mended: on few examples by a factor (Student's t for the normal quantile, n / (n - 1) for the variance;
/// Hesterberg, 2015), and where few pairs differ by a floor like that of Tango's interval: z² / (n + z²) times what one
/// exchanged answer moves the metric by, added in squares.
package enum PairedBootstrap {
    package static let resamples = 2000
    /// Of fewer examples, or of a class with fewer, nothing can be told.
    static let least = 5.0

    /// An interval for each metric of the answers; nil where one is undefined for them or for too many of the draws.
    package static func intervals(
        _ answers: some PairedAnswers, resamples: Int = PairedBootstrap.resamples, seed: UInt64 = 1
    ) -> [DropInterval?] {
        let metrics = answers.metrics
        let count = answers.examples
        guard count > 0 else { return metrics.map { _ in nil } }
        let whole = drops(answers, answers.weights)
        var drawn = metrics.map { _ in [Double]() }
        for index in metrics.indices { drawn[index].reserveCapacity(resamples) }
        var random = SplitMix64(seed: seed)
        var weights = [Double](repeating: 0, count: answers.cellCount)
        var values = [Double](repeating: .nan, count: 2 * metrics.count)
        let cells = answers.cells
        for _ in 0..<resamples {
            for cell in weights.indices { weights[cell] = 0 }
            for _ in 0..<count { weights[Int(cells[random.below(count)])] += 1 }
            answers.evaluate(weights, into: &values)
            for (index, metric) in metrics.enumerated() {
                let drop = metric.drop(reference: values[index], candidate: values[metrics.count + index])
                if drop.isFinite { drawn[index].append(drop) }
            }
        }
        let freedom = freedom(answers, whole)
        return metrics.indices.map { index in
            guard whole[index].isFinite, 2 * drawn[index].count > resamples, metrics[index].count >= least else {
                return nil
            }
            return interval(
                whole[index], drawn: drawn[index], count: metrics[index].count, flip: metrics[index].flip,
                freedom: freedom[index])
        }
    }

    /// Examples at most that the degrees of freedom are estimated from.
    private static let mostProbes = 2000

    /// Degrees of freedom of each drop's variance: as many as examples where all weigh alike, few where the drop hangs
    /// on a few of them, as it does where hardly any answer differs: 2n / (kurtosis - 1) of what one more example of
    /// each kind moves the drop by.
    private static func freedom(_ answers: some PairedAnswers, _ whole: [Double]) -> [Double] {
        var weights = answers.weights
        let total = weights.reduce(0, +)
        var moments = whole.map { _ in (count: 0.0, sum: 0.0, moved: [(value: Double, weight: Double)]()) }
        for cell in stride(from: 0, to: weights.count, by: (weights.count + mostProbes - 1) / mostProbes) {
            let weight = weights[cell]
            guard weight > 0 else { continue }
            weights[cell] = weight + 1
            for (index, drop) in drops(answers, weights).enumerated() where drop.isFinite && whole[index].isFinite {
                let moved = drop - whole[index]
                moments[index].count += weight
                moments[index].sum += weight * moved
                moments[index].moved.append((moved, weight))
            }
            weights[cell] = weight
        }
        return moments.map { it in
            guard it.count > 0 else { return total }
            let mean = it.sum / it.count
            var (square, fourth) = (0.0, 0.0)
            for (value, weight) in it.moved {
                let distance = (value - mean) * (value - mean)
                square += weight * distance
                fourth += weight * distance * distance
            }
            guard square > 0 else { return total }
            let kurtosis = fourth * it.count / (square * square)
            return kurtosis > 1 ? min(total, 2 * total / (kurtosis - 1)) : total
        }
    }

    private static func drops(_ answers: some PairedAnswers, _ weights: [Double]) -> [Double] {
        let metrics = answers.metrics
        var values = [Double](repeating: .nan, count: 2 * metrics.count)
        answers.evaluate(weights, into: &values)
        return metrics.enumerated().map { $1.drop(reference: values[$0], candidate: values[metrics.count + $0]) }
    }

    static func interval(
        _ drop: Double, drawn: [Double], count: Double, flip: Double, freedom: Double = .infinity
    ) -> DropInterval {
        let sorted = drawn.sorted()
        let factor = widening(min(count, freedom + 1)) * (count / (count - 1)).squareRoot()
        let low = max(0, drop - sorted[Int(0.025 * Double(sorted.count - 1))])
        let high = max(0, sorted[Int((0.975 * Double(sorted.count - 1)).rounded(.up))] - drop)
        return DropInterval(
            drop: drop, count: count, kind: .bootstrap(below: factor * low, above: factor * high, flip: flip))
    }

    /// t(n - 1) over the normal quantile.
    static func widening(_ count: Double) -> Double {
        let v = max(4, count - 1)
        let z = DropInterval.z
        let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
        // Cornish and Fisher's expansion of Student's quantile, to 1e-3 from four degrees of freedom.
        let t =
            z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v)
        return t / z
    }
}
