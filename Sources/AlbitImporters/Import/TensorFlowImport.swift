import AlbitModel
import AlbitText

extension Importer {
    /// A frozen graph or a SavedModel: by names where these and a configuration tell everything, else by dataflow.
    static func graph(
        tensorFlow file: any ByteSource, format: SourceFormat, tree: any FileTree, container: (any ByteSource)?,
        options: ImportOptions
    ) throws(Fault) -> AlbertSource {
        let read =
            format == .savedModel
            ? try TensorFlowReader.read(savedModel: file, tree: tree) : try TensorFlowReader.read(graph: file)
        let files = container.map { [$0] } ?? read.files
        let neighbours = Neighbours(tree: tree)
        func byDataflow() throws(Fault) -> AlbertSource {
            guard let graph = read.graph else {
                throw Fault(
                    .tensorFlowNothingComputed, in: file.path, "the graph has no outputs",
                    advice: "every node is read by another")
            }
            return try GraphImporter(path: file.path, graph: graph, neighbours: neighbours, options: options).source(
                files: files)
        }
        let importer = CheckpointImporter(
            path: file.path, checkpoint: read.checkpoint, neighbours: neighbours, options: options)
        guard try importer.isNamed else { return try byDataflow() }
        do throws(Fault) {
            let source = try importer.source(files: files)
            // The names told everything; the graph proves it where it is understood too.
            source.graph = try? byDataflow().graph
            return source
        } catch {
            // An optimizer may have folded what had a name.
            guard error.code == .importMissingTensor, read.graph != nil else { throw error }
            return try byDataflow()
        }
    }

    static func graph(
        tflite file: any ByteSource, tree: any FileTree, container: (any ByteSource)?, options: ImportOptions
    ) throws(Fault) -> AlbertSource {
        let (graph, published) = try TFLiteReader.read(file)
        return try GraphImporter(
            path: file.path, graph: graph, published: published, neighbours: Neighbours(tree: tree), options: options
        )
        .source(files: container.map { [$0] } ?? [file])
    }
}
