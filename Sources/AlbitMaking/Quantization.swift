import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// What `quantize` does: a source in any format becomes one int8 file.
package struct Quantization {
    package var preset = Preset.default
    /// A file of texts or ids to calibrate with; nil: the tool's own sentences.
    package var calibrationPath: String?
    package var limits = PrecisionLimits()
    /// Bits of a value of the word embedding: 8, or 4 to 6.
    package var embeddingBits = 8
    /// The part of the vocabulary that is kept; nil: all of it.
    package var vocabulary: VocabularyChoice?
    /// Bytes that the file may have: bits of the word embedding, from `embeddingBits` down, and pieces of `vocabulary`
    /// are chosen so that it fits; nil: any number.
    package var maxBytes: Int?
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
        if maxBytes != nil, limits.isSearch {
            throw Fault(
                .optionsConflict, "--max-bytes and a limit of errors or drops are two searches",
                advice: "leave one of them out")
        }
        let kernel = try compute.kernel()
        let digest = SourceDigest(original)
        let size = try maxBytes.map { try searchSize($0, original, output, kernel, observer) }
        let checkpoint =
            try size?.source
            ?? vocabulary?.apply(to: original, isSegmented: source.isPretokenized) ?? original
        let prepared = try prepare(checkpoint, size?.best.bits ?? embeddingBits, kernel, observer)
        let (request, tokenizer, calibration) = (prepared.request, prepared.tokenizer, prepared.calibration)
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
            drift: made.drift, raised: made.raised, size: size, source: ImportSummary(checkpoint),
            isSearched: limits.isSearch)
    }

    /// What a file is made from.
    private struct Prepared {
        var request: QuantizationRequest
        var tokenizer: Tokenizer?
        var calibration: CalibrationData?
    }

    private func prepare(
        _ checkpoint: AlbertSource, _ bits: Int, _ kernel: Kernel, _ observer: MakingObserver
    ) throws -> Prepared {
        var request = QuantizationRequest()
        request.preset = preset
        request.embeddingBits = bits
        request.threads = compute.threadCount
        request.kernel = kernel
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
        return Prepared(request: request, tokenizer: tokenizer, calibration: calibration)
    }

    private func searchSize(
        _ maxBytes: Int, _ original: AlbertSource, _ output: String, _ kernel: Kernel, _ observer: MakingObserver
    ) throws -> SizeSearch.Choice {
        let search = SizeSearch(
            maxBytes: maxBytes, bits: [8, 6, 5, 4].filter { $0 <= embeddingBits }, original: original,
            vocabulary: vocabulary, isSegmented: source.isPretokenized, data: limits.data,
            columns: try limits.columnChoice(), output: output,
            kernel: kernel, threads: compute.threadCount, observer: observer,
            request: { try prepare($0, $1, kernel, observer).request })
        return try search.run()
    }
}
