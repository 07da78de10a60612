import AlbitCommands
import AlbitMaking
import ArgumentParser

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what is in a model file, checkpoint or archive.",
        discussion: """
            Format and writer, configuration, copies of the shared layer that were merged, heads, what is ignored and \
            why.

            \(HelpExample.onSample("inspect $model"))
            """)

    @Argument(help: "A file or directory of any supported format.", completion: .file())
    var path: String

    @Flag(name: .long, help: .of("json", in: CommandTable.inspect))
    var json = false

    @Flag(name: .long, help: .of("tensors", in: CommandTable.inspect))
    var tensors = false

    @OptionGroup var strictness: StrictArguments
    @OptionGroup var source: SourceArguments

    func run() throws {
        let opened = try OpenedModel(path: path, options: source.options(strict: strictness.strict))
        try opened.prove()
        let inspection = try Inspection(opened)
        try InspectCommand(json: json, tensors: tensors).run(inspection, output: Output())
    }
}
