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
        case PLATFORM_KIND_DIRECTORY: return try FolderImport.open(DirectoryTree(path: path), options: options)
        default:
            return try open(
                FileBytes(path: path), name: FilePath.name(path),
                tree: DirectoryTree(path: FilePath.folder(of: path)), options: options)
        }
    }

    /// Opens a GGUF file of floats that has been parsed.
    package static func open(_ model: ModelFile, options: ImportOptions = ImportOptions()) throws(Fault) -> AlbertSource
    {
        try FloatGGUF.open(model, FileBytes(path: model.path), options: options)
    }

    /// Opens one file by its content.
    package static func open(
        _ file: any ByteSource, name: String, tree: any FileTree, options: ImportOptions
    ) throws(Fault) -> AlbertSource {
        try open(ImportedFile(file: file, name: name, tree: tree, options: options))
    }

    static func open(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        if let format = try ImportFormat.of(given.file) { return try format.read(given) }
        // The content decides; a name only finds what is meant, or makes the message better.
        if let index = try TensorFlowIndex.meant(by: given) { return try open(index) }
        let named = ImportFormat.all.first {
            $0.reader.isReadByName && $0.reader.suffixes.contains(where: given.name.hasSuffix)
        }
        guard let named else { throw unknownFormat(given.path) }
        return try named.read(given)
    }

    /// The model in a container's tensors, with the adapter that belongs to it.
    static func source(
        _ checkpoint: Checkpoint, _ files: [any ByteSource], _ given: ImportedFile
    ) throws(Fault) -> AlbertSource {
        let (base, adapter) = try LoRAAdapter.resolve(
            checkpoint, path: given.path, tree: given.tree, options: given.options, read: Importer.checkpoint)
        return try CheckpointImporter(
            path: given.path, checkpoint: base, neighbours: Neighbours(tree: given.neighbours ?? given.tree),
            options: given.options, adapter: adapter
        )
        .source(files: given.files(files) + (given.options.adapter == nil ? [] : adapter?.files ?? []))
    }

    /// The tensors of one file that stands for itself or is a shard.
    static func checkpoint(_ file: any ByteSource) throws(Fault) -> Checkpoint {
        guard case .checkpoint(let reader)? = try ImportFormat.of(file) else { throw unknownFormat(file.path) }
        return try reader.read(file)
    }

    private static func unknownFormat(_ path: String) -> Fault {
        let names = ImportFormat.all.map { $0.reader.formatName }.filter { !$0.isEmpty }
        return Fault(
            .importUnknownFormat, in: path, "is of no format that Albit reads",
            expected: names.joined(separator: ", ") + ", or a .tar.gz of one")
    }
}
