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
}
