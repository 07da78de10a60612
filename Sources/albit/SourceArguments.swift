import AlbitCommands
import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitTasks
import AlbitTokenizers
import ArgumentParser

/// What names the files around a checkpoint, where they do not lie beside it.
struct SourceArguments: ParsableArguments {
    @Option(
        name: .long, help: "Configuration to use (config.json). (default: the one beside the weights)",
        completion: .file())
    var config: String?

    @Option(
        name: .long,
        help: "Tokenizer to use: spiece.model, tokenizer.json or vocab.txt. (default: the one beside the weights)",
        completion: .file())
    var tokenizer: String?

    @Option(
        name: .long, help: "File with the classifier's labels, one a line. (default: those of the configuration)",
        completion: .file())
    var labels: String?

    @Option(
        name: .long,
        help: "Head to use where a model has several: \(Head.allCases.map(\.name).joined(separator: ", ")).",
        completion: .list(Head.allCases.map(\.name)))
    var task: String?

    @Option(name: .long, help: "Prefix of the model to take where a file holds several.")
    var root: String?

    @Option(
        name: .long, help: "Folder of a LoRA adapter (PEFT) to merge into the weights. (default: the one beside them)",
        completion: .directory)
    var adapter: String?

    @Flag(
        name: .long,
        help: """
            Texts are words with a blank between two, cut by the segmenter (MeCab, Sudachi, Juman++) that the \
            tokenizer asks for.
            """)
    var pretokenized = false

    func validate() throws {
        if let task, Head(name: task) == nil {
            throw ValidationError(
                "--task is '\(task)', expected one of \(Head.allCases.map(\.name).joined(separator: ", ")).")
        }
    }

    var options: ImportOptions {
        var options = ImportOptions(
            config: config, tokenizer: tokenizer, labels: labels, head: task.flatMap { Head(name: $0) }, root: root,
            adapter: adapter)
        options.isPretokenized = pretokenized
        return options
    }

    func options(strict: Bool) -> ImportOptions {
        var options = options
        options.isStrict = strict
        return options
    }

    /// The model at a path: an Albit file as it is, anything else imported and run in float32. A graph is proved first
    /// with `strict` only: that takes longer than a short answer.
    func load(_ path: String, strict: Bool = false) throws -> Model {
        let opened = try OpenedModel(path: path, options: options(strict: strict))
        if strict { try opened.prove() }
        for doubt in opened.doubts { Message.say("note: \(doubt)") }
        if opened.isUnproved {
            Message.say(
                "note: \(path): not proved: 'albit inspect' proves what was recovered from a graph, so does --strict"
            )
        }
        return try opened.model()
    }

    /// The tokenizer of a model, or of a bare tokenizer file.
    func tokenizer(_ path: String) throws -> Tokenizer {
        try Tokenizer(opening: path, options: options)
    }
}
