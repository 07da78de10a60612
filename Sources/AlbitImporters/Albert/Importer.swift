import AlbitModel
import CPlatform

/// Opens a model in any published format.
package enum Importer {
    /// Opens a file, a directory or an archive. Reads headers only; parameters are read when they are asked for.
    package static func open(path: String, options: ImportOptions = ImportOptions()) throws(ImportError) -> AlbertSource {
        switch path.withCString({ platform_kind($0) }) {
        case 0: throw .nothingThere(path: path)
        case 2: return try openDirectory(DirectoryTree(path: path), options: options)
        default:
            let file = try wrapping { try FileBytes(path: path) }
            return try open(file, name: lastComponent(path), tree: DirectoryTree(path: directory(of: path)), options: options)
        }
    }

    /// What a directory is searched for, best first.
    private static let weightNames = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
        "tf_model.h5", "tf_model.h5.index.json", "flax_model.msgpack", "flax_model.msgpack.index.json", "model.onnx",
        "saved_model.pb",
    ]

    static func openDirectory(_ tree: any FileTree, options: ImportOptions) throws(ImportError) -> AlbertSource {
        for name in weightNames {
            if let file = try wrapping({ try tree.open(name) }) {
                return try open(file, name: name, tree: tree, options: options)
            }
        }
        let names = tree.names
        let tables = names.filter { $0.hasSuffix(".index") }
        let candidates = !tables.isEmpty
            ? tables
            : names.filter { name in
                [".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".onnx", ".pb", ".tflite", ".pt2"]
                    .contains(where: name.hasSuffix)
            }
        guard candidates.count <= 1 else { throw .severalCheckpoints(path: tree.path, names: candidates) }
        guard let name = candidates.first, let file = try wrapping({ try tree.open(name) }) else {
            throw .noCheckpoint(path: tree.path)
        }
        return try open(file, name: name, tree: tree, options: options)
    }

    /// Opens one file by its content.
    static func open(
        _ file: any ByteSource, name: String, tree: any FileTree, options: ImportOptions
    ) throws(ImportError) -> AlbertSource {
        let format = try SourceFormat.detect(file)
        switch format {
        case .safetensors, .zip, .pickle:
            return try source(file.path, try wrapping { try checkpoint(file, format) }, [file], tree, options)
        case .json:
            let index = try wrapping { try ShardIndex(file) }
            let (joined, files) = try wrapping {
                try index.join(in: tree) { shard in try Importer.checkpoint(shard, try SourceFormat.detect(shard)) }
            }
            return try source(file.path, joined, [file] + files, tree, options)
        default:
            throw .unknownFormat(path: file.path)
        }
    }

    /// The tensors of one file that stands for itself or is a shard.
    private static func checkpoint(_ file: any ByteSource, _ format: SourceFormat) throws -> Checkpoint {
        switch format {
        case .safetensors: return try Safetensors.read(file)
        case .zip: return try PyTorch.read(zip: file)
        case .pickle: return try PyTorch.read(legacy: file)
        default: throw ImportError.unknownFormat(path: file.path)
        }
    }

    private static func source(
        _ path: String, _ checkpoint: Checkpoint, _ files: [any ByteSource], _ tree: any FileTree, _ options: ImportOptions
    ) throws(ImportError) -> AlbertSource {
        try CheckpointImporter(path: path, checkpoint: checkpoint, neighbours: Neighbours(tree: tree), options: options)
            .source(files: files)
    }

    static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
