import AlbitModel
import AlbitRuntime
import AlbitText

/// How much each site of each applied layer adds to the error of an int8 model, by measurement: the site alone is
/// computed with 16-bit inputs, or with 8-bit ones where it has 16-bit ones already.
package struct SiteSensitivity: Sendable {
    /// Part of the squared error that the site's 8-bit inputs make: [layer][site]. Errors of different sites may
    /// cancel, so a value may be below 0.
    package let shares: [[Double]]
    /// What the model works with there.
    package let precision: PrecisionMap
    package let tokens: Int

    /// Tokens that are measured at most, about.
    static let sampleTokens = 512

    /// Nil for a candidate of floats. Inputs are the same pieces, as each of the models numbers them. `progress` gets
    /// sites done and all of them.
    package static func measure(
        reference: EncoderWeights, candidate: EncoderWeights, inputs: [EncoderInput],
        candidateInputs: [EncoderInput], kernel: Kernel, threads: Int,
        progress: (Int, Int) throws(Fault) -> Void
    ) throws(Fault) -> SiteSensitivity? {
        let layers = candidate.configuration.appliedLayers
        guard candidate.isInt8, !inputs.isEmpty else { return nil }
        let probe = try HiddenProbe(
            reference: reference, inputs: inputs, candidateInputs: candidateInputs, kernel: kernel, threads: threads)
        func square(_ precision: PrecisionMap) throws(Fault) -> Double {
            let error = try probe.discrepancy(of: EncoderWeights(candidate, precision: precision)).relativeL2
            return error * error
        }
        let base = candidate.precision
        let whole = try square(base)
        var shares: [[Double]] = []
        for layer in 0..<layers {
            var row: [Double] = []
            for site in Site.allCases {
                let isNarrow = base[layer, site] == .onePlane
                var changed = base
                changed[layer, site] = isNarrow ? .twoPlanes : .onePlane
                let difference = try square(changed) - whole
                row.append(whole > 0 ? (isNarrow ? -difference : difference) / whole : 0)
                try progress(layer * Site.count + row.count, layers * Site.count)
            }
            shares.append(row)
        }
        return SiteSensitivity(shares: shares, precision: base, tokens: probe.tokens)
    }
}
