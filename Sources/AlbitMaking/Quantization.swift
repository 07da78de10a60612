import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitText
import AlbitTokenizers

/// What `quantize` does: a source in any format becomes one int8 file.
package struct Quantization {
    package var preset = Preset.default
    /// A file of texts or ids to calibrate with; nil: the tool's own sentences.
    package var calibrationPath: String?
    package var limits = PrecisionLimits()
    /// The part of the vocabulary that is kept; nil: all of it.
    package var vocabulary: VocabularyChoice?
    package var source = ImportOptions()
    package var compute = ComputeChoice()
    /// Whether a file of that name is replaced.
    package var overwrite = false

    package init() {}

    /// Opens the source, calibrates, searches where limits are given, and writes the file, which appears when all of
    /// it is done.
    package func run(_ path: String, to output: String, observer: MakingObserver) throws -> QuantizationSummary {
        try OutputName.check(
            output, written: [],
            advice: "quantize writes Albit's own .gguf; 'albit convert --weights int8' writes .onnx")
        if !preset.isCalibrated, calibrationPath != nil {
            throw Fault(
                .optionsConflict, "--preset plain calibrates nothing, so that --calibrate would not be read",
                advice: "leave one of them out")
        }
        let original = try OpenedModel.source(path, options: source)
        for note in original.report.notes { observer.note(note) }
        let checkpoint = try vocabulary?.apply(to: original) ?? original
        var request = QuantizationRequest()
        request.preset = preset
        request.threads = compute.threadCount
        request.kernel = try compute.kernel()
        let digest = SourceDigest(original)
        request.card = checkpoint.card
        request.card.origin.digest = QuantizationRequest.digestPlaceholder
        func report(_ detail: String, _ done: Int, _ total: Int) throws(Fault) {
            try observer.step("quantizing", done, of: total, detail)
        }
        request.progress = report
        let tokenizer = try TokenizerReader.read(
            checkpoint.tokenizerFiles, isSegmented: source.isPretokenized
        ).map { Tokenizer($0) }
        if let tokenizer {
            request.tokenizerFormat = tokenizer.tables.formatVersion
            request.writeTokenizer = { tokenizer.tables.write(to: &$0) }
        }
        var calibration: CalibrationData?
        if preset.isCalibrated {
            let data = try CalibrationData.load(calibrationPath, limits.columnChoice(), checkpoint, tokenizer)
            request.calibration = data.sequences
            request.calibrationDescription = data.description
            calibration = data
        }
        let made: PrecisionTuning.Made
        if preset.isCalibrated || limits.isSearch {
            let tuning = PrecisionTuning(
                limits: limits, original: original, checkpoint: checkpoint, tokenizer: tokenizer,
                calibration: calibration,
                kernel: request.kernel, threads: request.threads, observer: observer)
            made = try tuning.make(request, output, overwrite: overwrite)
        } else {
            made = PrecisionTuning.Made(
                file: try Quantizer(source: checkpoint, request: request).write(to: output, overwrite: overwrite))
        }
        if let drift = made.drift { try made.file.store(drift: drift.summary) }
        try made.file.store(sourceDigest: digest.hexDigest())
        let bytes = made.file.file.offset
        try observer.check()
        try made.file.finish()
        return QuantizationSummary(
            output: output, bytes: bytes, preset: preset, calibration: request.calibrationDescription,
            drift: made.drift, raised: made.raised, source: ImportSummary(checkpoint),
            isSearched: limits.isSearch)
    }
}
