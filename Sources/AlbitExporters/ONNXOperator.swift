/// One operator of an ONNX graph, and the fields of `NodeProto` and `AttributeProto` (onnx.proto, IR version 8).
struct ONNXOperator {
    enum Attribute {
        case integer(String, Int)
        case integers(String, [Int])
        case float(String, Float)
    }

    let operation: String
    let inputs: [String]
    let output: String
    let attributes: [Attribute]

    func write(into graph: inout ProtobufWriter) {
        graph.message(1) { node in
            for input in inputs { node.string(1, input) }
            node.string(2, output)
            node.string(3, output + "/" + operation)
            node.string(4, operation)
            for attribute in attributes {
                node.message(5) { proto in
                    switch attribute {
                    case .integer(let name, let value):
                        proto.string(1, name)
                        proto.integer(3, value)
                        proto.integer(20, 2)
                    case .integers(let name, let values):
                        proto.string(1, name)
                        for value in values { proto.integer(8, value) }
                        proto.integer(20, 7)
                    case .float(let name, let value):
                        proto.string(1, name)
                        proto.float(2, value)
                        proto.integer(20, 1)
                    }
                }
            }
        }
    }
}

/// Element types, with the numbers of `TensorProto.DataType`.
enum ONNXElement: Int {
    case float = 1
    case uint8 = 2
    case int32 = 6
    case int64 = 7

    var size: Int {
        switch self {
        case .float, .int32: 4
        case .uint8: 1
        case .int64: 8
        }
    }
}
