import AlbitCommands
import AlbitRuntime
import AlbitTasks
import ArgumentParser

struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the entities in texts.",
        discussion: """
            Text longer than the model is read in overlapping windows.

            \(HelpExample.with(
                "ner.gguf: a model trained to tag, on CoNLL-2003 for example",
                #"tag ner.gguf "Angela Merkel met Tim Cook in Berlin.""#))
            """)

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(help: "Texts. Without any, lines of --file or standard input.")
    var texts: [String] = []

    @Option(name: .long, help: .of("aggregation", in: TagCommand.specification))
    var aggregation = TagCommand.usualAggregation

    @Option(name: .long, parsing: .unconditional, help: .of("stride", in: TagCommand.specification))
    var stride = TagCommand.specification.integer("stride")

    @Option(name: .long, help: .of("offsets", in: TagCommand.specification))
    var offsets = OffsetUnit.bytes

    @OptionGroup var task: TaskArguments

    func run() throws {
        try TagCommand(options: task.options(offsets: offsets), aggregation: aggregation, stride: stride)
            .run(task.load(model), texts: texts, output: Output())
    }
}

extension EntityAggregation: ExpressibleByArgument {}
