import AlbitCommands
import ArgumentParser

struct Answer: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the answer to a question in a text.",
        discussion: """
            The answer is a part of the text; an encoder does not write one. Texts longer than the model are read in \
            overlapping windows.

            \(HelpExample.with(
                "squad.gguf: a model trained to answer, on SQuAD for example",
                #"answer squad.gguf "Who wrote it?" "Mary Shelley wrote the book.""#,
                #"answer squad.gguf "Who wrote it?" --context book.txt --top 3"#))
            """)

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(
        help:
            """
            Questions, each followed by its text; with --context questions only. Without any, lines of --file or \
            standard input, with a tab between.
            """
    )
    var texts: [String] = []

    @Option(name: .long, help: .of("context", in: AnswerCommand.specification), completion: .file())
    var context: String?

    @Option(name: .long, parsing: .unconditional, help: .of("top", in: AnswerCommand.specification))
    var top = AnswerCommand.specification.integer("top")

    @Flag(name: .long, help: .of("no-answer", in: AnswerCommand.specification))
    var noAnswer = false

    @Option(name: .long, parsing: .unconditional, help: .of("max-answer", in: AnswerCommand.specification))
    var maxAnswer = AnswerCommand.specification.integer("max-answer")

    @Option(name: .long, parsing: .unconditional, help: .of("stride", in: AnswerCommand.specification))
    var stride = AnswerCommand.specification.integer("stride")

    @Option(name: .long, help: .of("offsets", in: AnswerCommand.specification))
    var offsets = OffsetUnit.bytes

    @OptionGroup var task: TaskArguments

    func run() throws {
        var command = try AnswerCommand(options: task.options(offsets: offsets))
        command.context = context
        command.answering.top = top
        command.answering.allowsNoAnswer = noAnswer
        command.answering.maxAnswerTokens = maxAnswer
        command.answering.stride = stride
        try command.run(task.load(model), texts: texts, output: Output())
    }
}
