import AlbitModel

extension Importer {
    /// A frozen graph or a SavedModel: by names where these and a configuration tell everything, else by dataflow.
    static func graph(
        tensorFlow file: any ByteSource, format: SourceFormat, tree: any FileTree, container: (any ByteSource)?, options: ImportOptions
    ) throws(ImportError) -> AlbertSource {
        let read = try wrapping {
            format == .savedModel
                ? try TensorFlowReader.read(savedModel: file, tree: tree) : try TensorFlowReader.read(graph: file)
        }
        let files = container.map { [$0] } ?? read.files
        let neighbours = Neighbours(tree: tree)
        func byDataflow() throws(ImportError) -> AlbertSource {
            guard let graph = read.graph else { throw .container(TensorFlowError.nothingComputed(path: file.path)) }
            return try GraphImporter(path: file.path, graph: graph, neighbours: neighbours, options: options).source(files: files)
        }
        let importer = CheckpointImporter(path: file.path, checkpoint: read.checkpoint, neighbours: neighbours, options: options)
        guard try importer.isNamed else { return try byDataflow() }
        do throws(ImportError) {
            return try importer.source(files: files)
        } catch {
            // An optimizer may have folded what had a name.
            guard case .missingTensor = error, read.graph != nil else { throw error }
            return try byDataflow()
        }
    }

    static func graph(
        tflite file: any ByteSource, tree: any FileTree, container: (any ByteSource)?, options: ImportOptions
    ) throws(ImportError) -> AlbertSource {
        let graph = try wrapping { try TFLiteReader.read(file) }
        return try GraphImporter(path: file.path, graph: graph, neighbours: Neighbours(tree: tree), options: options)
            .source(files: container.map { [$0] } ?? [file])
    }
}
