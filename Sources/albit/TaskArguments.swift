import AlbitCommands
import AlbitTasks
import ArgumentParser

/// What every command on text takes.
struct TaskArguments: ParsableArguments {
    @Option(
        name: .long, help: .of("file", in: FillCommand.specification),
        completion: .file())
    var file: String?

    @Option(name: .long, help: .of("columns", in: FillCommand.specification))
    var columns: String?

    @Flag(name: .long, help: .of("strict", in: FillCommand.specification))
    var strict = false

    @Option(
        name: .long, parsing: .unconditional, help: .of("max-length", in: FillCommand.specification))
    var maxLength: Int?

    @Flag(name: .long, help: .of("tsv", in: FillCommand.specification))
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
