import AlbitCommands
import AlbitExporters
import AlbitImporters
import AlbitModel
import ArgumentParser
import CPlatform

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change the format of a model, not its weights.",
        discussion: """
            An output that ends in .onnx becomes one ONNX file in which every weight stands once; any other is a \
            directory as Hugging Face lays it out: model.safetensors, config.json and the tokenizer.

            \(HelpExample.onSample(#"convert $model -o model.onnx"#, #"convert $model -o directory"#))
            """)

    @Argument(help: "A file, directory or archive of any supported format.", completion: .file())
    var path: String

    @Option(name: [.short, .long], help: "The .onnx file or the directory to make.", completion: .file())
    var output: String

    @Flag(name: .long, help: "Replace the output where it exists.")
    var force = false

    @OptionGroup var source: SourceArguments

    func run() throws {
        let checkpoint = try Importer.open(path: path, options: source.options)
        for note in checkpoint.report.notes { Message.say("note: " + note) }
        if output.hasSuffix(".onnx") {
            try ONNXExporter.write(checkpoint, name: checkpoint.configuration.architecture.name, to: output, overwrite: force)
            return
        }
        if output.hasSuffix(".gguf") {
            throw CommandError.usage("convert writes ONNX files and Hugging Face directories; GGUF files come from 'albit quantize'")
        }
        switch output.withCString({ platform_kind($0) }) {
        case 0:
            let error = output.withCString { platform_make_directory($0) }
            if error != 0 {
                throw OutputError.cannotCreate(path: output, reason: String(cString: platform_error_text(error)))
            }
        case 2: break
        default: throw CommandError.usage(output + ": is a file; name a directory, or a file that ends in .onnx")
        }
        try SafetensorsExporter.write(checkpoint, to: output + "/model.safetensors", overwrite: force)
        for file in checkpoint.tokenizerFiles { try write(file.bytes, to: file.name) }
        let configuration = HuggingFaceConfiguration(
            configuration: checkpoint.configuration, heads: checkpoint.heads, labels: checkpoint.labels,
            problemType: checkpoint.problemType)
        try write(Array(configuration.text.utf8), to: "config.json")
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        let file = try OutputFile(path: output + "/" + name, overwrite: force)
        try file.write(bytes)
        try file.finish()
    }
}
