import AlbitModel
import AlbitText
import CPlatform

/// The files that lie beside the weights: configuration, tokenizer, pooling.
struct Neighbours {
    /// Directory or archive that holds the weights.
    let tree: (any FileTree)?

    private static let configurationNames = ["config.json", "albert_config.json", "bert_config.json"]
    private static let tokenizerNames = [
        "spiece.model", "30k-clean.model", "sentencepiece.bpe.model", "tokenizer.json", "tokenizer_config.json",
        "vocab.txt", "special_tokens_map.json",
        "added_tokens.json", TokenizerReader.tokenizerClassName,
    ]
    private static let maxTokenizerBytes = 64 << 20

    func configuration(_ options: ImportOptions) throws(Fault) -> ConfigurationFile? {
        if let path = options.config {
            let file = try FileBytes(path: path)
            return try ConfigurationFile(file, root: options.root)
        }
        for name in Neighbours.configurationNames {
            if let file = try tree?.open(name) { return try ConfigurationFile(file, root: options.root) }
        }
        return nil
    }

    /// Adds what sentence-transformers says beside the weights: the pipeline with its weights, prompts, the length of
    /// texts. Gives the files that its weights lie in.
    func addSentences(
        to card: inout ModelCard, _ parameters: inout [Parameter: any LazyTensor], _ report: inout ImportReport,
        _ configuration: Configuration
    ) throws(Fault) -> [any ByteSource] {
        guard let tree else { return [] }
        let model = try SentenceModel(
            besides: tree, hiddenSize: configuration.hiddenSize, positions: configuration.maxPositionEmbeddings,
            readWeights: Importer.checkpoint)
        if let model {
            model.add(to: &card, &parameters, &report)
            return model.files
        }
        // A pooling without the list of modules: the library does not read it, but somebody meant it.
        var file = try ModuleConfiguration(tree, file: "1_Pooling/config.json")
        if file.isThere {
            card.sentence = SentencePipeline(poolings: try PoolingSettings(&file).poolings, stages: [.normalize])
            report.notes.append(
                "\(file.path) is used without \(ModuleList.fileName), and vectors are scaled to length 1")
        }
        return []
    }

    /// The files of the tokenizer. The report tells of one that has a name by which no program would find it.
    func tokenizerFiles(
        _ options: ImportOptions, _ report: inout ImportReport
    ) throws(Fault) -> [TokenizerFile] {
        let files = try tokenizerFiles(options)
        guard files.isEmpty, let tree, options.tokenizer == nil, let name = try strayTokenizer(tree) else {
            return files
        }
        report.doubt(
            "\(name) looks like a tokenizer, but has a name by which it is not read: give it with --tokenizer, or call "
                + "it tokenizer.json, spiece.model or vocab.txt")
        return files
    }

    /// A file that is a tokenizer by its beginning, of those that few others are like.
    private func strayTokenizer(_ tree: any FileTree) throws(Fault) -> String? {
        for name in tree.names.prefix(1000) {
            guard name.hasSuffix(".json") || name.hasSuffix(".model") || name.hasSuffix("vocab.txt"),
                let file = try tree.open(name)
            else { continue }
            let start = String(decoding: try file.prefix(4096), as: UTF8.self)
            let isTokenizer =
                name.hasSuffix(".json")
                ? start.contains("\"added_tokens\"") || start.contains("\"pre_tokenizer\"") : true
            if isTokenizer { return name }
        }
        return nil
    }

    func tokenizerFiles(_ options: ImportOptions) throws(Fault) -> [TokenizerFile] {
        var from = tree
        if let path = options.tokenizer {
            if path.withCString({ platform_kind($0) }) != PLATFORM_KIND_DIRECTORY {
                let file = try FileBytes(path: path)
                return [try read(file, name: FilePath.name(path))]
            }
            from = DirectoryTree(path: path)
        }
        guard let from else { return [] }
        var files: [TokenizerFile] = []
        for name in Neighbours.tokenizerNames {
            // A SavedModel keeps them in `assets/`.
            if let file = try from.open(name) {
                files.append(try read(file, name: name))
            } else if let file = try from.open("assets/" + name) {
                files.append(try read(file, name: name))
            }
        }
        if !files.isEmpty, !files.contains(where: { $0.name == TokenizerReader.tokenizerClassName }),
            let file = try tokenizerClass(from)
        {
            files.append(file)
        }
        return files
    }

    /// What `config.json` says about the class that reads the tokenizer's files; nil where it says nothing.
    private func tokenizerClass(_ tree: any FileTree) throws(Fault) -> TokenizerFile? {
        guard let file = try tree.open("config.json") else { return nil }
        let bytes = try file.allBytes(what: "the configuration", limit: ConfigurationFile.maxBytes)
        guard let json = try? JSONValue(parsing: bytes) else { return nil }
        let code = json["auto_map"]?["AutoTokenizer"]
        guard json["tokenizer_class"]?.string != nil || code != nil else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        if let name = json["tokenizer_class"]?.string {
            writer.member("tokenizer_class")
            writer.string(name)
        }
        if let code {
            writer.member("auto_map")
            writer.beginObject()
            writer.member("AutoTokenizer")
            writer.value(code)
            writer.endObject()
        }
        writer.endObject()
        return TokenizerFile(name: TokenizerReader.tokenizerClassName, path: file.path, bytes: Array(writer.text.utf8))
    }

    private func read(_ file: any ByteSource, name: String) throws(Fault) -> TokenizerFile {
        let bytes = try file.allBytes(what: "the tokenizer file", limit: Neighbours.maxTokenizerBytes)
        if LargeFilePointer.begins(bytes) { throw LargeFilePointer.refusal(file.path) }
        return TokenizerFile(name: name, path: file.path, bytes: bytes)
    }
}
