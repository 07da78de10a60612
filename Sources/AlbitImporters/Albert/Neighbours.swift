import AlbitModel
import AlbitText
import CPlatform

/// The files that lie beside the weights: configuration, tokenizer, pooling.
struct Neighbours {
    /// Directory or archive that holds the weights.
    let tree: (any FileTree)?

    private static let configurationNames = ["config.json", "albert_config.json", "bert_config.json"]
    private static let tokenizerNames = [
        "spiece.model", "30k-clean.model", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json",
        "added_tokens.json",
    ]
    private static let maxTokenizerBytes = 64 << 20

    func configuration(_ options: ImportOptions) throws(ImportError) -> ConfigurationFile? {
        if let path = options.config {
            let file = try wrapping { try FileBytes(path: path) }
            return try ConfigurationFile(file)
        }
        for name in Neighbours.configurationNames {
            if let file = try wrapping({ try tree?.open(name) }) { return try ConfigurationFile(file) }
        }
        return nil
    }

    /// sentence-transformers says in `1_Pooling/config.json` how a sentence becomes one vector.
    func pooling() throws(ImportError) -> Pooling? {
        guard let file = try wrapping({ try tree?.open("1_Pooling/config.json") }) else { return nil }
        let text = try wrapping { try file.allBytes(what: "the pooling configuration", limit: ConfigurationFile.maxBytes) }
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: text) } catch {
            throw .badConfiguration(path: file.path, problem: error.description)
        }
        if json["pooling_mode_mean_tokens"]?.bool == true { return .mean }
        if json["pooling_mode_cls_token"]?.bool == true { return .cls }
        if json["pooling_mode_max_tokens"]?.bool == true { return .max }
        return nil
    }

    func tokenizerFiles(_ options: ImportOptions) throws(ImportError) -> [TokenizerFile] {
        var from = tree
        if let path = options.tokenizer {
            if path.withCString({ platform_kind($0) }) != 2 {
                let file = try wrapping { try FileBytes(path: path) }
                return [try read(file, name: Importer.lastComponent(path))]
            }
            from = DirectoryTree(path: path)
        }
        guard let from else { return [] }
        var files: [TokenizerFile] = []
        for name in Neighbours.tokenizerNames {
            // A SavedModel keeps them in `assets/`.
            let file = try wrapping { try from.open(name) ?? from.open("assets/" + name) }
            if let file { files.append(try read(file, name: name)) }
        }
        return files
    }

    private func read(_ file: any ByteSource, name: String) throws(ImportError) -> TokenizerFile {
        let bytes = try wrapping { try file.allBytes(what: "the tokenizer file", limit: Neighbours.maxTokenizerBytes) }
        if SourceFormat.isLargeFilePointer(bytes) { throw .largeFilePointer(path: file.path) }
        return TokenizerFile(name: name, path: file.path, bytes: bytes)
    }
}
