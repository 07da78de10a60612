/// A 95 % interval of the paired drop of a metric, in points, and how it would shrink with more examples.
package struct DropInterval: Sendable, Equatable {
    /// What it was made from.
    package enum Kind: Sendable, Equatable {
        /// Pairs that only the reference, or only the candidate, gets right.
        case tango(lost: Double, gained: Double)
        /// How far the draws reach below and above the drop, and what one exchanged answer moves the metric by, times
        /// the number of examples.
        case bootstrap(below: Double, above: Double, flip: Double)
    }

    package let drop: Double
    package let lower: Double
    package let upper: Double
    /// Examples that the metric is about.
    package let count: Double
    private let kind: Kind

    /// The 97.5 % quantile of the normal distribution.
    static let z = 1.959963984540054

    package init(drop: Double, count: Double, kind: Kind) {
        self.drop = drop
        self.count = count
        self.kind = kind
        switch kind {
        case .tango(let lost, let gained):
            let shares = TangoInterval.of(lost: lost, gained: gained, count: count)
            (lower, upper) = (100 * shares.lower, 100 * shares.upper)
        case .bootstrap(let below, let above, let flip):
            let z2 = DropInterval.z * DropInterval.z
            let floor = z2 / (count + z2) * flip
            lower = drop - (below * below + floor * floor).squareRoot()
            upper = drop + (above * above + floor * floor).squareRoot()
        }
    }

    /// Of a share of right answers. `count` is at least 1.
    package init(lost: Int, gained: Int, count: Int) {
        self.init(
            drop: 100 * Double(lost - gained) / Double(count), count: Double(count),
            kind: .tango(lost: Double(lost), gained: Double(gained)))
    }

    package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

    /// The interval that `count` examples of the same kind would give.
    package func projected(to count: Double) -> DropInterval {
        let factor = count / self.count
        switch kind {
        case .tango(let lost, let gained):
            return DropInterval(drop: drop, count: count, kind: .tango(lost: factor * lost, gained: factor * gained))
        case .bootstrap(let below, let above, let flip):
            let root = factor.squareRoot()
            return DropInterval(
                drop: drop, count: count, kind: .bootstrap(below: below / root, above: above / root, flip: flip))
        }
    }
}
