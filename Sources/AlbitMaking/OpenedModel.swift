import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// What a path leads to, found out and parsed once: an int8 file that runs as it is, or floats in any format that is
/// imported.
package struct OpenedModel {
    package enum Content {
        case albit(ModelFile)
        case source(AlbertSource)
    }

    package let path: String
    package let content: Content
    private let options: ImportOptions
    /// Of an Albit file, with the head in use that was asked for.
    private let chosenCard: ModelCard?

    /// What the model answers, with the head in use that was asked for.
    package var card: ModelCard {
        switch content {
        case .albit(let file): chosenCard ?? file.card
        case .source(let source): source.card
        }
    }

    /// Opens a file, a directory or an archive. Reads headers only.
    package init(path: String, options: ImportOptions = ImportOptions()) throws(Fault) {
        self.path = path
        self.options = options
        let file = try OpenedModel.gguf(path)
        if file != nil, options.adapter != nil {
            throw Fault(
                .importAdapterUnsupported, in: path, "is a model file, into which no adapter is merged",
                advice: "give the checkpoint that it was made from")
        }
        guard let file, file.weights == .int8 else {
            let source =
                if let file { try Importer.open(file, options: options) } else {
                    try Importer.open(path: path, options: options)
                }
            content = .source(source)
            chosenCard = nil
            return
        }
        if let option = options.aroundWeights.first {
            throw Fault(
                .optionsConflict, in: path,
                "is an Albit file, which carries configuration, tokenizer and labels: \(option) changes nothing",
                advice: "quantize the original with \(option)")
        }
        var card = file.card
        if let head = options.head, !card.use(head) {
            throw Fault(
                .importNoSuchHead, in: path, "has no head for \(head.name); it has \(Head.names(card.heads))",
                advice: "choose one of these with --task")
        }
        content = .albit(file)
        chosenCard = card
    }

    /// Whether a path is that of an int8 file of Albit's.
    package static func isAlbit(_ path: String) throws(Fault) -> Bool { try gguf(path)?.weights == .int8 }

    /// Notes of the import that say that answers may differ.
    package var doubts: [String] { if case .source(let source) = content { source.report.doubts } else { [] } }

    /// Whether it was recovered from a graph that nobody has executed.
    package var isUnproved: Bool {
        if case .source(let source) = content { source.graph != nil && source.report.proof == nil } else { false }
    }

    /// What came of proving it; nil before `prove`, and for what was not recovered from a graph.
    package var proof: String? { if case .source(let source) = content { source.report.proof } else { nil } }

    /// Proves what was recovered from a graph, and notes in the source what came of it; nothing happens to others.
    package func prove() throws(Fault) {
        if case .source(let source) = content { try GraphProof.prove(source, strict: options.isStrict) }
    }

    /// A source for those who make something of it: one that was recovered from a graph is proved, or refused.
    package static func source(_ path: String, options: ImportOptions) throws(Fault) -> AlbertSource {
        let source = try Importer.open(path: path, options: options)
        try GraphProof.prove(source, strict: options.isStrict)
        return source
    }

    /// The file where it begins as GGUF does; nil for all else.
    private static func gguf(_ path: String) throws(Fault) -> ModelFile? {
        guard let file = try? MappedFile(path: path), file.bytes.prefix(4).elementsEqual("GGUF".utf8) else {
            return nil
        }
        let gguf = try GGUF(file: file)
        // Other programs write GGUF files of floats, which are imported.
        return LlamaGGUF.matches(gguf) ? nil : try ModelFile(gguf: gguf)
    }

    /// The tokenizer that comes with it; nil for a model that takes ids only.
    package func tokenizer() throws(Fault) -> Tokenizer? {
        switch content {
        case .albit(let file): try TokenizerTables.read(file.gguf).map { Tokenizer($0) }
        case .source(let source):
            try TokenizerReader.read(source.tokenizerFiles, isSegmented: options.isPretokenized).map { Tokenizer($0) }
        }
    }

    /// The model, ready to run: int8 in its file, or floats in memory.
    package func model() throws(Fault) -> Model {
        switch content {
        case .albit(let file): try Model(file).with(card: card)
        case .source(let source): try Self.floats(source, path: path, tokenizer: tokenizer())
        }
    }

    /// The floats of a source in memory.
    static func floats(_ source: AlbertSource, path: String, tokenizer: Tokenizer?) throws(Fault) -> Model {
        Model(
            path: path, weights: try EncoderWeights(source), tokenizer: tokenizer, card: source.card,
            size: ModelSize(fileBytes: source.report.fileBytes, memoryBytes: 4 * source.report.uniqueParameters))
    }

    /// The floats of a source whose tokenizer was read before, so that it is known to be one that runs.
    static func floats(_ source: AlbertSource) throws(Fault) -> Model {
        try floats(
            source, path: source.report.path,
            tokenizer: TokenizerReader.read(source.tokenizerFiles, isSegmented: true).map { Tokenizer($0) })
    }
}

extension Model {
    /// Opens a model in any format: the one way for programs, library and tests on the desktop.
    package init(opening path: String, options: ImportOptions = ImportOptions()) throws(Fault) {
        self = try OpenedModel(path: path, options: options).model()
    }
}
