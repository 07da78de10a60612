import AlbitModel

/// Turns a dataflow graph into an ALBERT: walks from the ids through embeddings and layers to the outputs.
struct GraphImporter {
    let path: String
    let graph: DataflowGraph
    let neighbours: Neighbours
    let options: ImportOptions

    /// `files` are all files that the graph's constants lie in, the graph's own first.
    func source(files: [any ByteSource]) throws(ImportError) -> AlbertSource {
        throw .unsupportedFormat(path: path, format: graph.format)
    }
}
