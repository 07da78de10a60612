import AlbitCommands
import ArgumentParser

struct Order: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell whether the second of two texts follows the first.",
        discussion: HelpExample.with(
            "albert.gguf: a model as pretrained, albert-base-v2 for example",
            #"order albert.gguf "He opened the door." "Then he went in.""#))

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(help: "Texts two by two. Without any, lines of --file or standard input, with a tab between.")
    var texts: [String] = []

    @OptionGroup var task: TaskArguments

    func run() throws {
        try OrderCommand(options: task.options()).run(task.load(model), texts: texts, output: Output())
    }
}
