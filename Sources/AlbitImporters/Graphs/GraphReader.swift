import AlbitText

/// Reads a file of operations into a dataflow graph.
protocol GraphReader: PublishedFormat {
    /// `tree` is the folder that the file lies in.
    static func read(_ file: any ByteSource, in tree: any FileTree) throws(Fault) -> GraphFile
}

extension GraphReader {
    package static var takesAdapters: Bool { false }
}

/// What a graph's file holds.
struct GraphFile {
    /// The graph to find an encoder in.
    var graph: DataflowGraph
    /// The graph as published, where something was undone in the first.
    var published: DataflowGraph?
    /// Files beside it that its constants lie in.
    var files: [any ByteSource] = []
}
