import AlbitModel
import AlbitText

/// Reads TFLite files into dataflow graphs. Names say nothing there: they are those of operators before conversion.
///
/// Source: tensorflow/compiler/mlir/lite/schema/schema.fbs, version 3; limits: formats/tflite.md.
struct TFLiteReader: GraphReader {
    static let formatName = "TFLite"
    static let suffixes = [".tflite"]
    static let maxTensors = 1 << 18
    static let maxOperators = 1 << 18

    /// TFLite's identifier, or that of its forerunners for the message.
    static func matches(_ start: FileStart) -> FormatMatch {
        start.has("TFL", at: 4) && start.bytes.count > 7 && (0x30...0x39).contains(start.bytes[7]) ? .certain : .no
    }

    static func read(_ file: any ByteSource, in tree: any FileTree) throws(Fault) -> GraphFile {
        let path = file.path
        let identifier = try file.bytes(at: 4, count: 4, what: "the identifier", limit: 4)
        guard identifier == Array("TFL3".utf8) else {
            throw Fault(
                .tfliteOtherIdentifier, in: path, "has the identifier '\(String(decoding: identifier, as: UTF8.self))'",
                expected: "'TFL3'",
                advice: "convert the model with a current TensorFlow")
        }
        let root = try FlatBuffer(file).root("the model")
        let version = try root.unsigned(0, bytes: 4)
        guard version == 3 else {
            throw Fault(.tfliteUnsupportedVersion, in: path, "is of TFLite schema version \(version)", expected: "3")
        }
        let codes = try root.tables(1, limit: 4096, "operator code").map(TFLiteOperator.Code.init)
        guard let main = try root.tables(2, limit: 4096, "graph").first else {
            throw Fault(.tfliteNoGraph, in: path, "holds no TFLite graph", advice: "the file is empty")
        }
        let buffers = try root.tables(4, limit: maxTensors, "buffer")
        let writer = try root.text(3)

        var tensors: [TFLiteTensor] = []
        var names = Set<String>()
        for (index, table) in try main.tables(0, limit: maxTensors, "tensor").enumerated() {
            var name = try table.text(3) ?? ""
            if name.isEmpty || !names.insert(name).inserted { name += "#\(index)" }
            names.insert(name)
            tensors.append(try TFLiteTensor(table, name: name, buffers: buffers))
        }
        func references(_ field: Int, of table: FlatBuffer.Table) throws(Fault) -> [Int] {
            let list = try table.int32s(field, limit: maxTensors, table.what) ?? []
            for index in list where index < -1 || index >= tensors.count {
                throw Fault(
                    .tfliteBadReference, in: path, "\(table.what) refers to number \(index) of \(tensors.count)",
                    advice: "the file is damaged")
            }
            return list
        }
        var operators: [TFLiteOperator] = []
        for (index, table) in try main.tables(3, limit: maxOperators, "operator").enumerated() {
            let code = try table.unsigned(0, bytes: 4)
            guard code < codes.count else {
                throw Fault(
                    .tfliteBadReference, in: path, "\(table.what) refers to number \(code) of \(codes.count)",
                    advice: "the file is damaged")
            }
            operators.append(
                TFLiteOperator(
                    code: codes[code], number: index, inputs: try references(1, of: table),
                    outputs: try references(2, of: table),
                    options: try table.table(4, "the options of operator \(index)")))
        }
        let inputs = try references(1, of: main)
        let outputs = try references(2, of: main).filter { $0 >= 0 }
        func lowered(_ changes: [Int: TFLiteFoldedBias.Change]) throws(Fault) -> DataflowGraph {
            var lowering = TFLiteLowering(
                builder: GraphBuilder(path: path, format: "TFLite", writer: writer), tensors: tensors, path: path,
                changes: changes)
            for index in inputs where index >= 0 { try lowering.input(index) }
            for item in operators { try lowering.lower(item) }
            return try lowering.finish(outputs: outputs)
        }
        let changes = try TFLiteFoldedBias(tensors, operators).changes()
        return GraphFile(graph: try lowered(changes), published: changes.isEmpty ? nil : try lowered([:]))
    }
}

/// An operator of a TFLite graph.
struct TFLiteOperator {
    /// An `OperatorCode`.
    struct Code {
        /// `BuiltinOperator`; `TFLiteBuiltin.custom` for one of another origin, which `custom` names.
        var builtin: Int
        var custom: String

        init(_ table: FlatBuffer.Table) throws(Fault) {
            // The old field has one byte; what did not fit went to the new one.
            builtin = max(try table.unsigned(0, bytes: 1), try table.int32(3))
            custom = try table.text(1) ?? ""
        }
    }

    var code: Code
    var number: Int
    /// Tensors by number; -1 is one that is left out.
    var inputs: [Int]
    var outputs: [Int]
    var options: FlatBuffer.Table?
}
