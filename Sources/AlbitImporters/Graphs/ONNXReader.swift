import AlbitModel
import AlbitText

/// Reads an ONNX file into a dataflow graph. Node by node, tensor by tensor: what is large stays where it is.
///
/// Sources: onnx.proto3 of the ONNX project, its operator documentation, and ONNX Runtime's contrib operators.
struct ONNXReader: GraphReader {
    static let formatName = "ONNX"
    static let fileNames = ["model.onnx"]
    static let suffixes = [".onnx"]
    static let isReadByName = true
    static let maxInitializers = 1 << 20

    static func read(_ file: any ByteSource, in tree: any FileTree) throws(Fault) -> GraphFile {
        let scanner = WireScanner(file)
        var graphs: [Range<Int>] = []
        var producer = ""
        var version = ""
        var functionDomains = Set<String>()
        var metadata: [String] = []
        var opset = 0
        var message = scanner.message(0..<file.count)
        while let field = try message.next() {
            switch (field.number, field.payload) {
            case (2, .bytes(let text)): producer = try scanner.text(text)
            case (3, .bytes(let text)): version = try scanner.text(text)
            case (7, .bytes(let graph)): graphs.append(graph)
            case (8, .bytes(let identifier)):
                var domain = ""
                var number = 0
                var message = scanner.message(identifier)
                while let part = try message.next() {
                    if case (1, .bytes(let text)) = (part.number, part.payload) { domain = try scanner.text(text) }
                    if case (2, .varint(let value)) = (part.number, part.payload) { number = Int(clamping: value) }
                }
                if domain.isEmpty || domain == "ai.onnx" { opset = number }
            case (14, .bytes(let entry)):
                guard metadata.count < 1000 else { continue }
                var message = scanner.message(entry)
                while let part = try message.next() {
                    if case (1, .bytes(let text)) = (part.number, part.payload) {
                        metadata.append(try scanner.text(text))
                    }
                }
            case (25, .bytes(let function)):
                var message = scanner.message(function)
                while let part = try message.next() {
                    if case (10, .bytes(let domain)) = (part.number, part.payload) {
                        functionDomains.insert(try scanner.text(domain))
                    }
                }
            default: break
            }
        }
        guard !graphs.isEmpty else {
            throw Fault(
                .onnxNoGraph, in: file.path, "holds no ONNX graph", advice: "the file is empty or of another kind")
        }
        let writer = [producer, version].filter { !$0.isEmpty }.joined(separator: " ")
        let builder = GraphBuilder(
            path: file.path, format: "ONNX", writer: writer.isEmpty ? nil : writer, metadata: metadata)
        let tensors = ONNXTensorReader(scanner: scanner, tree: tree)
        var lowering = ONNXLowering(builder: builder, tensors: tensors, functionDomains: functionDomains, opset: opset)
        var inputs: [(name: String, declaration: DataflowGraph.Declaration)] = []
        var outputs: [String] = []
        var initializers = 0
        for graph in graphs {
            var message = scanner.message(graph)
            while let field = try message.next() {
                guard case .bytes(let content) = field.payload else { continue }
                switch field.number {
                case 1: try lowering.add(try ONNXNode(content, scanner))
                case 5:
                    initializers += 1
                    guard initializers <= maxInitializers else {
                        throw Fault(
                            .onnxTooMany, in: file.path, "has more than \(maxInitializers) initializers",
                            advice: "the file is damaged or hostile")
                    }
                    let (name, tensor) = try tensors.read(content)
                    guard !name.isEmpty else {
                        throw Fault(
                            .onnxUnnamedTensor, in: file.path, at: "the initializer at byte \(content.lowerBound)",
                            "has no name", advice: "the file is damaged")
                    }
                    try lowering.builder.constant(name, tensor)
                case 11: inputs.append(try valueInfo(content, scanner))
                case 12: outputs.append(try valueInfo(content, scanner).name)
                case 15:
                    throw Fault(
                        .onnxSparse, in: file.path, "has sparse initializers, which Albit does not read",
                        advice: "save the model with dense ones")
                default: break
                }
            }
        }
        // Old files list their initializers among the inputs.
        for (name, declaration) in inputs where !lowering.builder.isDefined(name) {
            try lowering.builder.input(name, declaration)
        }
        for name in outputs { lowering.builder.output(name) }
        return GraphFile(graph: try lowering.builder.finish(), files: tensors.externalFiles)
    }

    /// Name, kind and shape in a ValueInfoProto.
    private static func valueInfo(
        _ range: Range<Int>, _ scanner: WireScanner
    ) throws(Fault) -> (name: String, declaration: DataflowGraph.Declaration) {
        var name = ""
        var result = DataflowGraph.Declaration()
        var message = scanner.message(range)
        while let field = try message.next() {
            if case (1, .bytes(let text)) = (field.number, field.payload) { name = try scanner.text(text) }
            guard case (2, .bytes(let type)) = (field.number, field.payload) else { continue }
            var choices = scanner.message(type)
            while let choice = try choices.next() {
                guard case (1, .bytes(let tensor)) = (choice.number, choice.payload) else { continue }
                var parts = scanner.message(tensor)
                while let part = try parts.next() {
                    switch (part.number, part.payload) {
                    case (1, .varint(let type)):
                        result.kind = type == 9 ? .truth : [1, 10, 11, 16].contains(type) ? .float : .integer
                    case (2, .bytes(let shape)): result.shape = try extents(shape, scanner)
                    default: break
                    }
                }
            }
        }
        return (name, result)
    }

    /// The dimensions of a TensorShapeProto; nil where one is a name, or 0.
    private static func extents(_ range: Range<Int>, _ scanner: WireScanner) throws(Fault) -> [Int?] {
        var result: [Int?] = []
        var axes = scanner.message(range)
        while let axis = try axes.next() {
            guard case (1, .bytes(let content)) = (axis.number, axis.payload), result.count < ONNXTensorReader.maxRank
            else { continue }
            var extent: Int?
            var dimension = scanner.message(content)
            while let field = try dimension.next() {
                if case (1, .varint(let value)) = (field.number, field.payload), let known = Int(exactly: value),
                    known > 0
                {
                    extent = known
                }
            }
            result.append(extent)
        }
        return result
    }

    /// The top level of a ModelProto: a version, then a graph among known fields.
    static func matches(_ start: FileStart) -> FormatMatch {
        let file = start.file
        let scanner = WireScanner(file)
        var position = 0
        var hasGraph = false
        var count = 0
        do {
            while count < 64, let field = try scanner.field(&position, end: file.count) {
                count += 1
                switch (field.number, field.payload) {
                case (1, .varint(let version)): guard version < 1000 else { return .no }
                case (5, .varint): break
                case (7, .bytes): hasGraph = true
                case (2...4, .bytes), (6, .bytes), (8, .bytes), (14, .bytes), (20, .bytes), (25...26, .bytes): break
                default: return .no
                }
            }
        } catch { return .no }
        return hasGraph ? .possible : .no
    }
}
