/// Tango's score interval for the difference of two paired shares (Statistics in Medicine 17, 1998): it does not
/// collapse where no pair differs.
package enum TangoInterval {
    /// The interval of (lost - gained) / count, as shares: pairs that only the reference gets right are `lost`, those
    /// that only the candidate gets right `gained`. `count` is at least 1. Counts need not be whole: what-if questions
    /// ask for shares of other sizes.
    package static func of(
        lost: Double, gained: Double, count: Double, z: Double = DropInterval.z
    ) -> (lower: Double, upper: Double) {
        let drop = (lost - gained) / count
        return (
            -bound(lost: gained, gained: lost, count, -drop, z), bound(lost: lost, gained: gained, count, drop, z)
        )
    }

    /// The largest difference that the score test does not reject, by bisection: the score falls in it.
    private static func bound(lost: Double, gained: Double, _ n: Double, _ drop: Double, _ z: Double) -> Double {
        var (low, high) = (drop, 1.0)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { break }
            if isTenable(middle, lost, gained, n, z) { low = middle } else { high = middle }
        }
        return low
    }

    /// Whether |score| <= z at a difference above the observed one.
    private static func isTenable(
        _ difference: Double, _ lost: Double, _ gained: Double, _ n: Double, _ z: Double
    ) -> Bool {
        // The likelihood's maximum under this difference: the share that only the candidate gets right.
        let a = 2 * n
        let b = -lost - gained + (2 * n - lost + gained) * difference
        let c = -gained * difference * (1 - difference)
        let gainedShare = max(0, ((max(0, b * b - 4 * a * c)).squareRoot() - b) / (2 * a))
        let variance = n * (2 * gainedShare + difference * (1 - difference))
        let distance = n * difference - (lost - gained)
        return distance * distance <= z * z * variance
    }
}
