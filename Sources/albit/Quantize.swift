import AlbitCommands
import AlbitMaking
import AlbitQuantizer
import ArgumentParser

struct Quantize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a checkpoint into one int8 file.",
        discussion: """
            With a limit the precision of as few sites is raised as it takes; exit 1 and no file where nothing suffices.

            \(HelpExample.onSample(
                #"quantize $model -o model.gguf"#, #"quantize $model -o accurate.gguf --preset accurate"#,
                #"quantize $model -o close.gguf --max-error 0.004"#))
            """)

    @Argument(help: "A file, directory or archive of any supported format.", completion: .file())
    var path: String

    @Option(name: [.short, .long], help: "The file to make.", completion: .file())
    var output: String

    @Option(name: .long, help: "plain, default or accurate.")
    var preset = Preset.default

    @Option(
        name: .long, help: "Calibration data: a text a line, or texts or ids as for verify --data.", completion: .file()
    )
    var calibrate: String?

    @Option(name: .long, help: "Bits of a value of the word embedding: 8, 6, 5 or 4.")
    var embeddings = 8

    @Option(
        name: .long,
        help: """
            Largest file, as in 4M, 2.8M or 900K (millions, thousands of bytes): bits of word rows, and pieces of \
            --keep-vocabulary, are chosen so that it is as accurate as it gets.
            """,
        transform: ByteCount.parse)
    var maxBytes: Int?

    @Flag(name: .long, help: "Replace the output where it exists.")
    var force = false

    @OptionGroup var vocabulary: VocabularyArguments
    @OptionGroup var precision: PrecisionArguments
    @OptionGroup var computing: RunArguments
    @OptionGroup var strictness: StrictArguments
    @OptionGroup var source: SourceArguments

    func validate() throws {
        guard [8, 6, 5, 4].contains(embeddings) else {
            throw ValidationError("--embeddings is \(embeddings), expected 8, 6, 5 or 4.")
        }
    }

    func run() throws {
        var quantization = Quantization()
        quantization.preset = preset
        quantization.calibrationPath = calibrate
        quantization.limits = precision.limits
        quantization.embeddingBits = embeddings
        quantization.maxBytes = maxBytes
        quantization.vocabulary = vocabulary.choice(columns: precision.columns)
        quantization.source = source.options(strict: strictness.strict)
        quantization.compute = computing.choice
        quantization.overwrite = force
        let terminal = TerminalObserver()
        let summary = try quantization.run(path, to: output, observer: terminal.observer)
        terminal.finish()
        try Output().print(computing.json ? summary.json : summary.text)
    }
}

extension Preset: ExpressibleByArgument {}
