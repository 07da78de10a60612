internal import AlbitImporters
internal import AlbitModel
internal import AlbitRuntime
internal import AlbitText
internal import AlbitTokenizers

/// What a path leads to: an Albit file, or a checkpoint in float32.
struct OpenedModel {
    let weights: EncoderWeights
    let tokenizer: Tokenizer?
    let heads: [Head]
    let labels: [String]
    let problemType: String?
    let pooling: Pooling

    init(path: String, options: Albert.Options) throws(AlbertError) {
        let stored: String?
        do {
            if let gguf = try OpenedModel.gguf(path) {
                let file = try ModelFile(gguf: gguf)
                weights = try EncoderWeights(file)
                tokenizer = try TokenizerTables.read(gguf).map { Tokenizer($0) }
                (heads, labels, problemType, stored) = (file.heads, file.labels, file.problemType, file.pooling)
            } else {
                let source = try Importer.open(path: path, options: OpenedModel.importOptions(options))
                weights = try EncoderWeights(source)
                tokenizer = try TokenizerReader.read(source.tokenizerFiles).map { Tokenizer($0) }
                (heads, labels, problemType, stored) = (source.heads, source.labels, source.problemType, source.pooling?.rawValue)
            }
        } catch {
            throw AlbertError(error, opening: path)
        }
        pooling = stored.flatMap { Pooling(rawValue: $0) } ?? .mean
        let (pieces, embeddings) = (tokenizer?.count ?? 0, weights.configuration.vocabSize)
        guard pieces <= embeddings else {
            throw AlbertError(
                .unreadableModel,
                "\(path): the tokenizer has \(pieces) pieces, the model only \(embeddings) embeddings; they do not belong together")
        }
    }

    /// The file where it begins as GGUF does; nil for all else.
    private static func gguf(_ path: String) throws(Fault) -> GGUF? {
        guard let file = try? MappedFile(path: path), file.bytes.prefix(4).elementsEqual("GGUF".utf8) else { return nil }
        return try GGUF(file: file)
    }

    private static func importOptions(_ options: Albert.Options) throws(AlbertError) -> ImportOptions {
        let head = options.task.flatMap { Head(name: $0) }
        if let task = options.task, head == nil {
            let names = Head.allCases.map(\.name).joined(separator: ", ")
            throw AlbertError(.invalidArgument, "task is '\(task)', expected one of \(names)")
        }
        return ImportOptions(config: options.config, tokenizer: options.tokenizer, head: head, root: options.root)
    }
}
