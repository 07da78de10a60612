import AlbitCommands
import AlbitDrift
import AlbitImporters
import AlbitModel
import AlbitRuntime
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

    /// The model at a path: an Albit file as it is, anything else imported and run in float32.
    func load(_ path: String) throws -> LoadedModel {
        if SourceArguments.isAlbitFile(path) { return try LoadedModel(path: path) }
        let source = try Importer.open(path: path, options: options)
        return LoadedModel(
            path: path, weights: try EncoderWeights(source),
            tokenizer: try TokenizerReader.read(source.tokenizerFiles).map { Tokenizer($0) }, heads: source.heads, labels: source.labels,
            problemType: source.problemType, pooling: source.pooling?.rawValue, file: nil)
    }

    /// A model as one side of a comparison.
    func contender(_ path: String) throws -> Contender {
        let model = try load(path)
        let bytes: Int
        let memory: Int
        if let file = model.file {
            bytes = file.gguf.file.bytes.count
            // Embedding tables stay in the file.
            memory = file.gguf.tensors.reduce(0) {
                $0 + (["token_embd.weight", "position_embd.weight", "token_types.weight"].contains($1.name) ? 0 : $1.byteCount)
            }
        } else {
            let report = try Importer.open(path: path, options: options).report
            bytes = report.fileBytes
            memory = 4 * report.uniqueParameters
        }
        return Contender(
            path: path, weights: model.weights, tokenizer: model.tokenizer, labels: model.labels,
            problemType: model.problemType, pooling: model.pooling, bytes: bytes, memory: memory)
    }

    /// The tokenizer of a model, or of a bare tokenizer file.
    func tokenizer(_ path: String) throws -> Tokenizer {
        let tables: TokenizerTables?
        if SourceArguments.isAlbitFile(path) {
            tables = try TokenizerTables.read(ModelFile(path: path).gguf)
        } else if let bare = SourceArguments.bareTokenizer(path) {
            tables = bare
        } else {
            tables = try TokenizerReader.read(Importer.open(path: path, options: options).tokenizerFiles)
        }
        guard let tables else {
            throw Fault(.modelNoTokenizer, in: path, "has no tokenizer", advice: "name one with --tokenizer")
        }
        return Tokenizer(tables)
    }

    /// The tables of a file that is a tokenizer and nothing else; nil for any other.
    private static func bareTokenizer(_ path: String) -> TokenizerTables? {
        guard let file = try? MappedFile(path: path) else { return nil }
        return withExtendedLifetime(file) { try? TokenizerReader.read(Array(file.bytes), path: path) }
    }

    /// Whether a file is GGUF and is to be run as it is; one of floats is a source like any other.
    static func isAlbitFile(_ path: String) -> Bool {
        guard let file = try? MappedFile(path: path), file.bytes.count >= 4 else { return false }
        guard withExtendedLifetime(file, { file.bytes.prefix(4).elementsEqual("GGUF".utf8) }) else { return false }
        // What is wrong with it is for the reader to say.
        guard let model = try? ModelFile(gguf: GGUF(file: file)) else { return true }
        return model.weights == "int8"
    }
}
