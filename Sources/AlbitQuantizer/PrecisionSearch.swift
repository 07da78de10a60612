import AlbitModel

/// Raises the precision of the fewest sites of a model until a limit holds. A site is a matmul, or the attention, of
/// one applied layer: a place of the `PrecisionMap`.
///
/// With all sites raised, each alone is lowered and measured; the limit is then tried with those that matter most, and
/// what turns out not to be needed is taken back. Everything is measured with the integer kernels, so the same data
/// give the same choice on any machine.
package struct PrecisionSearch {
    /// What all of the data say of a choice.
    package struct Trial: Sendable {
        /// Relative error of the last hidden state.
        package let error: Double
        package let holds: Bool

        package init(error: Double, holds: Bool) {
            self.error = error
            self.holds = holds
        }
    }

    package struct Choice: Sendable {
        package let precision: PrecisionMap
        package let trial: Trial
        /// By how much each site that can be raised, lowered alone, raises the squared error.
        package let gains: [PrecisionMap.Place: Double]
    }

    /// Relative error on a sample of the data: quick.
    private let sampleError: (PrecisionMap) throws -> Double
    private let trial: (PrecisionMap) throws -> Trial
    /// Limit of the relative error, where it is the only one: most trials then need the sample only.
    private let maxError: Double?
    private let progress: (Int, Int) throws -> Void

    package init(
        maxError: Double?, sampleError: @escaping (PrecisionMap) throws -> Double,
        trial: @escaping (PrecisionMap) throws -> Trial,
        progress: @escaping (Int, Int) throws -> Void = { _, _ in }
    ) {
        self.maxError = maxError
        self.sampleError = sampleError
        self.trial = trial
        self.progress = progress
    }

    /// From `base`, which does not hold, towards `top` at no more than `maxSites` sites; nil where that does not hold.
    /// `groups`: sites that share stored weights, tried together first where a second plane of them may be spared.
    package func run(
        base: PrecisionMap, top: PrecisionMap, maxSites: Int, groups: [[PrecisionMap.Place]]
    ) throws -> Choice? {
        let sites = base.places.filter { top[$0] > base[$0] }
        guard !sites.isEmpty, try trial(top).holds else { return nil }
        // From the top down: there the errors of other sites, which may cancel, disturb least.
        let floor = try sampleError(top)
        var gains: [PrecisionMap.Place: Double] = [:]
        for (done, site) in sites.enumerated() {
            var lowered = top
            lowered[site] = base[site]
            let error = try sampleError(lowered)
            gains[site] = error * error - floor * floor
            try progress(done + 1, 2 * sites.count)
        }
        let order = sites.sorted {
            let (first, second) = (gains[$0] ?? 0, gains[$1] ?? 0)
            return first != second ? first > second : $0 < $1
        }

        // So many of the best sites hold: `holding` for certain, as far as the sample tells `count`, fewer than
        // `failing` not.
        var holding = min(maxSites, order.count)
        var precision = raised(order[..<holding], base, top)
        var held = try trial(precision)
        guard held.holds else { return nil }
        // What an error on the sample comes to on all of the data.
        let ratio = try held.error / max(sampleError(precision), .leastNormalMagnitude)
        func promises(_ candidate: PrecisionMap) throws -> Bool {
            if let maxError { return try sampleError(candidate) * ratio <= maxError }
            return try trial(candidate).holds
        }
        // The fewest of the best sites that hold together.
        var failing = 0
        var count = holding
        while count - failing > 1 {
            let middle = (failing + count) / 2
            if try promises(raised(order[..<middle], base, top)) { count = middle } else { failing = middle }
        }
        var step = 1
        while count < holding {
            let candidate = raised(order[..<count], base, top)
            let result = try trial(candidate)
            if result.holds {
                (holding, precision, held) = (count, candidate, result)
            } else {
                count = min(holding, count + step)
                step *= 2
            }
        }

        // Back from the weakest site, then the second planes of weights, all of a matmul first.
        var history = [precision]
        func attempt(_ candidate: PrecisionMap) throws {
            if try promises(candidate) { history.append(candidate) }
        }
        let kept = order[..<holding]
        for (done, site) in kept.reversed().enumerated() {
            var candidate = history[history.count - 1]
            candidate[site] = base[site]
            try attempt(candidate)
            try progress(sites.count + done * sites.count / kept.count, 2 * sites.count)
        }
        for group in groups {
            var candidate = history[history.count - 1]
            guard group.contains(where: { candidate[$0] == .twoByTwo }) else { continue }
            for site in group where candidate[site] == .twoByTwo { candidate[site] = max(.twoPlanes, base[site]) }
            try attempt(candidate)
        }
        for site in kept.reversed() where history[history.count - 1][site] == .twoByTwo && base[site] < .twoByTwo {
            var candidate = history[history.count - 1]
            candidate[site] = .twoPlanes
            try attempt(candidate)
        }
        // The sample promised; all of the data decide how far back it was right.
        var (right, wrong) = (0, history.count)
        var next = history.count - 1
        while next > right {
            let result = try trial(history[next])
            if result.holds { (right, precision, held) = (next, history[next], result) } else { wrong = next }
            next = wrong == right + 1 ? right : (right + wrong) / 2
        }
        try progress(1, 1)
        return Choice(precision: precision, trial: held, gains: gains)
    }

    private func raised(
        _ sites: ArraySlice<PrecisionMap.Place>, _ base: PrecisionMap, _ top: PrecisionMap
    ) -> PrecisionMap {
        var precision = base
        for site in sites { precision[site] = top[site] }
        return precision
    }
}

/// The multiplications that a choice of precision costs.
package struct PrecisionCost {
    package let configuration: Configuration

    package init(_ configuration: Configuration) { self.configuration = configuration }

    /// Sites that share a stored layer's weights, for each matmul that may keep a second plane of them.
    package var groups: [[PrecisionMap.Place]] {
        (0..<configuration.storedLayers).flatMap { layer in
            Site.allCases.filter(\.hasWeights).map { site in
                (0..<configuration.appliedLayers).filter { configuration.storedLayer(at: $0) == layer }
                    .map { PrecisionMap.Place(layer: $0, site: site) }
            }
        }
    }

    /// The highest precision of every site: activations of two planes, and weights of two where the model keeps those.
    package func top(hasSecondPlanes: Bool) -> PrecisionMap {
        PrecisionMap(hasSecondPlanes ? .twoByTwo : .twoPlanes, layers: configuration.appliedLayers)
    }

    /// 8-bit multiplications a token in the transformer layers, for sequences of `length` tokens.
    package func multiplications(_ precision: PrecisionMap, length: Int) -> Int {
        let (h, i) = (configuration.hiddenSize, configuration.intermediateSize)
        var sum = 0
        for place in precision.places {
            let (activations, weights) = (precision[place].activationPlanes, precision[place].weightPlanes)
            let products = activations * weights
            switch place.site {
            // Scores take every pair of digits; softmax weights have two planes of their own.
            case .attention: sum += length * h * (activations * activations + activations * 2)
            case .attentionQKV: sum += 3 * h * h * products
            case .attentionOutput: sum += h * h * products
            case .ffnUp, .ffnDown: sum += h * i * products
            }
        }
        return sum
    }
}
