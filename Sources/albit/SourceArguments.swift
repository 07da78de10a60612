import AlbitCommands
import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitTasks
import AlbitText
import AlbitTokenizers
import ArgumentParser

/// What names the files around a checkpoint, where they do not lie beside it.
struct SourceArguments: ParsableArguments {
    @Option(name: .long, help: "Configuration to use (config.json). (default: the one beside the weights)", completion: .file())
    var config: String?

    @Option(name: .long, help: "Tokenizer to use: spiece.model, tokenizer.json or vocab.txt. (default: the one beside the weights)", completion: .file())
    var tokenizer: String?

    @Option(name: .long, help: "File with the classifier's labels, one a line. (default: those of the configuration)", completion: .file())
    var labels: String?

    @Option(name: .long, help: "Head to use where a model has several: \(Head.allCases.map(\.name).joined(separator: ", ")).",
        completion: .list(Head.allCases.map(\.name)))
    var task: String?

    @Option(name: .long, help: "Prefix of the model to take where a file holds several.")
    var root: String?

    func validate() throws {
        if let task, Head(name: task) == nil {
            throw ValidationError(
                "--task is '\(task)', expected one of \(Head.allCases.map(\.name).joined(separator: ", ")).")
        }
    }

    var options: ImportOptions {
        ImportOptions(config: config, tokenizer: tokenizer, labels: labels, head: task.flatMap { Head(name: $0) }, root: root)
    }

    /// The source at a path. One that was recovered from a graph is proved by it, or refused; `strict` refuses what cannot
    /// be proved too.
    func open(_ path: String, strict: Bool) throws -> AlbertSource {
        let source = try Importer.open(path: path, options: options)
        try GraphProof.prove(source, strict: strict)
        return source
    }

    /// The model at a path: an Albit file as it is, anything else imported and run in float32. A graph is proved first
    /// where it is to be compared, or with `strict`: it takes longer than a short answer.
    func load(_ path: String, strict: Bool = false, isCompared: Bool = false) throws -> Model {
        let opened = try OpenedModel(path: path, options: options)
        if case .source(let source) = opened.content, source.graph != nil {
            if strict || isCompared {
                try GraphProof.prove(source, strict: strict)
                if isCompared, let proof = source.report.proof { Message.say("note: \(path): \(proof)") }
            } else {
                Message.say("note: \(path): not proved: 'albit inspect' proves what was recovered from a graph, and so does --strict")
            }
        }
        return try opened.model()
    }

    /// The tokenizer of a model, or of a bare tokenizer file.
    func tokenizer(_ path: String) throws -> Tokenizer {
        if let bare = SourceArguments.bareTokenizer(path) { return Tokenizer(bare) }
        guard let tokenizer = try OpenedModel(path: path, options: options).tokenizer() else {
            throw Fault(.modelNoTokenizer, in: path, "has no tokenizer", advice: "name one with --tokenizer")
        }
        return tokenizer
    }

    /// The tables of a file that is a tokenizer and nothing else; nil for any other.
    private static func bareTokenizer(_ path: String) -> TokenizerTables? {
        guard let file = try? MappedFile(path: path) else { return nil }
        return withExtendedLifetime(file) { try? TokenizerReader.read(Array(file.bytes), path: path) }
    }
}
