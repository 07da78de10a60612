import AlbitCommands
import AlbitDrift
import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers
import ArgumentParser

struct Quantize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a checkpoint into one int8 file.",
        discussion: """
            With a limit the precision of as few sites is raised as it takes; exit 1 and no file where nothing suffices.

            \(HelpExample.onSample(
                #"quantize $model -o model.gguf"#, #"quantize $model -o accurate.gguf --preset accurate"#,
                #"quantize $model -o close.gguf --max-error 0.007"#))
            """)

    @Argument(help: "A file, directory or archive of any supported format.", completion: .file())
    var path: String

    @Option(name: [.short, .long], help: "The file to make.", completion: .file())
    var output: String

    @Option(name: .long, help: "plain, default or accurate.")
    var preset = Preset.default

    @Option(name: .long, help: "Calibration data: a text a line, TSV, CSV or JSON lines with text or ids.", completion: .file())
    var calibrate: String?

    @Flag(name: .long, help: "Replace the output where it exists.")
    var force = false

    @OptionGroup var precision: PrecisionArguments
    @OptionGroup var computing: RunArguments
    @OptionGroup var strictness: StrictArguments
    @OptionGroup var source: SourceArguments

    func run() throws {
        let checkpoint = try source.open(path, strict: strictness.strict)
        for note in checkpoint.report.notes { Message.say("note: " + note) }
        let bar = Progress("quantizing")
        var request = QuantizationRequest()
        request.preset = preset
        request.threads = computing.options.threads == 0 ? ThreadPool.availableCPUs : computing.options.threads
        if !computing.kernel.isEmpty { request.kernel = try Kernel(named: computing.kernel) }
        let digest = SourceDigest(checkpoint)
        request.card = checkpoint.card
        request.card.origin.digest = QuantizationRequest.digestPlaceholder
        request.progress = { phase, done, total in bar.update(done, of: total, phase) }
        let tokenizer = try TokenizerReader.read(checkpoint.tokenizerFiles).map { Tokenizer($0) }
        if let tokenizer { request.writeTokenizer = { tokenizer.tables.write(to: &$0) } }
        var calibration: CalibrationData?
        if preset.isCalibrated {
            let data = try CalibrationData.load(calibrate, checkpoint, tokenizer)
            request.calibration = data.sequences
            request.calibrationDescription = data.description
            calibration = data
        }
        let pending: PendingModel
        var drift: DriftReport?
        var raised: PrecisionTuning.Raised?
        if preset.isCalibrated || precision.isSearch {
            let tuning = PrecisionTuning(
                arguments: precision, checkpoint: checkpoint, tokenizer: tokenizer, calibration: calibration, kernel: request.kernel,
                threads: request.threads)
            let made = try tuning.make(request, output, overwrite: force)
            (pending, drift, raised) = (made.file, made.drift, made.raised)
            try pending.store(drift: made.drift.summary)
        } else {
            pending = try Quantizer(source: checkpoint, request: request).write(to: output, overwrite: force)
        }
        try pending.store(sourceDigest: digest.hexDigest())
        let bytes = pending.file.offset
        try pending.finish()
        bar.finish()
        let summary = QuantizationSummary(
            output: output, bytes: bytes, preset: preset, calibration: request.calibrationDescription, drift: drift, raised: raised,
            source: ImportSummary(report: checkpoint.report), isSearched: precision.isSearch)
        let standardOutput = Output()
        try standardOutput.line(computing.json ? summary.json : summary.text)
        try standardOutput.flush()
    }

    /// The last component of a path.
    static func name(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }
}

extension Preset: ExpressibleByArgument {}

