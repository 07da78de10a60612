import AlbitText

/// A module of a sentence-transformers model: what `modules.json` says of it.
struct SentenceModule: Equatable {
    /// What a module does to an answer.
    enum Kind: String {
        case transformer = "Transformer"
        case pooling = "Pooling"
        case dense = "Dense"
        case layerNorm = "LayerNorm"
        case normalize = "Normalize"
        /// Of use in training alone.
        case dropout = "Dropout"
    }

    let kind: Kind
    /// Its folder in the model's; empty for the model's folder itself.
    let folder: String
}

/// The modules of a sentence-transformers model, in their order.
struct ModuleList {
    static let fileName = "modules.json"
    /// Modules at most, and bytes of one of these small files.
    private static let maxModules = 64
    static let maxBytes = 1 << 20

    let path: String
    let modules: [SentenceModule]
    /// What may be of interest and changes nothing.
    private(set) var notes: [String] = []

    /// Nil where the tree holds no `modules.json`. Throws for a list that is no list, and for modules that Albit does
    /// not run, by their names.
    init?(_ tree: any FileTree) throws(Fault) {
        guard let file = try tree.open(ModuleList.fileName) else { return nil }
        let json = try ModuleList.parse(file)
        guard let entries = json.array, !entries.isEmpty, entries.count <= ModuleList.maxModules else {
            throw Fault(
                .sentenceBadConfiguration, in: file.path, "is not a list of modules",
                expected: "1 to \(ModuleList.maxModules) objects with path and type")
        }
        var modules: [SentenceModule] = []
        for (index, entry) in entries.enumerated() {
            guard let type = entry["type"]?.string, let folder = entry["path"]?.string,
                let plain = ModuleList.plain(folder)
            else {
                throw Fault(
                    .sentenceBadConfiguration, in: file.path, at: "module \(index)",
                    "has no type, or no path to a folder inside the model's")
            }
            modules.append(SentenceModule(kind: try ModuleList.kind(type, in: file.path, at: index), folder: plain))
            for member in entry.members ?? []
            where !["idx", "name", "path", "type", "kwargs"].contains(member.name) {
                notes.append("\(ModuleList.fileName): '\(member.name)' of module \(index) is unknown and not used")
            }
            if let arguments = entry["kwargs"]?.array, !arguments.isEmpty {
                notes.append(
                    "\(ModuleList.fileName): module \(index) takes arguments for encode (kwargs), which are not passed"
                )
            }
        }
        path = file.path
        self.modules = modules
    }

    /// Where the transformer's files lie; nil for a list without one.
    var transformerFolder: String? { modules.first { $0.kind == .transformer }?.folder }

    /// A module's folder in words.
    static func place(_ module: SentenceModule) -> String { module.folder.isEmpty ? "." : module.folder }

    static func parse(_ file: any ByteSource) throws(Fault) -> JSONValue {
        let text = try file.allBytes(what: "the description of a sentence model", limit: maxBytes)
        return try JSONValue(parsing: text, file: file.path)
    }

    /// The kind of a class by its path in Python, whose last word is what stays through all versions.
    private static func kind(_ type: String, in path: String, at index: Int) throws(Fault) -> SentenceModule.Kind {
        let words = type.split(separator: ".")
        guard words.first == "sentence_transformers", let name = words.last,
            let kind = SentenceModule.Kind(rawValue: String(name))
        else {
            throw Fault(
                .sentenceUnsupportedModule, in: path, at: "module \(index)",
                "is '\(type)', which Albit does not run",
                expected: "sentence_transformers' Transformer, Pooling, Dense, LayerNorm or Normalize",
                advice: "for the encoder alone, copy its files to a folder without \(fileName)")
        }
        return kind
    }

    /// A folder's path without what means nothing; nil for one that leads elsewhere.
    private static func plain(_ folder: String) -> String? {
        let parts = folder.split(separator: "/").filter { $0 != "." }
        guard !folder.hasPrefix("/"), parts.count <= 4, parts.allSatisfy({ DirectoryTree.isPlainName(String($0)) })
        else { return nil }
        return parts.joined(separator: "/")
    }
}
