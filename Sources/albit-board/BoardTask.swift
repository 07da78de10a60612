import AlbitCommands
import AlbitRuntime
import AlbitText

/// From parsed words to the commands on text.
enum BoardTask {
    /// Runs the command where it is one on text; false: it is another.
    static func run(
        _ command: CommandSpecification, _ arguments: CommandLineArguments, _ output: Output
    ) throws(Fault) -> Bool {
        guard CommandTable.tasks.contains(command) else { return false }
        let options = try options(arguments)
        let model = try LoadedModel(path: arguments.arguments[0])
        let texts = Array(arguments.arguments.dropFirst())
        switch command {
        case CommandTable.classify:
            try ClassifyCommand(options: options, pairs: arguments.flag("pairs")).run(model, texts: texts, output: output)
        case CommandTable.tag:
            try tag(options, arguments).run(model, texts: texts, output: output)
        case CommandTable.answer:
            try answer(options, arguments).run(model, texts: texts, output: output)
        case CommandTable.fill:
            let top = try number(arguments, "top", from: 1) ?? 5
            try FillCommand(options: options, top: top).run(model, texts: texts, output: output)
        case CommandTable.embed:
            try EmbedCommand(options: options, pooling: pooling(arguments), raw: arguments.flag("raw")).run(model, texts: texts, output: output)
        case CommandTable.summarize:
            try summarize(options, arguments).run(model, texts: texts, output: output)
        case CommandTable.match:
            try match(options, arguments).run(model, texts: texts, output: output)
        case CommandTable.order:
            try OrderCommand(options: options).run(model, texts: texts, output: output)
        default:
            try ChooseCommand(options: options).run(model, texts: texts, output: output)
        }
        return true
    }

    static func options(_ arguments: CommandLineArguments) throws(Fault) -> TaskOptions {
        var options = TaskOptions(run: try BoardCommand.runOptions(arguments))
        options.tsv = arguments.flag("tsv")
        options.file = arguments.value("file")
        options.strict = arguments.flag("strict")
        options.maxLength = try number(arguments, "max-length", from: 1) ?? 0
        if let name = arguments.value("offsets") { options.countsCharacters = try TaskOptions.countsCharacters(name) }
        return options
    }

    private static func tag(_ options: TaskOptions, _ arguments: CommandLineArguments) throws(Fault) -> TagCommand {
        var command = TagCommand(options: options)
        if let name = arguments.value("aggregation") { command.aggregation = try TagCommand.aggregation(name) }
        if let stride = try number(arguments, "stride", from: 0) { command.stride = stride }
        return command
    }

    private static func answer(_ options: TaskOptions, _ arguments: CommandLineArguments) throws(Fault) -> AnswerCommand {
        var command = AnswerCommand(options: options)
        command.context = arguments.value("context")
        command.answering.allowsNoAnswer = arguments.flag("no-answer")
        if let top = try number(arguments, "top", from: 1) { command.answering.top = top }
        if let length = try number(arguments, "max-answer", from: 1) { command.answering.maxAnswerTokens = length }
        if let stride = try number(arguments, "stride", from: 0) { command.answering.stride = stride }
        return command
    }

    private static func summarize(
        _ options: TaskOptions, _ arguments: CommandLineArguments
    ) throws(Fault) -> SummarizeCommand {
        var command = SummarizeCommand(options: options)
        command.sentences = try number(arguments, "sentences", from: 1) ?? 0
        if let text = arguments.value("ratio") {
            guard let ratio = DecimalText.double(text) else {
                throw Fault(.optionValue, "--ratio is '" + text + "'", expected: "a number up to 1")
            }
            command.ratio = ratio
        }
        if let name = arguments.value("method") { command.method = try SummarizeCommand.method(name) }
        command.pooling = try pooling(arguments)
        return command
    }

    private static func match(_ options: TaskOptions, _ arguments: CommandLineArguments) throws(Fault) -> MatchCommand {
        var command = MatchCommand(options: options)
        command.candidates = arguments.value("candidates")
        command.index = arguments.value("index")
        command.saveIndex = arguments.value("save-index")
        command.force = arguments.flag("force")
        if let top = try number(arguments, "top", from: 1) { command.top = top }
        command.embeddings = arguments.flag("embeddings")
        command.pooling = try pooling(arguments)
        return command
    }

    private static func pooling(_ arguments: CommandLineArguments) throws(Fault) -> SentencePooling? {
        guard let name = arguments.value("pooling") else { return nil }
        return try EmbedCommand.pooling(name)
    }

    private static func number(_ arguments: CommandLineArguments, _ name: String, from least: Int) throws(Fault) -> Int? {
        try arguments.integer(name, in: least...1_000_000)
    }
}
