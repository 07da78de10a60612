import AlbitModel
import AlbitText

/// Finds the model in a folder of the file system or of an archive.
enum FolderImport {
    static func open(
        _ tree: any FileTree, container: (any ByteSource)? = nil, options: ImportOptions
    ) throws(Fault) -> AlbertSource {
        // sentence-transformers may keep the transformer in a folder of its own.
        if !(tree is SubfolderTree), let folder = try ModuleList(tree)?.transformerFolder, !folder.isEmpty {
            return try open(SubfolderTree(tree, folder: folder), container: container, options: options)
        }
        func model(_ file: any ByteSource, _ name: String) -> ImportedFile {
            ImportedFile(file: file, name: name, tree: tree, container: container, options: options)
        }
        for name in ImportFormat.fileNames {
            if let file = try tree.open(name) { return try Importer.open(model(file, name)) }
        }
        // Repositories for several runtimes keep graphs in a folder of their own, beside configuration and tokenizer.
        if let graph = try graphInFolder(tree) {
            var given = model(graph.file, graph.name)
            (given.tree, given.neighbours) = (tree.folder("onnx"), tree)
            return try ImportFormat.graph(ONNXReader.self).read(given)
        }
        let names = tree.names
        let layout = (tree as? DirectoryTree).map(ModelLayout.init)
        if let layout, !names.contains(where: ImportFormat.isWeights), let choice = try layout.choice() {
            switch choice {
            case .folder(let name):
                return try open(DirectoryTree(path: tree.path + "/" + name), options: options)
            case .file(let name):
                guard let file = try tree.open(name) else { break }
                return try Importer.open(model(file, name))
            }
        }
        let tables = names.filter { $0.hasSuffix(TensorFlowIndex.suffix) }
        var candidates = tables.isEmpty ? names.filter(ImportFormat.isWeights) : tables
        if candidates.isEmpty { candidates = names.filter(LoRAAdapter.isAdapterFile) }
        if candidates.count > 1, let latest = try TensorFlowIndex.latest(in: tree), candidates.contains(latest) {
            candidates = [latest]
        }
        guard candidates.count <= 1 else { throw severalCheckpoints(tree.path, candidates) }
        guard let name = candidates.first, let file = try tree.open(name) else {
            throw Fault(
                .importNoCheckpoint, in: tree.path, "holds no checkpoint",
                expected: "model.safetensors, pytorch_model.bin, tf_model.h5, flax_model.msgpack, a TensorFlow "
                    + ".index file or an ONNX file")
        }
        return try Importer.open(model(file, name))
    }

    /// The graph in the folder `onnx`: `model.onnx`, or the only one of another name; nil where weights lie beside the
    /// folder, or there is none.
    private static func graphInFolder(
        _ tree: any FileTree
    ) throws(Fault) -> (file: any ByteSource, name: String)? {
        if let file = try tree.open("onnx/model.onnx") { return (file, "model.onnx") }
        guard !tree.names.contains(where: ImportFormat.isWeights) else { return nil }
        let folder = tree.folder("onnx")
        let names = folder.names.filter { $0.hasSuffix(".onnx") && !$0.hasPrefix("._") }
        guard names.count <= 1 else { throw severalCheckpoints(tree.path, names.map { "onnx/" + $0 }) }
        guard let name = names.first, let file = try folder.open(name) else { return nil }
        return (file, name)
    }

    /// The one folder of an archive that holds a model; nil where none does. What lies under a SavedModel belongs to
    /// it, and under a list of modules.
    static func model(
        in directories: [String], of path: String, _ tree: (String) -> any FileTree
    ) throws(Fault) -> String? {
        let owners = directories.filter {
            !tree($0).names.filter([TensorFlowSavedModel.fileName, ModuleList.fileName].contains).isEmpty
        }
        let models = directories.filter { directory in
            (owners.contains(directory) || holdsWeights(tree(directory)))
                && !owners.contains { directory != $0 && ($0.isEmpty || directory.hasPrefix($0 + "/")) }
                // Graphs of the weights that lie around them.
                && !(tree(directory).parent(ofFolder: "onnx").map(holdsWeights) ?? false)
        }
        guard models.count <= 1 else { throw severalCheckpoints(path, models) }
        return models.first
    }

    private static func holdsWeights(_ tree: any FileTree) -> Bool {
        let wanted = Set(ImportFormat.fileNames)
        return tree.names.contains { wanted.contains($0) || ImportFormat.isWeights($0) }
    }

    /// Where the files beside a graph lie: one folder up, where the graph's folder is called `onnx` and has none.
    static func around(_ tree: any FileTree) -> any FileTree {
        tree.names.contains("config.json") ? tree : tree.parent(ofFolder: "onnx") ?? tree
    }

    private static func severalCheckpoints(_ path: String, _ names: [String]) -> Fault {
        Fault(
            .importSeveralCheckpoints, in: path, "holds several checkpoints (\(names.joined(separator: ", ")))",
            advice: "name one of the files")
    }
}
