import AlbitDrift
import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers
import CPlatform

/// Measures a model file that is being made, and searches for the precision that keeps its limits.
struct PrecisionTuning {
    /// What was raised and what it costs.
    struct Raised {
        var choice: PrecisionSearch.Choice
        var configuration: Configuration
        var before: Double
        var trials: Int
        /// Milliseconds for a sequence of `length` tokens, before and after.
        var milliseconds: (before: Double, after: Double)
        var length: Int
        var base: PrecisionMap

        var sites: Int { base.places.count { choice.precision[$0] > base[$0] } }
    }

    /// A complete file that has not appeared yet, what was measured of it, and what was raised.
    struct Made {
        var file: PendingModel
        var drift: DriftReport?
        var raised: Raised?
    }

    let limits: PrecisionLimits
    /// The checkpoint with its whole vocabulary.
    let original: AlbertSource
    let checkpoint: AlbertSource
    let tokenizer: Tokenizer?
    /// What to measure on where no data are given.
    let calibration: CalibrationData?
    let kernel: Kernel
    let threads: Int
    let observer: MakingObserver

    private static let sampleTokens = 1024
    private static let costLength = 128

    /// Sequences to measure on, and what they are in words.
    private func inputs(_ reference: Model) throws -> (inputs: [EncoderInput], description: String) {
        guard let path = limits.data else {
            guard let calibration else {
                throw Fault(.argumentsMissing, "--max-error with --preset plain needs --data FILE")
            }
            return (calibration.sequences, calibration.description)
        }
        let maxTokens = HiddenProbe.maxBytes / (4 * checkpoint.configuration.hiddenSize)
        let context = TaskContext(reference)
        var data = try DataFile(path: path, columns: limits.columnChoice())
        var inputs: [EncoderInput] = []
        var tokens = 0
        while tokens < maxTokens, let example = try data.next() {
            let input = try context.sequence(example, path).input(0)
            inputs.append(input)
            tokens += input.ids.count
        }
        guard !inputs.isEmpty else { throw Fault(.dataEmpty, in: path, "holds no example") }
        return (inputs, String(inputs.count) + " sequences of " + CalibrationData.name(of: path))
    }

    /// Makes the file so that the limits hold, and stores the drift that was measured. Throws a failed check where
    /// nothing suffices; nothing appears under the file's name then.
    func make(_ request: QuantizationRequest, _ output: String, overwrite: Bool) throws -> Made {
        var request = request
        var pending = try Quantizer(source: checkpoint, request: request).write(to: output, overwrite: overwrite)
        let reference = Model(
            path: checkpoint.report.path, weights: try EncoderWeights(checkpoint), tokenizer: tokenizer,
            card: checkpoint.card)
        let measured = try inputs(reference)
        func measuring(_ done: Int, _ total: Int) throws(Fault) { try observer.step("measuring", done, of: total) }
        let all = try HiddenProbe(
            reference: reference.weights, inputs: measured.inputs, kernel: kernel, threads: threads, progress: measuring
        )
        let baseWeights = try EncoderWeights(ModelFile(path: pending.temporaryPath))
        let base = baseWeights.precision
        let sites = base.places.count
        let before = try all.discrepancy(of: baseWeights)
        var report = DriftReport()
        (report.examples, report.tokens, report.hidden, report.dataPath) = (
            all.sequences, all.tokens, before, measured.description
        )
        guard limits.isSearch else { return Made(file: pending, drift: report) }
        let task = try limits.maxDrop.map {
            try TaskProbe(
                reference: original === checkpoint
                    ? reference : OpenedModel.floats(original), candidate: reference,
                data: limits.data ?? "", columns: limits.columnChoice(), limit: $0,
                kernel: kernel,
                threads: threads)
        }
        var trials = 0
        var last = before
        func trial(_ weights: EncoderWeights) throws -> PrecisionSearch.Trial {
            try observer.check()
            trials += 1
            last = try all.discrepancy(of: weights)
            let error = last.relativeL2
            let close = limits.maxError.map { error <= $0 } ?? true
            return PrecisionSearch.Trial(error: error, holds: try close && (task?.holds(weights) ?? true))
        }
        if try trial(baseWeights).holds { return Made(file: pending, drift: report) }

        let sample = try HiddenProbe(
            reference: reference.weights, inputs: HiddenProbe.sample(measured.inputs, tokens: Self.sampleTokens),
            kernel: kernel,
            threads: threads)
        let cost = PrecisionCost(checkpoint.configuration)
        func search(_ weights: EncoderWeights, hasSecondPlanes: Bool, maxSites: Int) throws -> PrecisionSearch.Choice? {
            let search = PrecisionSearch(
                maxError: task == nil ? limits.maxError : nil,
                sampleError: { try sample.discrepancy(of: EncoderWeights(weights, precision: $0)).relativeL2 },
                trial: { try trial(EncoderWeights(weights, precision: $0)) },
                progress: { try observer.step("searching", $0, of: $1) })
            return try search.run(
                base: base, top: cost.top(hasSecondPlanes: hasSecondPlanes), maxSites: maxSites, groups: cost.groups)
        }
        // A second plane of weights costs bytes, so it comes where planes of activations are not enough at half of the
        // sites.
        var choice = try search(
            baseWeights, hasSecondPlanes: false, maxSites: request.preset.isCalibrated ? sites / 2 : sites)
        if choice == nil, request.preset.isCalibrated {
            request.keepsAllSecondPlanes = true
            pending.discard()
            pending = try Quantizer(source: checkpoint, request: request).write(to: output, overwrite: overwrite)
            choice = try search(
                EncoderWeights(ModelFile(path: pending.temporaryPath)), hasSecondPlanes: true, maxSites: sites)
        }
        guard let choice else {
            let top = cost.top(hasSecondPlanes: request.keepsAllSecondPlanes)
            let error = try trial(
                EncoderWeights(EncoderWeights(ModelFile(path: pending.temporaryPath)), precision: top)
            ).error
            throw Fault(
                .precisionNotFound,
                """
                no precision keeps the limit: with all \(sites) sites raised the error is \
                \(DecimalText.fixed(error, digits: 4))
                """
                    + (task.map { ", " + $0.found } ?? "")
                    + (request.keepsAllSecondPlanes ? "; the embedding tables stay 8-bit" : "")
                    + "; no file was made")
        }
        pending.discard()
        request.keepsAllSecondPlanes = false
        request.precision = choice.precision
        pending = try Quantizer(source: checkpoint, request: request).write(to: output, overwrite: overwrite)
        let weights = try EncoderWeights(ModelFile(path: pending.temporaryPath))
        _ = try trial(weights)
        report.hidden = last
        let raised = try Raised(
            choice: choice, configuration: checkpoint.configuration, before: before.relativeL2, trials: trials,
            milliseconds: (time(baseWeights), time(weights)), length: costLength, base: base)
        return Made(file: pending, drift: report, raised: raised)
    }

    private var costLength: Int { min(Self.costLength, checkpoint.configuration.maxPositionEmbeddings) }

    /// Median milliseconds of one sequence.
    private func time(_ weights: EncoderWeights) throws -> Double {
        let session = try Session(weights: weights, kernel: kernel, threads: threads)
        let vocabulary = checkpoint.configuration.vocabSize
        let input = EncoderInput(ids: (0..<costLength).map { Int32($0 * 7919 % vocabulary) })
        var times: [Double] = []
        for _ in 0..<9 {
            let start = platform_now()
            try session.encode([input])
            times.append(1000 * (platform_now() - start))
        }
        return times.sorted()[4]
    }
}
