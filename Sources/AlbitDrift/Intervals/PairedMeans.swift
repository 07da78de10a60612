/// Figures that are means over examples, or over what examples hold: F1 of answers, recall@k, reciprocal ranks, tag
/// accuracy, masked words.
package struct PairedMeans: PairedAnswers {
    /// One figure: sums of both models and what they are divided by, for each example.
    package struct Series: Sendable {
        let name: String
        let reference: [Double]
        let candidate: [Double]
        let sizes: [Double]

        /// `sizes`: 1 for each example that counts, 0 for one that does not, more where it holds more than one of what
        /// is counted; without them each example counts once.
        package init(name: String, reference: [Double], candidate: [Double], sizes: [Double]? = nil) {
            self.name = name
            self.reference = reference
            self.candidate = candidate
            self.sizes = sizes ?? [Double](repeating: 1, count: reference.count)
        }
    }

    package let cells: [Int32]
    package var cellCount: Int { cells.count }
    package let metrics: [PairedMetric]
    private let series: [Series]

    package init(_ series: [Series]) {
        self.series = series
        let count = series.first?.sizes.count ?? 0
        cells = (0..<count).map { Int32($0) }
        metrics = series.map { it in
            // One of what is counted, from wholly right to wholly wrong.
            let judged = Double(it.sizes.count { $0 > 0 })
            return PairedMetric(
                name: it.name, count: judged, flip: judged > 0 ? 100 * judged / it.sizes.reduce(0, +) : 100)
        }
    }

    package func evaluate(_ weights: [Double], into values: inout [Double]) {
        for (index, it) in series.enumerated() {
            var (left, right, size) = (0.0, 0.0, 0.0)
            for i in weights.indices where weights[i] > 0 {
                left += weights[i] * it.reference[i]
                right += weights[i] * it.candidate[i]
                size += weights[i] * it.sizes[i]
            }
            values[index] = size > 0 ? left / size : .nan
            values[series.count + index] = size > 0 ? right / size : .nan
        }
    }
}
