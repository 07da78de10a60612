import AlbitModel

/// Which layers of a graph are one: copies are told by content.
struct LayerSharing {
    /// Stored layer of each applied one, numbered by first use.
    var stored: [Int]
    var groups: Int
    var innerGroups: Int
    /// Applied layers (groups of `innerGroups` each).
    var hiddenLayers: Int
    /// By stored layer of the configuration: an applied layer that has its weights.
    var representatives: [Int]

    /// The fewest stored layers that Hugging Face's rule maps onto this sequence.
    init(stored: [Int], isShared: Bool) {
        self.stored = stored
        let count = stored.count
        var best = (groups: count, inner: 1)
        if isShared {
            for inner in 1...max(1, min(count, 64)) where count % inner == 0 {
                for groups in 1...(count / inner) where groups * inner < best.groups * best.inner {
                    if LayerSharing.fits(stored, groups: groups, inner: inner) { best = (groups, inner) }
                }
            }
        }
        groups = best.groups
        innerGroups = best.inner
        hiddenLayers = count / best.inner
        var representatives = [Int](repeating: 0, count: best.groups * best.inner)
        for step in stored.indices.reversed() {
            representatives[LayerSharing.layer(step, count, best.groups, best.inner)] = step
        }
        self.representatives = representatives
    }

    private static func layer(_ step: Int, _ count: Int, _ groups: Int, _ inner: Int) -> Int {
        min((step / inner) * groups / (count / inner), groups - 1) * inner + step % inner
    }

    private static func fits(_ stored: [Int], groups: Int, inner: Int) -> Bool {
        var kind = [Int?](repeating: nil, count: groups * inner)
        for (step, identity) in stored.enumerated() {
            let layer = layer(step, stored.count, groups, inner)
            if let known = kind[layer], known != identity { return false }
            kind[layer] = identity
        }
        return !kind.contains(nil)
    }
}
