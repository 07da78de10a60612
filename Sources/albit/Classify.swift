import AlbitCommands
import AlbitTasks
import ArgumentParser

struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Label texts, or pairs of texts.",
        discussion: HelpExample.onSample(
            #"classify $model "a charming film" "bleak and desperate""#, #"classify $model "a charming film" --json"#))

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(help: "Texts. Without any, lines of --file or standard input.")
    var texts: [String] = []

    @Flag(name: .long, help: .of("pairs", in: ClassifyCommand.specification))
    var pairs = false

    @Option(
        name: .long,
        help: .of("function", in: ClassifyCommand.specification),
        completion: .list(ScoreFunction.allCases.map(\.rawValue)))
    var function: String?

    @OptionGroup var task: TaskArguments

    func run() throws {
        try ClassifyCommand(
            options: task.options(), pairs: pairs, function: function.map { try ClassifyCommand.function($0) }
        )
        .run(task.load(model), texts: texts, output: Output())
    }
}
