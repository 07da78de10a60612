import AlbitModel
import AlbitText

/// Reads TensorFlow graphs, frozen or with variables beside them, into dataflow graphs.
struct TensorFlowReader {
    /// What was read, and the weights by name where the file gives them names.
    struct Result {
        /// Nil where nothing says what it computes; then only names can tell.
        var graph: DataflowGraph?
        /// The named tensors of the file, for the importer of checkpoints.
        var checkpoint: Checkpoint
        var files: [any ByteSource]
    }

    /// Whether a file begins as a GraphDef does: with a node that has a name and an operator.
    static func matches(_ start: FileStart) -> Bool {
        let (head, path) = (start.bytes, start.file.path)
        var wire = WireReader(head[...], path: path)
        guard let tag = try? wire.varint(), tag == 0x0A, let length = try? wire.varint(), length >= 4 else {
            return false
        }
        let node = head[wire.consumed...].prefix(Int(min(length, 512)))
        var fields = WireReader(node, path: path)
        func isName(_ text: ArraySlice<UInt8>) -> Bool { !text.isEmpty && text.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
        guard case (1, .bytes(let name))? = try? fields.field(), case (2, .bytes(let operation))? = try? fields.field()
        else { return false }
        return isName(name) && isName(operation)
    }

    /// A frozen GraphDef.
    static func read(graph file: any ByteSource) throws(Fault) -> Result {
        let scanner = WireScanner(file)
        let graph = try TensorFlowGraph([0..<file.count], scanner)
        // What nobody reads is a result.
        var isRead = Set<String>()
        for node in graph.main.nodes {
            for input in node.inputs { isRead.insert(String(input.split(separator: ":").first ?? "")) }
        }
        let outputs = graph.main.nodes.filter { !isRead.contains($0.name) && isResult($0.operation) }.map(\.name)
        guard !outputs.isEmpty else {
            throw Fault(
                .tensorFlowNothingComputed, in: file.path, "the graph has no outputs",
                advice: "every node is read by another")
        }
        var checkpoint = Checkpoint(format: "TensorFlow GraphDef", writer: "TensorFlow", tensors: [])
        for node in graph.main.nodes where node.operation == "Const" {
            guard case .tensor(let range)? = node.attributes["value"] else { continue }
            guard let tensor = try TensorFlowTensor.read(range, scanner, node: node.name) else { continue }
            if tensor.dtype.isFloating && !tensor.shape.isEmpty {
                checkpoint.tensors.append(NamedTensor(name: node.name, tensor: tensor))
            }
        }
        let dataflow = try lower(graph, outputs, scanner, format: checkpoint.format, version: "") { _ in nil }
        return Result(graph: dataflow, checkpoint: checkpoint, files: [file])
    }

    private static func isResult(_ operation: String) -> Bool {
        switch operation {
        case "Const", "Placeholder", "NoOp", "Assert", "VarHandleOp", "VariableV2", "SaveV2", "MergeV2Checkpoints",
            "Assign",
            "AssignVariableOp", "RestoreV2":
            false
        default: true
        }
    }

    /// A SavedModel, or the module of TF-Hub, whose directory is `tree`.
    static func read(savedModel file: any ByteSource, tree: any FileTree) throws(Fault) -> Result {
        let scanner = WireScanner(file)
        let model = try SavedModel(scanner)
        let outputs = model.outputs
        var checkpoint = Checkpoint(format: "TensorFlow SavedModel", writer: nil, tensors: [])
        var files = [file]
        let index = "variables/variables.index"
        if let table = try tree.open(index) {
            let (bundle, shards) = try TensorFlowBundle.read(table, name: index, tree: tree)
            checkpoint = bundle
            checkpoint.format = "TensorFlow SavedModel"
            files += [table] + shards
        }
        let variables = try SavedModelVariables(checkpoint, graph: model.graph, scanner: scanner)
        let hasVariables = files.count > 1
        checkpoint.writer = writer(model.version)
        guard !outputs.isEmpty else { return Result(graph: nil, checkpoint: checkpoint, files: files) }
        func variable(_ item: TensorFlowWalk.Collected) throws(Fault) -> (any LazyTensor)? {
            guard hasVariables else {
                throw Fault(
                    .tensorFlowNoVariables, in: file.path,
                    "is the graph of a SavedModel, but its weights are not beside it", expected: index)
            }
            return variables.value(of: item)
        }
        let graph = try lower(
            model.graph, outputs, scanner, format: checkpoint.format, version: model.version, variables: variable)
        return Result(graph: graph, checkpoint: checkpoint, files: files)
    }

    private static func writer(_ version: String) -> String { version.isEmpty ? "TensorFlow" : "TensorFlow \(version)" }

    private static func lower(
        _ graph: TensorFlowGraph, _ outputs: [String], _ scanner: WireScanner, format: String, version: String,
        variables: @escaping (TensorFlowWalk.Collected) throws(Fault) -> (any LazyTensor)?
    ) throws(Fault) -> DataflowGraph {
        var walk = TensorFlowWalk(graph)
        let names = try walk.collect(outputs)
        var lowering = TensorFlowLowering(
            builder: GraphBuilder(path: graph.path, format: format, writer: writer(version)), scanner: scanner,
            variables: variables)
        try lowering.lower(walk.collected)
        return try lowering.finish(outputs: names)
    }
}
