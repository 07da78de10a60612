import AlbitModel
import AlbitText

/// A frozen TensorFlow graph.
enum TensorFlowFrozenGraph: SourceReader {
    static let formatName = "TensorFlow"
    static let suffixes = [".pb"]
    static let takesAdapters = false

    static func matches(_ start: FileStart) -> FormatMatch { TensorFlowReader.matches(start) ? .likely : .no }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        try TensorFlowImport.source(of: TensorFlowReader.read(graph: given.file), given)
    }
}

/// A SavedModel: a graph whose weights lie in a checkpoint in its folder.
enum TensorFlowSavedModel: SourceReader {
    static let fileName = "saved_model.pb"
    static let formatName = ""
    static let fileNames = [fileName]
    static let takesAdapters = false

    static func matches(_ start: FileStart) -> FormatMatch { SavedModel.matches(start.file) ? .likely : .no }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        try TensorFlowImport.source(of: TensorFlowReader.read(savedModel: given.file, tree: given.tree), given)
    }
}

/// A graph with weights that may have names: by these where they and a configuration tell everything, else by dataflow.
private enum TensorFlowImport {
    static func source(of read: TensorFlowReader.Result, _ given: ImportedFile) throws(Fault) -> AlbertSource {
        let files = given.files(read.files)
        let neighbours = Neighbours(tree: given.tree)
        func byDataflow() throws(Fault) -> AlbertSource {
            guard let graph = read.graph else {
                throw Fault(
                    .tensorFlowNothingComputed, in: given.path, "the graph has no outputs",
                    advice: "every node is read by another")
            }
            return try GraphImporter(
                path: given.path, graph: graph, neighbours: neighbours, options: given.options
            ).source(files: files)
        }
        let importer = CheckpointImporter(
            path: given.path, checkpoint: read.checkpoint, neighbours: neighbours, options: given.options)
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
}
