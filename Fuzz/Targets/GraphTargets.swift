import AlbitImporters
import AlbitMaking

extension FuzzTarget {
    /// Whole imports, as recovering roles from a graph is where the decisions are. A configuration is given to those
    /// that may need one.
    static let graphs: [FuzzTarget] = [
        graph("onnx", name: "model.onnx", configured: false), graph("graph-def", name: "frozen.pb", configured: true),
        graph("saved-model", name: "saved_model.pb", configured: true),
        graph("tflite", name: "model.tflite", configured: true),
    ]

    private static func graph(_ target: String, name: String, configured: Bool) -> FuzzTarget {
        FuzzTarget(target, maxLength: 1 << 19) { bytes in
            let tree = MemoryTree(configured ? [name: bytes, "config.json": configuration] : [name: bytes])
            let source = try Importer.open(
                MemoryBytes(bytes, path: name), name: name, tree: tree, options: ImportOptions())
            try source.verify()
            // Executing the graph is under attack too.
            _ = try GraphProof.run(source)
        }
    }
}
