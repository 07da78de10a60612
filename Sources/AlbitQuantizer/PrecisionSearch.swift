import AlbitModel

/// Raises the precision of the fewest sites of a model until a limit holds. A site is a matmul, or the attention, of
/// one applied layer: an entry of `ModelFile.precision`.
///
/// With all sites raised, each alone is lowered and measured; the limit is then tried with those that matter most, and
/// what turns out not to be needed is taken back. Everything is measured with the integer kernels, so the same data give the same choice on
/// any machine.
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
        package let precision: [UInt8]
        package let trial: Trial
        /// By how much each site, lowered alone, raises the squared error; 0 where it cannot be raised.
        package let gains: [Double]
    }

    /// Relative error on a sample of the data: quick.
    private let sampleError: ([UInt8]) throws -> Double
    private let trial: ([UInt8]) throws -> Trial
    /// Limit of the relative error, where it is the only one: most trials then need the sample only.
    private let maxError: Double?
    private let progress: (Int, Int) -> Void

    package init(
        maxError: Double?, sampleError: @escaping ([UInt8]) throws -> Double, trial: @escaping ([UInt8]) throws -> Trial,
        progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) {
        self.maxError = maxError
        self.sampleError = sampleError
        self.trial = trial
        self.progress = progress
    }

    /// From `base`, which does not hold, towards `top` at no more than `most` sites; nil where that does not hold.
    /// `groups`: sites that share stored weights, tried together first where a second plane of them may be spared.
    package func run(base: [UInt8], top: [UInt8], most: Int, groups: [[Int]]) throws -> Choice? {
        let sites = base.indices.filter { top[$0] > base[$0] }
        guard !sites.isEmpty, try trial(top).holds else { return nil }
        // From the top down: there the errors of other sites, which may cancel, disturb least.
        let least = try sampleError(top)
        var gains = [Double](repeating: 0, count: base.count)
        for (done, site) in sites.enumerated() {
            var lowered = top
            lowered[site] = base[site]
            let error = try sampleError(lowered)
            gains[site] = error * error - least * least
            progress(done + 1, 2 * sites.count)
        }
        let order = sites.sorted { gains[$0] != gains[$1] ? gains[$0] > gains[$1] : $0 < $1 }

        var high = min(most, order.count)
        var precision = raised(order[..<high], base, top)
        var held = try trial(precision)
        guard held.holds else { return nil }
        // What an error on the sample comes to on all of the data.
        let ratio = try held.error / max(sampleError(precision), .leastNormalMagnitude)
        func promises(_ candidate: [UInt8]) throws -> Bool {
            if let maxError { return try sampleError(candidate) * ratio <= maxError }
            return try trial(candidate).holds
        }
        // The fewest of the best sites that hold together.
        var low = 0
        var count = high
        while count - low > 1 {
            let middle = (low + count) / 2
            if try promises(raised(order[..<middle], base, top)) { count = middle } else { low = middle }
        }
        var step = 1
        while count < high {
            let candidate = raised(order[..<count], base, top)
            let result = try trial(candidate)
            if result.holds {
                (high, precision, held) = (count, candidate, result)
            } else {
                count = min(high, count + step)
                step *= 2
            }
        }

        // Back from the weakest site, then the second planes of weights, all of a matmul first.
        var history = [precision]
        func attempt(_ candidate: [UInt8]) throws {
            if try promises(candidate) { history.append(candidate) }
        }
        let kept = order[..<high]
        for (done, site) in kept.reversed().enumerated() {
            var candidate = history[history.count - 1]
            candidate[site] = base[site]
            try attempt(candidate)
            progress(sites.count + done * sites.count / kept.count, 2 * sites.count)
        }
        for group in groups {
            var candidate = history[history.count - 1]
            guard group.contains(where: { candidate[$0] == 3 }) else { continue }
            for site in group where candidate[site] == 3 { candidate[site] = max(2, base[site]) }
            try attempt(candidate)
        }
        for site in kept.reversed() where history[history.count - 1][site] == 3 && base[site] < 3 {
            var candidate = history[history.count - 1]
            candidate[site] = 2
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
        progress(1, 1)
        return Choice(precision: precision, trial: held, gains: gains)
    }

    private func raised<Sites: Sequence<Int>>(_ sites: Sites, _ base: [UInt8], _ top: [UInt8]) -> [UInt8] {
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
    package var groups: [[Int]] {
        (0..<configuration.storedLayers).flatMap { layer in
            Site.allCases.filter(\.takesLowWeights).map { site in
                (0..<configuration.appliedLayers).filter { configuration.storedLayer(at: $0) == layer }
                    .map { $0 * Site.count + site.rawValue }
            }
        }
    }

    /// The highest precision of every site: activations of two planes, and weights of two where `low`.
    package func top(low: Bool) -> [UInt8] {
        (0..<configuration.appliedLayers).flatMap { _ in Site.allCases.map { low && $0.takesLowWeights ? UInt8(3) : 2 } }
    }

    /// 8-bit multiplications a token in the transformer layers, for sequences of `length` tokens.
    package func multiplications(_ precision: [UInt8], length: Int) -> Int {
        let (h, i) = (configuration.hiddenSize, configuration.intermediateSize)
        var sum = 0
        for (index, planes) in precision.enumerated() {
            switch Site(rawValue: index % Site.count) {
            // Scores take every pair of digits; softmax weights have two planes of their own.
            case .attention?: sum += length * h * (planes == 1 ? 1 + 2 : 4 + 4)
            case .attentionQKV?: sum += 3 * h * h * times(planes)
            case .attentionOutput?: sum += h * h * times(planes)
            case .ffnUp?, .ffnDown?: sum += h * i * times(planes)
            case nil: break
            }
        }
        return sum
    }

    private func times(_ planes: UInt8) -> Int { planes == 3 ? 4 : Int(planes) }
}
