import AlbitCommands
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import CPlatform

/// From parsed words to the commands that both programs share.
enum BoardCommand {
    static func run(
        _ command: CommandSpecification, _ arguments: CommandLineArguments, _ output: Output
    ) throws(Fault) {
        if try TaskCommands.run(command, arguments, output) { return }
        if command == CommandTable.bench && arguments.flag("kernels") {
            guard arguments.arguments.isEmpty else {
                throw Fault(.optionsConflict, "bench takes a model or --kernels, not both")
            }
            return try KernelListing(json: arguments.flag("json")).run(output: output)
        }
        guard !arguments.arguments.isEmpty else { throw Fault(.argumentsMissing, "bench needs a model, or --kernels") }
        let path = arguments.arguments[0]
        switch command {
        case CommandTable.tokenize:
            try tokenize(path, arguments, output)
        case CommandTable.encode:
            let run = try RunOptions(arguments)
            let encode = EncodeCommand(
                run: run, full: arguments.flag("full"), strict: arguments.flag("strict"),
                prompt: arguments.value("prompt"))
            guard let ids = arguments.value("ids") else {
                return try encode.run(Model(path: path), texts: arguments.arguments.dropFirst(), output: output)
            }
            guard arguments.arguments.count == 1 else {
                throw Fault(.optionsConflict, "encode takes texts or --ids, not both")
            }
            let input = EncoderInput(
                ids: try TokenList.parse(ids, option: "--ids"),
                typeIds: try list(arguments, "type-ids"),
                mask: try list(arguments, "mask")?.map { $0 != 0 })
            try encode.run(Model(path: path), inputs: [input], output: output)
        case CommandTable.inspect:
            let inspection = try Inspection(ModelFile(path: path))
            try InspectCommand(json: arguments.flag("json"), tensors: arguments.flag("tensors")).run(
                inspection, output: output)
        case CommandTable.serveLines:
            try ServeLinesCommand(options: TaskOptions(arguments)).run(Model(path: path), output: output)
        case CommandTable.bench:
            try bench(path, arguments, output)
        default:
            try SelfTestCommand(run: RunOptions(arguments)).run(Model(path: path), output: output)
        }
    }

    private static func tokenize(_ path: String, _ arguments: CommandLineArguments, _ output: Output) throws(Fault) {
        let unit = arguments.value("offsets") ?? ""
        guard unit == "bytes" || unit == "characters" else {
            throw Fault(.optionValue, "--offsets is '" + unit + "'", expected: "bytes or characters")
        }
        var command = TokenizeCommand(
            json: arguments.flag("json"), characters: unit == "characters", bare: arguments.flag("bare"))
        command.pretokenized = arguments.flag("pretokenized")
        guard let tokenizer = try Model(path: path).tokenizer else {
            throw Fault(.modelNoTokenizer, in: path, "has no tokenizer", advice: "it takes ids only")
        }
        let pair = arguments.value("pair").map { Array($0.utf8) }
        var each = Texts(arguments.arguments.dropFirst(), endsWithZero: arguments.flag("null"), output: output)
        while let text = try each.next() {
            try command.run(tokenizer, text: text, pair: pair, output: output)
        }
    }

    private static func bench(_ path: String, _ arguments: CommandLineArguments, _ output: Output) throws(Fault) {
        let start = platform_now()
        let model = try Model(path: path)
        let loadSeconds = platform_now() - start
        var command = BenchCommand(
            run: RunOptions(json: arguments.flag("json"), kernel: arguments.value("kernel") ?? ""))
        command.sequences = try counts(arguments, "sequence") ?? command.sequences
        command.batches = try counts(arguments, "batch") ?? command.batches
        command.threads = try counts(arguments, "threads") ?? command.threads
        if let text = arguments.value("seconds") {
            guard let seconds = DecimalText.double(text), seconds >= 0 else {
                throw Fault(.optionValue, "--seconds is '" + text + "'", expected: "a number of seconds")
            }
            command.seconds = seconds
        }
        try command.run(model, loadSeconds: loadSeconds, output: output)
    }

    private static func list(_ arguments: CommandLineArguments, _ name: String) throws(Fault) -> [Int32]? {
        guard let text = arguments.value(name) else { return nil }
        return try TokenList.parse(text, option: "--" + name)
    }

    private static func counts(_ arguments: CommandLineArguments, _ name: String) throws(Fault) -> [Int]? {
        try arguments.integers(name, in: 1...4096)
    }
}
