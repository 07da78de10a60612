import AlbitCommands
import AlbitImporters
import AlbitText
import AlbitTokenizers
import ArgumentParser

struct Tokenize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the ids, pieces and offsets of texts.",
        discussion: """
            Texts come as arguments, or a line each on standard input.

            \(HelpExample.onSample(#"tokenize $model "a charming film" --json"#))
            """)

    @Argument(
        help: "An Albit file, a checkpoint, or a bare spiece.model, tokenizer.json or vocab.txt.", completion: .file())
    var model: String

    @Argument(help: "Texts.")
    var texts: [String] = []

    @Option(name: .long, help: .of("pair", in: CommandTable.tokenize))
    var pair: String?

    @Option(name: .long, help: .of("offsets", in: CommandTable.tokenize))
    var offsets = OffsetUnit.bytes

    @Flag(name: .long, help: .of("bare", in: CommandTable.tokenize))
    var bare = false

    @Flag(name: .long, help: .of("null", in: CommandTable.tokenize))
    var null = false

    @Flag(name: .long, help: .of("json", in: CommandTable.tokenize))
    var json = false

    @OptionGroup var source: SourceArguments

    func run() throws {
        let tokenizer = try source.tokenizer(model)
        var command = TokenizeCommand(json: json, characters: offsets == .characters, bare: bare)
        command.pretokenized = source.pretokenized
        let output = Output()
        let second = pair.map { Array($0.utf8) }
        var each = Texts(texts, endsWithZero: null, output: output)
        while let text = try each.next() {
            try command.run(tokenizer, text: text, pair: second, output: output)
        }
    }
}

enum OffsetUnit: String, ExpressibleByArgument, CaseIterable {
    case bytes, characters
}
