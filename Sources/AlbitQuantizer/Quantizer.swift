import AlbitModel
import AlbitRuntime
import AlbitText

/// Makes an int8 model file from the parameters of a source.
package struct Quantizer<Source: ParameterSource> {
    let source: Source
    let request: QuantizationRequest
    let parallel: Parallel
    private var configuration: Configuration { source.configuration }

    package init(source: Source, request: QuantizationRequest) throws(Fault) {
        self.source = source
        self.request = request
        parallel = try Parallel(threads: request.threads)
    }

    /// Writes the whole file under a temporary name, computes its self-test with the integer kernels, and returns
    /// the file for the caller to finish, so that nothing appears where a later check fails.
    package func write(to path: String, overwrite: Bool) throws(Fault) -> PendingModel {
        let plan = QuantizationPlan(source: source, request: request)
        if let missing = plan.missing {
            throw Fault(
                .quantizerMissingParameter,
                "the source has no parameter '\(missing.name(configuration))', which every model of its kind needs")
        }
        let file = try OutputFile(path: path, overwrite: overwrite)
        var writer = ModelWriter(file: file)
        plan.describe(&writer)
        try writer.begin()

        var vectors: [TensorName: [Float]] = [:]
        if request.preset.isCalibrated {
            try writeCalibrated(plan, &writer, &vectors)
        } else {
            try writePlain(plan, &writer, &vectors)
        }
        for name in plan.vectorOrder {
            let values: [Float]
            if let known = vectors[name] {
                values = known
            } else if let parameter = plan.parameter(of: name) {
                values = try read(parameter, plan.count(of: name))
            } else {
                values = []
            }
            if name.role == .shift {
                try writer.append(values.map { InputTransform.stored($0).bitPattern })
            } else {
                try writer.append(values)
            }
        }
        let metric = request.preset.isCalibrated ? try tableMetric() : nil
        for table in plan.tables {
            if let packing = table.packing {
                try writePackedTable(table, packing, metric, &writer)
            } else {
                try writeTable(table, metric, &writer)
            }
        }
        try writer.finishChecksums()
        try fillSelfTest(writer)
        return PendingModel(
            file: file, driftOffset: ModelCard.driftOffset(in: writer.header),
            digestOffset: request.card.origin.digest == QuantizationRequest.digestPlaceholder
                ? ModelCard.digestOffset(in: writer.header) : nil)
    }

    /// Bytes of the file that `write` would make, without making it.
    package func fileBytes(beside path: String) throws(Fault) -> Int {
        let plan = QuantizationPlan(source: source, request: request)
        let file = try OutputFile(path: path, overwrite: true)
        defer { file.discard() }
        var writer = ModelWriter(file: file)
        plan.describe(&writer)
        return writer.completedHeader().count + writer.totalBytes
    }

    func read(_ parameter: Parameter, _ count: Int) throws(Fault) -> [Float] {
        try source.values(parameter, count: count)
    }

    // Calibrated presets ----------------------------------------------------------------------

    private func writeCalibrated(
        _ plan: QuantizationPlan<Source>, _ writer: inout ModelWriter, _ vectors: inout [TensorName: [Float]]
    ) throws(Fault) {
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

        let rounder = LinearRounder(parallel: parallel)
        func emit(_ linear: QuantizedLinear) throws(Fault) {
            vectors[TensorName(linear.name, .scale)] = linear.scales
            vectors[TensorName(linear.name, .bias)] = linear.bias
            if !linear.shift.isEmpty { vectors[TensorName(linear.name, .shift)] = linear.shift }
            try writer.append(linear.panels)
            guard let second = linear.secondPlane else { return }
            vectors[TensorName(linear.name, .secondScale)] = second.scales
            try writer.append(second.panels)
        }
        // Hessians of a shared layer are few; those of an unshared model are measured layer by layer to bound memory.
        let c = configuration
        let valueRotation = HeadRotation(size: c.headSize, seed: 0x56)
        var embedded = plan.projection.map {
            InputTransform(columns: $0.columns, rotated: true, shift: calibration.embeddedMean)
        }
        for layer in 0..<c.storedLayers {
            let means = calibration.means[layer]
            let folded = try LayerFolder(source: source, means: means).fold(layer)
            let transforms: [Site: InputTransform] = [
                .attentionQKV: InputTransform(columns: c.hiddenSize, rotated: true, shift: means[.attentionQKV] ?? []),
                .attentionOutput: InputTransform(
                    columns: c.hiddenSize, rotated: false, shift: folded.attentionOutputMean,
                    values: (valueRotation, means[.attentionOutput] ?? [])),
                .ffnUp: InputTransform(columns: c.hiddenSize, rotated: true, shift: means[.ffnUp] ?? []),
                .ffnDown: InputTransform(columns: c.intermediateSize, rotated: true, shift: means[.ffnDown] ?? []),
            ]
            var all = Array(repeating: [Site: InputTransform](), count: c.storedLayers)
            all[layer] = transforms
            let phase = "layer " + String(layer + 1) + " of " + String(c.storedLayers)
            let projectionTransform = embedded
            func calibrated(_ done: Int, _ total: Int) throws(Fault) {
                try request.progress(phase + ": calibrating", done, total)
            }
            let hessians = try calibration.measureHessians(
                layers: layer..<(layer + 1), transforms: all, embedded: projectionTransform, progress: calibrated)
            for hessian in [hessians.embedded] + Site.allCases.map({ hessians.layers[0][$0] })
            where hessian?.isFinite == false {
                throw Quantizer.tooLarge(request.card.origin.file, "the activations of layer \(layer + 1)")
            }
            if let projection = plan.projection, let transform = embedded {
                try emit(
                    rounder.round(
                        try floats(projection), transform: transform, metric: hessians.embedded.map { metric($0, 0.01) }
                    ))
                embedded = nil
            }
            let sites: [(Site, FloatLinear)] = [
                (.attentionQKV, folded.qkv), (.attentionOutput, folded.attentionOutput), (.ffnUp, folded.ffnUp),
                (.ffnDown, folded.ffnDown),
            ]
            for (i, (site, linear)) in sites.enumerated() {
                try request.progress(phase + ": rounding", i, sites.count)
                guard let transform = transforms[site] else { continue }
                var rounded = rounder.round(
                    linear, transform: transform, metric: hessians.layers[0][site].map { metric($0, 0.1) },
                    hasSecondPlane: plan.secondPlanes.contains(linear.name))
                if site == .attentionQKV { rounded = rounded.withQueryBias(AttentionRows(c)) }
                try emit(rounded)
            }
        }
        for head in plan.heads {
            try emit(
                rounder.round(
                    try floats(head), transform: InputTransform(columns: head.columns, rotated: false, shift: []),
                    metric: nil))
        }
    }

    private func metric(_ hessian: Hessian, _ damping: Double) -> RoundingMetric {
        RoundingMetric(hessian, damping: damping, parallel: parallel)
    }

    /// What errors of an embedding row come to at the hidden state: the LayerNorm's weights and the projection behind
    /// them. Nil for models without a projection, where the LayerNorm treats all channels nearly alike.
    private func tableMetric() throws(Fault) -> RoundingMetric? {
        let c = configuration
        guard c.hasEmbeddingProjection else { return nil }
        let gains = try read(.weight(.embeddingNorm), c.embeddingSize)
        var rows = try read(.weight(.projection), c.hiddenSize * c.embeddingSize)
        for i in rows.indices { rows[i] *= gains[i % c.embeddingSize] }
        let hessian = Hessian(
            transform: InputTransform(columns: c.embeddingSize, rotated: false, shift: []), parallel: parallel)
        rows.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            hessian.add(base, stride: c.embeddingSize, count: c.hiddenSize)
        }
        hessian.finish()
        return metric(hessian, 0.01)
    }

    /// A matmul that is rounded as the source has it.
    private func floats(_ matmul: QuantizationPlan<Source>.Matmul) throws(Fault) -> FloatLinear {
        FloatLinear(
            name: matmul.name, rows: matmul.rows, columns: matmul.columns,
            weights: try read(.weight(matmul.module), matmul.rows * matmul.columns),
            bias: matmul.hasBias
                ? try read(.bias(matmul.module), matmul.rows) : [Float](repeating: 0, count: matmul.rows))
    }

    private static func tooLarge(_ file: String, _ what: String) -> Fault {
        Fault(
            .quantizerNotFinite, in: file, "\(what) are so large that their squares are infinite in float32",
            advice: "the weights are damaged, or trained without bounds; --preset plain measures no activations")
    }

    /// The digest of a fixed sequence, computed by the file itself with the integer kernels.
    private func fillSelfTest(_ writer: ModelWriter) throws(Fault) {
        guard let offset = writer.header.valueOffset(of: ModelKey.selfTestDigest) else { return }
        try writer.file.flush()
        let weights = try EncoderWeights(ModelFile(path: writer.file.temporary))
        let session = try Session(weights: weights, kernel: request.kernel, threads: request.threads)
        let encoded = try session.encode([EncoderInput(ids: QuantizationPlan<Source>.selfTestIds(configuration))])
        try writer.file.patch(at: offset, Array(encoded[0].digest.utf8))
    }
}

extension QuantizedLinear {
    /// The key's bias cancels in softmax, the value's was moved behind the attention: only the query keeps one.
    func withQueryBias(_ rows: AttentionRows) -> QuantizedLinear {
        var bias = bias
        for row in bias.indices where rows.origin(of: row)?.part != .query { bias[row] = 0 }
        return QuantizedLinear(
            name: name, panels: panels, scales: scales, bias: bias, shift: shift, secondPlane: secondPlane)
    }
}

/// A complete model file that has not appeared under its name yet.
package struct PendingModel {
    package let file: OutputFile
    let driftOffset: Int?
    let digestOffset: Int?

    /// Where it can be opened until then.
    package var temporaryPath: String { file.temporary }

    /// Stores a drift summary (JSON, at most `ModelCard.driftBytes` bytes; what is longer is left out).
    package func store(drift: String) throws(Fault) {
        guard let driftOffset, drift.utf8.count <= ModelCard.driftBytes else { return }
        let padding = [UInt8](repeating: 0x20, count: ModelCard.driftBytes - drift.utf8.count)
        try file.patch(at: driftOffset, Array(drift.utf8) + padding)
    }

    /// Stores the source's digest in place of `QuantizationRequest.digestPlaceholder`, which must have been asked for.
    package func store(sourceDigest: String) throws(Fault) {
        guard let digestOffset, sourceDigest.utf8.count == QuantizationRequest.digestPlaceholder.utf8.count else {
            fatalError("no place was kept for the source's digest")
        }
        try file.patch(at: digestOffset, Array(sourceDigest.utf8))
    }

    package func finish() throws(Fault) { try file.finish() }

    /// Gives the file up: nothing appears under its name.
    package func discard() { file.discard() }
}
