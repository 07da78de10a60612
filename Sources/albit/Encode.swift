import AlbitCommands
import AlbitRuntime
import AlbitTasks
import AlbitText
import ArgumentParser

struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the encoder's outputs and their digest.",
        discussion: """
            The digest is SHA-256 of the last hidden state, [tokens][hidden size] float32. The same model and input \
            give the same digest on every CPU, with every kernel and number of threads.

            \(HelpExample.onSample(#"encode $model "a charming film""#, #"encode $model --ids "2 48 25 3" --json"#))
            """)

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(help: "Texts. Without any and without --ids, lines of standard input.")
    var texts: [String] = []

    @Option(name: .long, help: .of("ids", in: CommandTable.encode))
    var ids: String?

    @Option(name: .long, help: .of("type-ids", in: CommandTable.encode))
    var typeIds: String?

    @Option(name: .long, help: .of("mask", in: CommandTable.encode))
    var mask: String?

    @Option(name: .long, help: .of("prompt", in: CommandTable.encode))
    var prompt: String?

    @Flag(name: .long, help: .of("strict", in: CommandTable.encode))
    var strict = false

    @Flag(name: .long, help: .of("full", in: CommandTable.encode))
    var full = false

    @OptionGroup var computing: RunArguments
    @OptionGroup var source: SourceArguments

    func run() throws {
        let loaded = try source.load(model, strict: strict)
        let command = EncodeCommand(run: computing.options, full: full, strict: strict, prompt: prompt)
        guard let ids else { return try command.run(loaded, texts: texts, output: Output()) }
        guard texts.isEmpty else { throw Fault(.optionsConflict, "encode takes texts or --ids, not both") }
        let input = try EncoderInput(
            ids: TokenList.parse(ids, option: "--ids"),
            typeIds: typeIds.map { try TokenList.parse($0, option: "--type-ids") },
            mask: mask.map { try TokenList.parse($0, option: "--mask").map { $0 != 0 } })
        try command.run(loaded, inputs: [input], output: Output())
    }
}
