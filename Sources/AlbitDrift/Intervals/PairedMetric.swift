/// A metric that both models have a value of.
package struct PairedMetric: Sendable, Equatable {
    /// What a value means: percent of what is possible, or a number in the unit of the data.
    package enum Scale: Sendable, Equatable { case percent, raw }

    package let name: String
    package let scale: Scale
    /// False for errors and perplexities.
    package let isHigherBetter: Bool
    /// Points of the drop for one unit of the value's difference.
    package let pointsPerUnit: Double
    /// How many examples the metric is about: all of them, or those of one class.
    package let count: Double
    /// By how much, in points, the metric moves (root mean square) when the answer to one of those examples is
    /// exchanged for another one, times their number. Intervals do not become narrower than the chance that what was
    /// never seen to happen happens all the same.
    package let flip: Double

    package init(
        name: String, scale: Scale = .percent, isHigherBetter: Bool = true, pointsPerUnit: Double = 100, count: Double,
        flip: Double
    ) {
        self.count = count
        self.name = name
        self.scale = scale
        self.isHigherBetter = isHigherBetter
        self.pointsPerUnit = pointsPerUnit
        self.flip = flip
    }

    /// The drop in points: above 0 where the candidate is worse.
    package func drop(reference: Double, candidate: Double) -> Double {
        pointsPerUnit * (isHigherBetter ? reference - candidate : candidate - reference)
    }
}

/// Both models' answers to the same examples, in the form that metrics are made of: examples that count the same share
/// a cell, and all metrics are functions of how often each cell occurs.
package protocol PairedAnswers: Sendable {
    /// The cell of each example.
    var cells: [Int32] { get }
    var cellCount: Int { get }
    var metrics: [PairedMetric] { get }

    /// Values of the metrics with cell i counted weights[i] times, the reference's first, then the candidate's; NaN
    /// where one is undefined. `values` has room for both.
    func evaluate(_ weights: [Double], into values: inout [Double])
}

extension PairedAnswers {
    package var examples: Int { cells.count }

    /// How often each cell occurs.
    var weights: [Double] {
        var result = [Double](repeating: 0, count: cellCount)
        for cell in cells { result[Int(cell)] += 1 }
        return result
    }

    /// The values over all examples; nil where a metric is undefined.
    package func values() -> (reference: [Double?], candidate: [Double?]) {
        var values = [Double](repeating: .nan, count: 2 * metrics.count)
        evaluate(weights, into: &values)
        let all = values.map { $0.isNaN ? nil : $0 }
        return (Array(all[..<metrics.count]), Array(all[metrics.count...]))
    }
}
