import AlbitCommands
import AlbitImporters
import AlbitMaking
import AlbitModel
import ArgumentParser

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what is in a model file, checkpoint or archive.",
        discussion: """
            Format and writer, configuration, copies of the shared layer that were merged, heads, what is ignored and why.

            \(HelpExample.onSample("inspect $model"))
            """)

    @Argument(help: "A file or directory of any supported format.", completion: .file())
    var path: String

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @Flag(name: .long, help: "List every tensor.")
    var tensors = false

    @OptionGroup var strictness: StrictArguments
    @OptionGroup var source: SourceArguments

    func run() throws {
        let opened = try OpenedModel(path: path, options: source.options)
        if case .source(let source) = opened.content { try GraphProof.prove(source, strict: strictness.strict) }
        let inspection =
            switch opened.content {
            case .albit(let file): try Inspection(file)
            case .source(let source): Inspection(source)
            }
        try InspectCommand(json: json, tensors: tensors).run(inspection, output: Output())
    }
}

extension Inspection {
    /// Of an imported checkpoint.
    init(_ source: AlbertSource) {
        self.init(configuration: source.configuration)
        let report = source.report
        path = report.path
        format = report.format + (report.writer.map { ", written by " + $0 } ?? "")
            + (report.naming.isEmpty ? "" : ", names of " + report.naming)
        configurationOrigin =
            switch report.configuration {
            case .file(let name): "from " + name
            case .inferred(let how): "inferred: " + how
            }
        tensors = report.tensors.map { Tensor(name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: $0.bytes) }
        uniqueParameters = report.uniqueParameters
        uniqueBytes = report.uniqueBytes
        fileBytes = report.fileBytes
        merged = report.merged.map { ($0.kept, $0.duplicates) }
        ignored = report.ignored.map { ($0.name, $0.reason) }
        heads = source.card.heads
        labels = source.card.labels
        tokenizer = source.tokenizerFiles.map(\.name).joined(separator: ", ")
        notes = report.notes
        proof = report.proof
        if !report.root.isEmpty { notes.append("the transformer was found under '" + report.root + "'") }
    }
}
