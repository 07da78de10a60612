import AlbitModel
import AlbitText

/// The formats that are read, each by the one type that knows it.
enum ImportFormat {
    case checkpoint(any CheckpointReader.Type)
    case graph(any GraphReader.Type)
    case source(any SourceReader.Type)

    /// All of them, those first that are preferred where a folder holds several. Adding a format is a file with its
    /// reader and a line here.
    static var all: [ImportFormat] {
        [
            .checkpoint(Safetensors.self),
            .checkpoint(PyTorch.self),
            .checkpoint(Keras.self),
            .checkpoint(Flax.self),
            .graph(ONNXReader.self),
            .source(TensorFlowSavedModel.self),
            .source(TensorFlowFrozenGraph.self),
            .source(TensorFlowIndex.self),
            .graph(TFLiteReader.self),
            .source(FloatGGUF.self),
            .source(ShardIndex.self),
            .source(ZippedFolder.self),
            .source(GzippedFile.self),
            .source(TarredFolder.self),
            .source(LargeFilePointer.self),
            .source(PackedFile.self),
            .source(OptimizedONNX.self),
        ]
    }

    var reader: any PublishedFormat.Type {
        switch self {
        case .checkpoint(let reader): reader
        case .graph(let reader): reader
        case .source(let reader): reader
        }
    }

    /// The format of a file; nil for none that is known.
    static func of(_ file: any ByteSource) throws(Fault) -> ImportFormat? {
        let start = try FileStart(file)
        var best: (format: ImportFormat, match: FormatMatch)?
        for format in all {
            let match = try format.reader.matches(start)
            if match > best?.match ?? .no { best = (format, match) }
            if match == .certain { break }
        }
        return best?.format
    }

    /// Names of weights that a folder is searched for, best first.
    static var fileNames: [String] { all.flatMap { $0.reader.fileNames.flatMap { [$0, $0 + ShardIndex.suffix] } } }

    /// Whether a name is one of weights, and not of what training leaves beside them.
    static func isWeights(_ name: String) -> Bool {
        let rest = ["training_args.bin", "optimizer.pt", "optimizer.bin", "scheduler.pt", "scheduler.bin", "scaler.pt"]
        return all.contains { $0.reader.suffixes.contains(where: name.hasSuffix) } && !rest.contains(name)
            && !name.hasPrefix("rng_state") && !name.hasPrefix("._") && !name.hasSuffix("_model_states.pt")
            && !name.hasSuffix("_optim_states.pt") && !LoRAAdapter.isAdapterFile(name)
    }

    func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        if given.options.adapter != nil, !reader.takesAdapters {
            throw Fault(
                .importAdapterUnsupported, in: given.path,
                "is a graph or a model file, into which no adapter is merged",
                advice: "give the checkpoint that it was made from")
        }
        switch self {
        case .checkpoint(let reader): return try Importer.source(reader.read(given.file), [given.file], given)
        case .graph(let reader):
            let found = try reader.read(given.file, in: given.tree)
            return try GraphImporter(
                path: given.path, graph: found.graph, published: found.published,
                neighbours: Neighbours(tree: given.neighbours ?? FolderImport.around(given.tree)),
                options: given.options
            ).source(files: given.files([given.file] + found.files))
        case .source(let reader): return try reader.read(given)
        }
    }
}
