import AlbitText

/// Paired statistics that tell drift from noise.
package enum Statistics {
    /// Exact two-sided McNemar test: the chance that `onlyReference` and `onlyCandidate` (examples that just one of
    /// two models gets right) differ so much or more if both models are equally good.
    package static func mcNemar(onlyReference: Int, onlyCandidate: Int) -> Double {
        let n = onlyReference + onlyCandidate
        guard n > 0 else { return 1 }
        let k = min(onlyReference, onlyCandidate)
        // Binomial(n, 1/2) up to k, from logarithms built by addition so that nothing over- or underflows.
        var probability = 0.0
        var term = 1.0
        var scale = 0
        for i in 0...k {
            if i > 0 {
                term *= Double(n - i + 1) / Double(i)
                while term > 0x1p512 {
                    term *= 0x1p-512
                    probability *= 0x1p-512
                    scale += 512
                }
            }
            probability += term
        }
        var exponent = scale - n
        while exponent < 0, probability > 0 {
            let step = max(exponent, -512)
            probability *= Double(sign: .plus, exponent: step, significand: 1)
            exponent -= step
        }
        return min(1, 2 * probability)
    }

    /// Percentile bootstrap of the drop in entity F1, in points: sentences are drawn, their counts added up.
    package static func bootstrapF1Drop(
        _ reference: [(correct: Int32, predicted: Int32, expected: Int32)],
        _ candidate: [(correct: Int32, predicted: Int32, expected: Int32)], resamples: Int = 2000, seed: UInt64 = 1
    ) -> ClosedRange<Double>? {
        guard !reference.isEmpty, reference.count == candidate.count else { return nil }
        var random = SplitMix64(seed: seed)
        func f1(_ correct: Int, _ others: Int) -> Double { others == 0 ? 0 : 2 * Double(correct) / Double(others) }
        var drops: [Double] = []
        drops.reserveCapacity(resamples)
        for _ in 0..<resamples {
            var (hitsA, othersA, hitsB, othersB) = (0, 0, 0, 0)
            for _ in reference.indices {
                let drawn = random.below(reference.count)
                let (a, b) = (reference[drawn], candidate[drawn])
                hitsA += Int(a.correct)
                othersA += Int(a.predicted) + Int(a.expected)
                hitsB += Int(b.correct)
                othersB += Int(b.predicted) + Int(b.expected)
            }
            drops.append(100 * (f1(hitsA, othersA) - f1(hitsB, othersB)))
        }
        drops.sort()
        return drops[Int(0.025 * Double(resamples - 1))]...drops[Int((0.975 * Double(resamples - 1)).rounded(.up))]
    }

    /// Percentile bootstrap of the mean of paired differences: resamples with a fixed seed, so that the same data
    /// give the same interval.
    package static func bootstrapMean(
        _ differences: [Double], confidence: Double = 0.95, resamples: Int = 2000, seed: UInt64 = 1
    ) -> ClosedRange<Double>? {
        guard !differences.isEmpty else { return nil }
        var random = SplitMix64(seed: seed)
        var means: [Double] = []
        means.reserveCapacity(resamples)
        for _ in 0..<resamples {
            var sum = 0.0
            for _ in differences.indices { sum += differences[random.below(differences.count)] }
            means.append(sum / Double(differences.count))
        }
        means.sort()
        let tail = (1 - confidence) / 2
        let low = means[Int(tail * Double(resamples - 1))]
        let high = means[Int(((1 - tail) * Double(resamples - 1)).rounded(.up))]
        return low...high
    }
}
