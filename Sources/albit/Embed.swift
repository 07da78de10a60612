import AlbitCommands
import AlbitModel
import AlbitTasks
import ArgumentParser

struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn texts into vectors.",
        discussion: HelpExample.onSample(#"embed $model "a charming film" --json"#))

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(help: "Texts. Without any, lines of --file or standard input.")
    var texts: [String] = []

    @Option(name: .long, help: .of("pooling", in: EmbedCommand.specification))
    var pooling: SentencePooling?

    @Option(name: .long, help: .of("prompt", in: EmbedCommand.specification))
    var prompt: String?

    @Flag(name: .long, help: .of("raw", in: EmbedCommand.specification))
    var raw = false

    @OptionGroup var task: TaskArguments

    func run() throws {
        try EmbedCommand(options: task.options(), pooling: pooling, raw: raw, prompt: prompt)
            .run(task.load(model), texts: texts, output: Output())
    }
}

extension SentencePooling: ExpressibleByArgument {}
