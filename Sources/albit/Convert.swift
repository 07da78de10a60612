import AlbitCommands
import AlbitExporters
import AlbitImporters
import AlbitModel
import AlbitText
import AlbitTokenizers
import ArgumentParser
import CPlatform

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change the format of a model, not its weights.",
        discussion: """
            An output that ends in .onnx becomes one ONNX file in which every weight stands once, one that ends in .gguf a GGUF \
            file of floats that Albit reads again; any other is a directory as Hugging Face lays it out: model.safetensors, \
            config.json and the tokenizer.

            \(HelpExample.onSample(
                #"convert $model -o model.onnx"#, #"convert $model -o int8.onnx --weights int8"#, #"convert $model -o half.gguf --weights f16"#,
                #"convert $model -o directory"#))
            """)

    enum Weights: String, ExpressibleByArgument, CaseIterable {
        case f32, f16, int8
    }

    @Argument(help: "A file, directory or archive of any supported format.", completion: .file())
    var path: String

    @Option(name: [.short, .long], help: "The .onnx or .gguf file or the directory to make.", completion: .file())
    var output: String

    @Option(name: .long, help: "f32; f16 in a .gguf; int8 in an .onnx, a scale for each output channel and each token.")
    var weights = Weights.f32

    @Flag(name: .long, help: "Replace the output where it exists.")
    var force = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var strictness: StrictArguments
    @OptionGroup var source: SourceArguments

    func validate() throws {
        let kind = output.hasSuffix(".onnx") ? "an .onnx file" : output.hasSuffix(".gguf") ? "a .gguf file" : "a directory"
        switch (weights, kind) {
        case (.f32, _), (.f16, "a .gguf file"), (.int8, "an .onnx file"): break
        case (.int8, "a .gguf file"): throw ValidationError("int8 GGUF files come from 'albit quantize'; convert writes f32 and f16.")
        default: throw ValidationError("--weights \(weights.rawValue) is not for \(kind): f16 goes into a .gguf file, int8 into an .onnx file.")
        }
    }

    func run() throws {
        let checkpoint = try source.open(path, strict: strictness.strict)
        for note in checkpoint.report.notes { Message.say("note: " + note) }
        try write(checkpoint)
        let summary = ConversionSummary(output: output, weights: weights.rawValue, source: ImportSummary(report: checkpoint.report))
        let standardOutput = Output()
        try standardOutput.line(json ? summary.json : summary.text)
        try standardOutput.flush()
    }

    private func write(_ checkpoint: AlbertSource) throws {
        if output.hasSuffix(".onnx") {
            try ONNXExporter.write(
                checkpoint, name: checkpoint.configuration.architecture.name, weights: weights == .int8 ? .int8 : .float, to: output,
                overwrite: force)
            return
        }
        if output.hasSuffix(".gguf") { return try writeGGUF(checkpoint) }
        switch output.withCString({ platform_kind($0) }) {
        case 0:
            let error = output.withCString { platform_make_directory($0) }
            if error != 0 {
                throw Fault(
                    .outputCannotCreate, in: output,
                    "cannot be created: \(String(cString: platform_error_text(error)))")
            }
        case 2: break
        default:
            throw Fault(
                .outputNotDirectory, in: output, "is a file", advice: "name a directory, or a file that ends in .onnx")
        }
        try SafetensorsExporter.write(checkpoint, to: output + "/model.safetensors", overwrite: force)
        for file in checkpoint.tokenizerFiles { try write(file.bytes, to: file.name) }
        let configuration = HuggingFaceConfiguration(configuration: checkpoint.configuration, card: checkpoint.card)
        try write(Array(configuration.text.utf8), to: "config.json")
    }

    private func writeGGUF(_ checkpoint: AlbertSource) throws {
        var card = checkpoint.card
        card.origin.digest = try checkpoint.sha256()
        var details = GGUFDetails(card)
        details.files = checkpoint.tokenizerFiles.map { ($0.name, $0.bytes) }
        if let tokenizer = try TokenizerReader.read(checkpoint.tokenizerFiles).map({ Tokenizer($0) }) {
            details.writeTokenizer = { tokenizer.tables.write(to: &$0) }
        }
        try GGUFExporter.write(
            checkpoint, details: details, precision: weights == .f16 ? .f16 : .f32, to: output, overwrite: force)
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        let file = try OutputFile(path: output + "/" + name, overwrite: force)
        try file.write(bytes)
        try file.finish()
    }
}
