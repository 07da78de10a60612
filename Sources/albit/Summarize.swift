import AlbitCommands
import AlbitModel
import AlbitTasks
import AlbitText
import ArgumentParser

struct Summarize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take the sentences out of a text that say most of it.",
        discussion: """
            Sentences are chosen, not written: an encoder does not generate text. Each argument is a text; without \
            any, all of --file or of standard input is one.

            \(HelpExample.onSample(#"summarize $model "It rained. We saw a film." --sentences 1"#))
            """)

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(help: "Texts to summarize.")
    var texts: [String] = []

    @Option(name: .long, parsing: .unconditional, help: .of("sentences", in: SummarizeCommand.specification))
    var sentences: Int?

    @Option(name: .long, parsing: .unconditional, help: .of("ratio", in: SummarizeCommand.specification))
    var ratio = SummarizeCommand.specification.number("ratio")

    @Option(name: .long, help: .of("method", in: SummarizeCommand.specification))
    var method = SummarizeCommand.usualMethod

    @Option(name: .long, help: .of("pooling", in: SummarizeCommand.specification))
    var pooling: SentencePooling?

    @Option(name: .long, help: .of("prompt", in: SummarizeCommand.specification))
    var prompt: String?

    @Option(name: .long, help: .of("offsets", in: SummarizeCommand.specification))
    var offsets = OffsetUnit.bytes

    @OptionGroup var task: TaskArguments

    func run() throws {
        var command = try SummarizeCommand(options: task.options(offsets: offsets))
        if let sentences, sentences < 1 {
            throw Fault(.optionValue, "--sentences is \(sentences)", expected: "1 or more")
        }
        command.sentences = sentences ?? 0
        command.ratio = ratio
        command.method = method
        command.pooling = pooling
        command.prompt = prompt
        try command.run(task.load(model), texts: texts, output: Output())
    }
}

extension SentenceRanking.Method: ExpressibleByArgument {}
