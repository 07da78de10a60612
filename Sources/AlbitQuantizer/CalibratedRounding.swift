import AlbitModel
import AlbitRuntime
import AlbitText

// Rounding that knows what passes and what it comes to: means, gradients and Hessians of calibration sequences.
extension Quantizer {
    /// Share of the mean diagonal that is added to what rounding minimizes.
    private static var damping: Double { 0.1 }
    private static var projectionDamping: Double { 0.01 }
    private static var tableDamping: Double { 0.03 }

    /// Writes all panels; returns what errors of embedding rows come to.
    func writeCalibrated(
        _ plan: QuantizationPlan<Source>, _ writer: inout ModelWriter, _ vectors: inout [TensorName: [Float]]
    ) throws(Fault) -> RoundingMetric? {
        guard !request.calibration.isEmpty else {
            throw Fault(
                .quantizerEmptyCalibration, "calibration needs at least one sequence",
                advice: "give a file with --calibrate")
        }
        let weights = try EncoderWeights(source)
        let calibration = try Calibration(
            weights: weights, sequences: request.calibration, kernel: request.kernel, threads: request.threads,
            parallel: parallel)
        func meansMeasured(_ done: Int, _ total: Int) throws(Fault) {
            try request.progress("measuring means", done, total)
        }
        try calibration.measureMeans(progress: meansMeasured)
        let gradients = GradientPass(
            backpropagation: Backpropagation(
                weights: weights, table: request.kernel.table.pointee, parallel: parallel),
            sequences: request.calibration, means: calibration.means)

        let rounder = LinearRounder(parallel: parallel)
        func emit(_ linear: QuantizedLinear) throws(Fault) {
            vectors[TensorName(linear.name, .scale)] = linear.scales
            vectors[TensorName(linear.name, .bias)] = linear.bias
            if !linear.shift.isEmpty { vectors[TensorName(linear.name, .shift)] = linear.shift }
            vectors[TensorName(linear.name, .gain)] = linear.gains
            try writer.append(linear.panels)
            guard let second = linear.secondPlane else { return }
            vectors[TensorName(linear.name, .secondScale)] = second.scales
            try writer.append(second.panels)
        }
        let c = configuration
        var embedded = plan.projection.map {
            InputTransform(columns: $0.columns, rotated: true, shift: calibration.embeddedMean)
        }
        var tables: Hessian?
        // Matrices of a shared layer are few; an unshared model's layers are measured in groups to bound memory.
        var measured = 0..<0
        var importances: [LayerImportance] = []
        for layer in 0..<c.storedLayers {
            let phase = "layer " + String(layer + 1) + " of " + String(c.storedLayers)
            if !measured.contains(layer) {
                importances = []
                measured = gradients.layers(from: layer)
                func followed(_ done: Int, _ total: Int) throws(Fault) {
                    try request.progress(phase + ": gradients", done, total)
                }
                let found = try gradients.measure(measured, embeddings: layer == 0, progress: followed)
                importances = found.layers
                if let sums = found.embeddings { tables = sums }
            }
            let importance = importances[layer - measured.lowerBound]
            let balance =
                HeadBalance(c, energies: importance.heads, parallel: parallel)
            let means = calibration.means[layer]
            let folded = try LayerFolder(source: source, means: means, balance: balance).fold(layer)
            func rotated(_ site: Site, _ columns: Int) -> InputTransform {
                let gains = importance.gains(site)
                return InputTransform(
                    columns: columns, rotated: true, shifts: means[site] ?? [],
                    gains: gains.isEmpty ? [Float](repeating: 1, count: columns) : gains)
            }
            let transforms: [Site: InputTransform] = [
                .attentionQKV: rotated(.attentionQKV, c.hiddenSize),
                .attentionOutput: InputTransform(
                    columns: c.hiddenSize, rotated: false, shifts: folded.attentionOutputMeans,
                    values: (balance.values, means[.attentionOutput] ?? [])),
                .ffnUp: rotated(.ffnUp, c.hiddenSize), .ffnDown: rotated(.ffnDown, c.intermediateSize),
            ]
            func calibrated(_ done: Int, _ total: Int) throws(Fault) {
                try request.progress(phase + ": calibrating", done, total)
            }
            importance.outputs[.attentionQKV]?.turn(balance, AttentionRows(c))
            // The widest input has a pass of its own, when the widest outputs are rounded: matrices of both are never
            // there together.
            for sites in [
                [(Site.attentionQKV, folded.qkv), (.attentionOutput, folded.attentionOutput), (.ffnUp, folded.ffnUp)],
                [(.ffnDown, folded.ffnDown)],
            ] {
                let hessians = try calibration.measureHessians(
                    layer: layer, transforms: transforms.filter { place in sites.contains { $0.0 == place.key } },
                    importance: importance, embedded: embedded, progress: calibrated)
                for hessian in [hessians.embedded] + Site.allCases.map({ hessians.sites[$0] })
                where hessian?.isFinite == false { throw tooLarge("the activations of layer \(layer + 1)") }
                if let projection = plan.projection, let transform = embedded {
                    try emit(
                        rounder.round(
                            try floats(projection), transform: transform,
                            metric: hessians.embedded.map { metric($0, Self.projectionDamping) }))
                    embedded = nil
                }
                for (i, (site, linear)) in sites.enumerated() {
                    try request.progress(phase + ": rounding", i, sites.count)
                    guard let transform = transforms[site] else { continue }
                    let outputs =
                        importance.take(site).flatMap { $0.isFinite ? metric($0, Self.damping) : nil }
                    var rounded = rounder.round(
                        linear, transform: transform, metric: hessians.sites[site].map { metric($0, Self.damping) },
                        outputs: outputs, hasSecondPlane: plan.secondPlanes.contains(linear.name))
                    if site == .attentionQKV { rounded = rounded.withQueryBias(AttentionRows(c)) }
                    try emit(rounded)
                }
            }
        }
        for head in plan.heads {
            try emit(
                rounder.round(
                    try floats(head), transform: InputTransform(columns: head.columns, rotated: false, shift: []),
                    metric: nil))
        }
        return tables.flatMap { $0.isFinite ? metric($0, Self.tableDamping) : nil }
    }

    private func tooLarge(_ what: String) -> Fault {
        Fault(
            .quantizerNotFinite, in: request.card.origin.file,
            "\(what) are so large that their squares are infinite in float32",
            advice: "the weights are damaged, or trained without bounds; --preset plain measures no activations")
    }

    private func metric(_ hessian: Hessian, _ damping: Double) -> RoundingMetric {
        RoundingMetric(hessian, damping: damping, parallel: parallel)
    }
}

extension QuantizedLinear {
    /// The key's bias cancels in softmax, the value's was moved behind the attention: only the query keeps one.
    func withQueryBias(_ rows: AttentionRows) -> QuantizedLinear {
        var bias = bias
        for row in bias.indices where rows.origin(of: row % rows.count)?.part != .query { bias[row] = 0 }
        return QuantizedLinear(
            name: name, panels: panels, scales: scales, bias: bias, shift: shift, gains: gains,
            secondPlane: secondPlane)
    }
}
