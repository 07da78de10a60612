import AlbitCommands
import ArgumentParser

struct Fill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find words for [MASK].",
        discussion: HelpExample.with(
            "albert.gguf: a model as pretrained, albert-base-v2 for example",
            #"fill albert.gguf "The capital of France is [MASK].""#))

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(help: "Texts. Without any, lines of --file or standard input.")
    var texts: [String] = []

    @Option(name: .long, parsing: .unconditional, help: .of("top", in: FillCommand.specification))
    var top = FillCommand.specification.integer("top")

    @Option(name: .long, help: .of("targets", in: FillCommand.specification))
    var targets: String?

    @OptionGroup var task: TaskArguments

    func run() throws {
        try FillCommand(options: task.options(), top: top, targets: targets)
            .run(task.load(model), texts: texts, output: Output())
    }
}
