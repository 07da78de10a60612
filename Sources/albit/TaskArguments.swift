import AlbitCommands
import AlbitTasks
import ArgumentParser

/// What every command on text takes.
struct TaskArguments: ParsableArguments {
    @Option(
        name: .long, help: "Read texts from a file: a line each, TSV, CSV, JSON, CoNLL, SQuAD; - is standard input.",
        completion: .file())
    var file: String?

    @Option(name: .long, help: "Which columns of the file are for what, as in text=review,pair=reply.")
    var columns: String?

    @Flag(name: .long, help: "Refuse a text that is too long instead of cutting it.")
    var strict = false

    @Option(
        name: .long, parsing: .unconditional, help: "Most tokens of a sequence. (default: all that the model takes)")
    var maxLength: Int?

    @Flag(name: .long, help: "Print columns with tabs between them.")
    var tsv = false

    @OptionGroup var computing: RunArguments
    @OptionGroup var source: SourceArguments

    func validate() throws {
        if let maxLength, !(1...1_000_000).contains(maxLength) {
            throw ValidationError("--max-length is \(maxLength), expected 1 to 1000000.")
        }
    }

    /// The model at a path; with `--strict`, one from a graph is proved first.
    func load(_ path: String) throws -> Model { try source.load(path, strict: strict) }

    /// `offsets` where the command takes `--offsets`.
    func options(offsets: OffsetUnit = .bytes) throws -> TaskOptions {
        var options = TaskOptions(run: computing.options)
        options.tsv = tsv
        options.file = try TextFile(path: file, columns: columns)
        options.strict = strict
        options.maxLength = maxLength ?? 0
        options.countsCharacters = offsets == .characters
        return options
    }
}
