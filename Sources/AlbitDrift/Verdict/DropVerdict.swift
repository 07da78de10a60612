/// What the interval of a drop allows to say.
package enum DropVerdict: Sendable, Equatable {
    /// The interval lies within the margin, in points, on both sides.
    case equivalent(margin: Double)
    /// All of the interval is above 0.
    case worse
    /// All of the interval is below 0.
    case better
    /// Neither; about `needed` examples of this kind would tell, where any number that people have would.
    case tooFew(needed: Int?)

    package init(_ interval: DropInterval, margin: Double) {
        self = DropVerdict.certain(interval, margin) ?? .tooFew(needed: DropVerdict.needed(interval, margin))
    }

    private static func certain(_ interval: DropInterval, _ margin: Double) -> DropVerdict? {
        if interval.lower >= -margin, interval.upper <= margin { return .equivalent(margin: margin) }
        if interval.lower > 0 { return .worse }
        if interval.upper < 0 { return .better }
        return nil
    }

    /// The number of examples, to two digits, at which a drop of the same size would be judged.
    private static func needed(_ interval: DropInterval, _ margin: Double) -> Int? {
        var (low, high) = (interval.count, interval.count)
        while certain(interval.projected(to: high), margin) == nil {
            low = high
            high *= 2
            if high > 1e7 { return nil }
        }
        for _ in 0..<20 {
            let middle = (low + high) / 2
            if certain(interval.projected(to: middle), margin) == nil { low = middle } else { high = middle }
        }
        var step = 1
        while Int(high) / step >= 100 { step *= 10 }
        return (Int(high.rounded(.up)) + step - 1) / step * step
    }
}
