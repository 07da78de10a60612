import AlbitModel
import AlbitText
import CPlatform

/// Opens a model in any published format.
package enum Importer {
    /// Opens a file, a directory or an archive. Reads headers only; parameters are read when they are asked for.
    package static func open(path: String, options: ImportOptions = ImportOptions()) throws(Fault) -> AlbertSource {
        let source = try find(path: path, options: options)
        if options.isStrict, let read = source.report.readFiles.first(where: { !$0.unknown.isEmpty }) {
            throw .unknownKey(read.path, read.unknown[0])
        }
        return source
    }

    private static func find(path: String, options: ImportOptions) throws(Fault) -> AlbertSource {
        switch path.withCString({ platform_kind($0) }) {
        case PLATFORM_KIND_NOTHING:
            // TensorFlow's tools name a checkpoint by the prefix of its files.
            if (path + ".index").withCString({ platform_kind($0) }) == PLATFORM_KIND_FILE {
                return try find(path: path + ".index", options: options)
            }
            throw Fault(.importNothingThere, in: path, "there is no such file or directory")
        case PLATFORM_KIND_DIRECTORY: return try openDirectory(DirectoryTree(path: path), options: options)
        default:
            let file = try FileBytes(path: path)
            return try open(
                file, name: lastComponent(path), tree: DirectoryTree(path: directory(of: path)), options: options)
        }
    }

    /// Opens a GGUF file of floats that has been parsed.
    package static func open(_ model: ModelFile, options: ImportOptions = ImportOptions()) throws(Fault) -> AlbertSource
    {
        try FloatGGUF.open(model, FileBytes(path: model.path), options: options)
    }

    /// What a directory is searched for, best first.
    private static let weightNames = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
        "tf_model.h5", "tf_model.h5.index.json", "flax_model.msgpack", "flax_model.msgpack.index.json", "model.onnx",
        "saved_model.pb",
    ]

    private static let weightSuffixes = [
        ".index", ".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".onnx", ".pb", ".tflite", ".pt2",
    ]

    /// The index of the checkpoint that TensorFlow's state file `checkpoint` calls the latest.
    private static func latestCheckpoint(_ tree: any FileTree) throws(Fault) -> String? {
        guard let file = try tree.open("checkpoint") else { return nil }
        let text = String(decoding: try file.allBytes(what: "the state file", limit: 1 << 20), as: UTF8.self)
        guard text.hasPrefix("model_checkpoint_path:") else { return nil }
        let parts = text.split(separator: "\"", maxSplits: 2)
        return parts.count > 1 ? lastComponent(String(parts[1])) + ".index" : nil
    }

    static func openDirectory(
        _ tree: any FileTree, container: (any ByteSource)? = nil, options: ImportOptions
    ) throws(Fault) -> AlbertSource {
        // sentence-transformers may keep the transformer in a folder of its own.
        if !(tree is SubfolderTree), let folder = try ModuleList(tree)?.transformerFolder, !folder.isEmpty {
            return try openDirectory(SubfolderTree(tree, folder: folder), container: container, options: options)
        }
        for name in weightNames {
            if let file = try tree.open(name) {
                return try open(file, name: name, tree: tree, container: container, options: options)
            }
        }
        // Repositories for several runtimes keep graphs in a folder of their own, beside configuration and tokenizer.
        if let file = try tree.open("onnx/model.onnx") {
            return try graph(
                onnx: file, tree: folder("onnx", of: tree), neighbours: tree, container: container, options: options)
        }
        let names = tree.names
        let layout = (tree as? DirectoryTree).map(ModelLayout.init)
        if let layout, !names.contains(where: isWeights), let choice = try layout.choice() {
            switch choice {
            case .folder(let name):
                return try openDirectory(DirectoryTree(path: tree.path + "/" + name), options: options)
            case .file(let name):
                guard let file = try tree.open(name) else { break }
                return try open(file, name: name, tree: tree, options: options)
            }
        }
        let tables = names.filter { $0.hasSuffix(".index") }
        var candidates = tables.isEmpty ? names.filter(isWeights) : tables
        if candidates.isEmpty { candidates = names.filter(LoRAAdapter.isAdapterFile) }
        if candidates.count > 1, let latest = try latestCheckpoint(tree), candidates.contains(latest) {
            candidates = [latest]
        }
        guard candidates.count <= 1 else { throw .severalCheckpoints(path: tree.path, names: candidates) }
        guard let name = candidates.first, let file = try tree.open(name) else {
            throw Fault(
                .importNoCheckpoint, in: tree.path, "holds no checkpoint",
                expected: "model.safetensors, pytorch_model.bin, tf_model.h5, flax_model.msgpack, a TensorFlow "
                    + ".index file or an ONNX file")
        }
        return try open(file, name: name, tree: tree, container: container, options: options)
    }

    /// Opens one file by its content. `container` is the archive it lies in, which then is the source's file.
    package static func open(
        _ file: any ByteSource, name: String, tree: any FileTree, container: (any ByteSource)? = nil,
        options: ImportOptions
    ) throws(Fault) -> AlbertSource {
        func source(_ checkpoint: Checkpoint, _ files: [any ByteSource]) throws(Fault) -> AlbertSource {
            let (base, adapter) = try LoRAAdapter.resolve(
                checkpoint, path: file.path, tree: tree, options: options, read: Importer.checkpoint)
            return try CheckpointImporter(
                path: file.path, checkpoint: base, neighbours: Neighbours(tree: tree), options: options,
                adapter: adapter
            )
            .source(files: (container.map { [$0] } ?? files) + (options.adapter == nil ? [] : adapter?.files ?? []))
        }
        let format = try SourceFormat.detect(file)
        if options.adapter != nil, format.isGraph {
            throw Fault(
                .importAdapterUnsupported, in: file.path, "is a graph or a model file, into which no adapter is merged",
                advice: "give the checkpoint that it was made from")
        }
        if format == .zip, let directory = try folder(inZip: file) {
            return try openDirectory(directory, container: container ?? file, options: options)
        }
        switch format {
        case .safetensors, .zip, .pickle, .msgpack, .hdf5:
            return try source(try checkpoint(file, format), [file])
        case .json:
            let index = try ShardIndex(file)
            let (joined, files) = try index.join(in: tree, read: checkpoint)
            return try source(joined, [file] + files)
        case .sortedTable:
            let (bundle, shards) = try TensorFlowBundle.read(file, name: name, tree: tree)
            return try source(bundle, [file] + shards)
        case .gzip:
            let stream = InflatedBytes(gzip: file)
            do throws(Fault) {
                return try openArchive(stream, file: container ?? file, options: options)
            } catch  where error.code == .tarNotTar {
                // One file, packed by itself.
                try stream.readToEnd()
                guard try SourceFormat.detect(stream) != .gzip else { throw error }
                return try open(stream, name: name, tree: tree, container: container ?? file, options: options)
            }
        case .tar:
            return try openArchive(file, file: container ?? file, options: options)
        case .onnx:
            return try graph(onnx: file, tree: tree, neighbours: besides(tree), container: container, options: options)
        case .tensorFlowGraph, .savedModel:
            return try graph(tensorFlow: file, format: format, tree: tree, container: container, options: options)
        case .tflite: return try graph(tflite: file, tree: tree, container: container, options: options)
        case .gguf:
            return try FloatGGUF.open(file, options: options)
        default:
            // A SavedModel keeps its weights in a bundle beside its graph.
            let variables = "variables/variables.index"
            if let index = try tree.open(variables), try SourceFormat.detect(index) == .sortedTable {
                return try open(index, name: variables, tree: tree, container: container, options: options)
            }
            // The elements of a TensorFlow checkpoint: the index beside them is what is meant.
            if let range = name.firstRange(of: ".data-"), case let index = name[..<range.lowerBound] + ".index",
                let file = try tree.open(String(index))
            {
                return try open(file, name: String(index), tree: tree, container: container, options: options)
            }
            // The content decides; a name only makes the message better.
            if name.hasSuffix(".index") {
                throw Fault(
                    .tableNoFooter, in: file.path, "does not end with the footer of a TensorFlow index",
                    advice: "it is truncated, download it again")
            }
            if name.hasSuffix(".onnx") {
                return try graph(onnx: file, tree: tree, neighbours: tree, container: container, options: options)
            }
            if name.hasSuffix(".safetensors") { _ = try Safetensors.read(file) }
            throw .unknownFormat(path: file.path)
        }
    }

    /// Where the files beside a graph lie: one folder up, where the graph's folder is called `onnx` and has none.
    private static func besides(_ tree: any FileTree) -> any FileTree {
        guard !tree.names.contains("config.json") else { return tree }
        guard let directory = tree as? DirectoryTree else {
            return (tree as? TarTree)?.parent(ofFolder: "onnx") ?? tree
        }
        guard lastComponent(directory.path) == "onnx" else { return tree }
        return DirectoryTree(path: self.directory(of: directory.path))
    }

    /// A folder of a tree.
    private static func folder(_ name: String, of tree: any FileTree) -> any FileTree {
        if let directory = tree as? DirectoryTree { return DirectoryTree(path: directory.path + "/" + name) }
        return (tree as? TarTree)?.folder(name) ?? tree
    }

    private static func graph(
        onnx file: any ByteSource, tree: any FileTree, neighbours: any FileTree, container: (any ByteSource)?,
        options: ImportOptions
    ) throws(Fault) -> AlbertSource {
        let (graph, files) = try ONNXReader.read(file, tree: tree)
        return try GraphImporter(
            path: file.path, graph: graph, neighbours: Neighbours(tree: neighbours), options: options
        )
        .source(files: container.map { [$0] } ?? [file] + files)
    }

    /// A tar archive, compressed or not: the one directory in it that holds a checkpoint is opened in place.
    private static func openArchive(
        _ bytes: any ByteSource, file: any ByteSource, options: ImportOptions
    ) throws(Fault) -> AlbertSource {
        let archive = try TarArchive(bytes)
        let directories = models(in: archive.directories) { archive.tree($0) }
        guard directories.count <= 1 else { throw .severalCheckpoints(path: file.path, names: directories) }
        return try openDirectory(archive.tree(directories.first ?? ""), container: file, options: options)
    }

    /// The one folder with a checkpoint in a zip archive, or a wheel, of a model; nil where torch wrote the archive.
    private static func folder(inZip file: any ByteSource) throws(Fault) -> ZipTree? {
        let archive = try ZipArchive(file)
        guard !PyTorch.matches(archive) else { return nil }
        let directories = models(in: archive.directories) { ZipTree(archive: archive, directory: $0) }
        guard directories.count <= 1 else { throw .severalCheckpoints(path: file.path, names: directories) }
        return directories.first.map { ZipTree(archive: archive, directory: $0) }
    }

    /// The folders of an archive that are models. What lies under a SavedModel belongs to it, and under a list of
    /// modules.
    private static func models(in directories: [String], _ tree: (String) -> any FileTree) -> [String] {
        let owners = directories.filter {
            !tree($0).names.filter(["saved_model.pb", ModuleList.fileName].contains).isEmpty
        }
        return directories.filter { directory in
            (owners.contains(directory) || hasCheckpoint(tree(directory)))
                && !owners.contains { directory != $0 && ($0.isEmpty || directory.hasPrefix($0 + "/")) }
        }
    }

    private static func hasCheckpoint(_ tree: any FileTree) -> Bool {
        tree.names.contains { weightNames.contains($0) || isWeights($0) }
    }

    /// Whether a name is one of weights, and not of what training leaves beside them.
    private static func isWeights(_ name: String) -> Bool {
        let rest = ["training_args.bin", "optimizer.pt", "optimizer.bin", "scheduler.pt", "scheduler.bin", "scaler.pt"]
        return weightSuffixes.contains(where: name.hasSuffix) && !rest.contains(name) && !name.hasPrefix("rng_state")
            && !name.hasPrefix("._") && !name.hasSuffix("_model_states.pt") && !name.hasSuffix("_optim_states.pt")
            && !LoRAAdapter.isAdapterFile(name)
    }

    /// The tensors of one file that stands for itself or is a shard.
    static func checkpoint(_ file: any ByteSource, _ format: SourceFormat) throws(Fault) -> Checkpoint {
        switch format {
        case .safetensors: return try Safetensors.read(file)
        case .zip: return try PyTorch.read(zip: file)
        case .pickle: return try PyTorch.read(legacy: file)
        case .msgpack: return try Flax.read(file)
        case .hdf5(let offset): return try Keras.read(file, base: offset)
        default: throw .unknownFormat(path: file.path)
        }
    }

    private static func checkpoint(_ file: any ByteSource) throws(Fault) -> Checkpoint {
        try checkpoint(file, try SourceFormat.detect(file))
    }

    package static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func severalCheckpoints(path: String, names: [String]) -> Fault {
        Fault(
            .importSeveralCheckpoints, in: path, "holds several checkpoints (\(names.joined(separator: ", ")))",
            advice: "name one of the files")
    }

    fileprivate static func unknownFormat(path: String) -> Fault {
        Fault(
            .importUnknownFormat, in: path, "is of no format that Albit reads",
            expected: "safetensors, PyTorch, TensorFlow, Keras HDF5, Flax msgpack, ONNX, TFLite, or a .tar.gz "
                + "of one")
    }
}
