import AlbitCommands
import ArgumentParser

struct Choose: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Choose what fits a text best.",
        discussion: HelpExample.with(
            "swag.gguf: a model trained for multiple choice, on SWAG for example",
            #"choose swag.gguf "She took her umbrella." "It rained." "It was hot.""#))

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(help: "A text and its choices. Without any, lines of --file or standard input, with tabs between.")
    var texts: [String] = []

    @OptionGroup var task: TaskArguments

    func run() throws {
        try ChooseCommand(options: task.options()).run(task.load(model), texts: texts, output: Output())
    }
}
