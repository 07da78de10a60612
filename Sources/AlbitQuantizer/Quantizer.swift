import AlbitModel
import AlbitRuntime
import AlbitText

/// Makes an int8 model file from the parameters of a source.
package struct Quantizer<Source: ParameterSource> {
    let source: Source
    let request: QuantizationRequest
    let parallel: Parallel
    var configuration: Configuration { source.configuration }

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
        var metric: RoundingMetric?
        if request.preset.isCalibrated {
            metric = try writeCalibrated(plan, &writer, &vectors)
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
            if plan.isHalf(name) {
                try writer.append(values.map { InputTransform.stored($0).bitPattern })
            } else {
                try writer.append(values)
            }
        }
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

    /// A matmul that is rounded as the source has it.
    func floats(_ matmul: QuantizationPlan<Source>.Matmul) throws(Fault) -> FloatLinear {
        FloatLinear(
            name: matmul.name, rows: matmul.rows, columns: matmul.columns,
            weights: try read(.weight(matmul.module), matmul.rows * matmul.columns),
            biases: [
                matmul.hasBias
                    ? try read(.bias(matmul.module), matmul.rows) : [Float](repeating: 0, count: matmul.rows)
            ])
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
