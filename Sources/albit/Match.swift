import AlbitCommands
import AlbitModel
import AlbitTasks
import ArgumentParser

struct Match: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find what fits a question among candidates.",
        discussion: """
            A model with a pair head (a reranker, multiple choice, entailment) reads question and candidate together; \
            any other compares vectors. It finds answers that are there; it does not write any.

            \(HelpExample.onSample(
                #"match $model "How do I pay?" "We take cards." "We open at nine.""#,
                #"match $model --candidates $model/eval.tsv --save-index films.index"#,
                #"match $model --index films.index "a charming film" --top 2"#))
            """)

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String

    @Argument(help: "A question and its candidates; with --candidates or --index questions only.")
    var texts: [String] = []

    @Option(
        name: .long, help: .of("candidates", in: MatchCommand.specification),
        completion: .file())
    var candidates: String?

    @Option(name: .long, help: .of("save-index", in: MatchCommand.specification), completion: .file())
    var saveIndex: String?

    @Option(name: .long, help: .of("index", in: MatchCommand.specification), completion: .file())
    var index: String?

    @Flag(name: .long, help: .of("force", in: MatchCommand.specification))
    var force = false

    @Option(name: .long, parsing: .unconditional, help: .of("top", in: MatchCommand.specification))
    var top = MatchCommand.specification.integer("top")

    @Flag(name: .long, help: .of("embeddings", in: MatchCommand.specification))
    var embeddings = false

    @Option(name: .long, help: .of("pooling", in: MatchCommand.specification))
    var pooling: SentencePooling?

    @Option(name: .long, help: .of("prompt", in: MatchCommand.specification))
    var prompt: String?

    @Option(name: .long, help: .of("candidate-prompt", in: MatchCommand.specification))
    var candidatePrompt: String?

    @OptionGroup var task: TaskArguments

    func run() throws {
        var command = try MatchCommand(options: task.options())
        command.candidates = candidates
        command.saveIndex = saveIndex
        command.index = index
        command.force = force
        command.top = top
        command.embeddings = embeddings
        command.pooling = pooling
        command.prompt = prompt
        command.candidatePrompt = candidatePrompt
        try command.run(task.load(model), texts: texts, output: Output())
    }
}
