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

    @Option(name: .long, parsing: .unconditional, help: "Sentences to keep. (default: by --ratio)")
    var sentences: Int?

    @Option(name: .long, parsing: .unconditional, help: "Share of the sentences to keep.")
    var ratio = 0.2

    @Option(name: .long, help: "lexrank or mmr.")
    var method = SentenceRanking.Method.lexRank

    @Option(name: .long, help: "\(SentencePooling.names). (default: the model's own, else mean)")
    var pooling: SentencePooling?

    @Option(name: .long, help: "The model's prompt to put before texts, '' for none. (default: its standard one)")
    var prompt: String?

    @Option(name: .long, help: "What offsets count: bytes or characters.")
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
