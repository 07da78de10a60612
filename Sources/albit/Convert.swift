import AlbitCommands
import AlbitMaking
import ArgumentParser

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change the format of a model, not its weights.",
        discussion: """
            An output that ends in .onnx becomes one ONNX file in which every weight stands once, one that ends in \
            .gguf a GGUF file of floats that Albit reads again; any other is a directory as Hugging Face lays it out: \
            model.safetensors, config.json and the tokenizer.

            \(HelpExample.onSample(
                #"convert $model -o model.onnx"#, #"convert $model -o int8.onnx --weights int8"#,
                #"convert $model -o half.gguf --weights f16"#, #"convert $model -o directory"#))
            """)

    @Argument(help: "A file, directory or archive of any supported format.", completion: .file())
    var path: String

    @Option(name: [.short, .long], help: "The .onnx or .gguf file or the directory to make.", completion: .file())
    var output: String

    @Option(name: .long, help: "f32; f16 in a .gguf; int8 in an .onnx, a scale for each output channel and each token.")
    var weights = Conversion.Weights.f32

    @Flag(name: .long, help: "Replace the output where it exists.")
    var force = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @Option(name: .long, help: "Which columns of --keep-vocabulary are for what, as in text=review.")
    var columns: String?

    @OptionGroup var vocabulary: VocabularyArguments
    @OptionGroup var strictness: StrictArguments
    @OptionGroup var source: SourceArguments

    func validate() throws {
        let kind =
            output.hasSuffix(".onnx") ? "an .onnx file" : output.hasSuffix(".gguf") ? "a .gguf file" : "a directory"
        switch (weights, kind) {
        case (.f32, _), (.f16, "a .gguf file"), (.int8, "an .onnx file"): break
        case (.int8, "a .gguf file"):
            throw ValidationError("int8 GGUF files come from 'albit quantize'; convert writes f32 and f16.")
        default:
            throw ValidationError(
                "--weights \(weights.rawValue) is not for \(kind): f16 goes into a .gguf file, int8 into an .onnx file."
            )
        }
    }

    func run() throws {
        var conversion = Conversion(
            to: output, weights: weights, source: source.options(strict: strictness.strict), overwrite: force)
        conversion.vocabulary = vocabulary.choice(columns: columns)
        let summary = try conversion.run(path, observer: TerminalObserver().observer)
        try Output().print(json ? summary.json : summary.text)
    }
}

extension Conversion.Weights: ExpressibleByArgument {}
