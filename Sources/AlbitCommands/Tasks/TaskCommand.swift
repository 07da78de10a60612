import AlbitModel
import AlbitTasks
import AlbitText

/// A command on text: what it is called and takes, how its words are read, and what it does.
package protocol TaskCommand {
    static var specification: CommandSpecification { get }
    /// From parsed words. Throws for a value that makes no sense.
    init(options: TaskOptions, _ arguments: CommandLineArguments) throws(Fault)
    /// Answers the texts, or where there are none those of a file or of standard input.
    func run(_ model: Model, texts: [String], output: Output) throws(Fault)
}

/// All commands on text; a new one stands here twice.
package enum TaskCommands {
    package static let specifications = [
        ClassifyCommand.specification, TagCommand.specification, AnswerCommand.specification, FillCommand.specification,
        EmbedCommand.specification, OrderCommand.specification, ChooseCommand.specification,
        SummarizeCommand.specification,
        MatchCommand.specification,
    ]

    /// Runs the command where it is one on text; false: it is another.
    package static func run(
        _ command: CommandSpecification, _ words: CommandLineArguments, _ output: Output
    ) throws(Fault) -> Bool {
        switch command {
        case ClassifyCommand.specification: try run(ClassifyCommand.self, words, output)
        case TagCommand.specification: try run(TagCommand.self, words, output)
        case AnswerCommand.specification: try run(AnswerCommand.self, words, output)
        case FillCommand.specification: try run(FillCommand.self, words, output)
        case EmbedCommand.specification: try run(EmbedCommand.self, words, output)
        case OrderCommand.specification: try run(OrderCommand.self, words, output)
        case ChooseCommand.specification: try run(ChooseCommand.self, words, output)
        case SummarizeCommand.specification: try run(SummarizeCommand.self, words, output)
        case MatchCommand.specification: try run(MatchCommand.self, words, output)
        default: return false
        }
        return true
    }

    private static func run<Command: TaskCommand>(
        _ type: Command.Type, _ words: CommandLineArguments, _ output: Output
    ) throws(Fault) {
        let command = try Command(options: TaskOptions(words), words)
        try command.run(Model(path: words.arguments[0]), texts: Array(words.arguments.dropFirst()), output: output)
    }
}

extension TaskOptions {
    /// From parsed words.
    package init(_ words: CommandLineArguments) throws(Fault) {
        self.init(run: try RunOptions(words))
        tsv = words.flag("tsv")
        file = try TextFile(path: words.value("file"), columns: words.value("columns"))
        strict = words.flag("strict")
        maxLength = try words.count("max-length") ?? 0
        if let name = words.value("offsets") { countsCharacters = try TaskOptions.countsCharacters(name) }
    }
}

extension CommandLineArguments {
    /// A whole number from 1, or from 0.
    func count(_ name: String, from smallest: Int = 1) throws(Fault) -> Int? {
        try integer(name, in: smallest...1_000_000)
    }

    /// The pooling that `--pooling` names.
    func pooling() throws(Fault) -> SentencePooling? {
        guard let name = value("pooling") else { return nil }
        return try EmbedCommand.pooling(name)
    }
}
