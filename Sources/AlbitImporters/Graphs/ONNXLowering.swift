import AlbitModel
import AlbitText

/// Translates ONNX operators, and ONNX Runtime's fused ones, into the vocabulary of `Operation`.
struct ONNXLowering {
    var builder: GraphBuilder
    let tensors: ONNXTensorReader
    /// Domains of functions that the model itself defines.
    let functionDomains: Set<String>
    /// Version of the standard operators; what some of them mean depends on it.
    var opset = 0

    private static let elementwise: [String: Operation] = [
        "Add": .add, "Sub": .subtract, "Mul": .multiply, "Div": .divide, "Pow": .power, "Neg": .negate,
        "Reciprocal": .reciprocal, "Sqrt": .squareRoot, "Exp": .exponential, "Log": .logarithm, "Tanh": .tanh,
        "Erf": .erf,
        "Sigmoid": .sigmoid, "Relu": .relu, "Where": .select, "Identity": .identity, "Expand": .expand, "Shape": .shape,
        "MatMul": .matmul(), "GlobalAveragePool": .reduceMean(axes: [-1], keepsAxes: true),
        "DynamicQuantizeLinear": .dynamicQuantize,
        "MatMulInteger": .integerMatmul, "Reshape": .reshape,
    ]

    mutating func add(_ node: ONNXNode) throws(Fault) {
        switch node.domain {
        case "": try standard(node)
        case "com.microsoft": try fused(node)
        case "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training", "com.microsoft.nchwc",
            "org.pytorch.aten":
            try emit(.other(node.qualifiedType), node)
        default:
            guard functionDomains.contains(node.domain) else {
                throw Fault(
                    .onnxUnknownOperator, in: builder.path, at: "node '\(node.label)'",
                    "is of the unknown operator \(node.qualifiedType)",
                    advice: "Albit knows ONNX and com.microsoft (ONNX Runtime)")
            }
            try emit(.other(node.qualifiedType), node)
        }
    }

    /// The node as it is, under another name for what it does.
    func emitName(_ node: ONNXNode, _ part: String) -> String { node.label + "/" + part }

    mutating func emit(_ operation: Operation, _ node: ONNXNode) throws(Fault) {
        try builder.node(operation, name: node.name, inputs: node.inputs, outputs: node.outputs)
    }

    /// A part of a node; returns the name of its result.
    mutating func part(
        _ operation: Operation, _ node: ONNXNode, _ name: String, _ inputs: [String]
    ) throws(Fault) -> String {
        let result = emitName(node, name)
        try builder.node(operation, name: result, inputs: inputs, outputs: [result])
        return result
    }

    /// A number that an operator implies.
    mutating func number(_ value: Float, _ node: ONNXNode, _ name: String) throws(Fault) -> String {
        let result = emitName(node, name)
        let bits = value.bitPattern
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: bits >> UInt32(8 * $0)) }
        try builder.constant(
            result, StoredTensor(shape: [], dtype: .float32, source: MemoryBytes(bytes, path: result), offset: 0))
        return result
    }

    mutating func integers(_ values: [Int], as result: String, isScalar: Bool = false) throws(Fault) -> String {
        var bytes: [UInt8] = []
        for value in values { for i in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) } }
        try builder.constant(
            result,
            StoredTensor(
                shape: isScalar ? [] : [values.count], dtype: .int64, source: MemoryBytes(bytes, path: result),
                offset: 0))
        return result
    }

    private mutating func standard(_ node: ONNXNode) throws(Fault) {
        if let operation = ONNXLowering.elementwise[node.type] {
            if node.type == "Shape", node.integer("start") ?? 0 != 0 || node.integer("end") != nil {
                return try shapeSlice(node)
            }
            return try emit(operation, node)
        }
        switch node.type {
        case "Max", "Min":
            try fold(node.type == "Max" ? .maximum : .minimum, node)
        case "Sum": try fold(.add, node)
        case "OneHot": try emit(.oneHot(axis: node.integer("axis") ?? -1), node)
        case "Constant": try constant(node)
        case "Dropout":
            try builder.node(.identity, name: node.name, inputs: [node.input(0)], outputs: [node.output(0)])
            if !node.output(1).isEmpty {
                try builder.node(.other("Dropout"), name: emitName(node, "mask"), inputs: [], outputs: [node.output(1)])
            }
        case "Cast": try cast(node)
        case "CastLike":
            // A float type almost always; an integer type is that of an initializer, which is looked at when it runs.
            try builder.node(.cast(to: .float), name: node.name, inputs: [node.input(0)], outputs: node.outputs)
        case "Transpose": try emit(.transpose(node.integers("perm")), node)
        case "Squeeze": try emit(.squeeze(axes: node.integers("axes")), node)
        case "Unsqueeze": try emit(.unsqueeze(axes: node.integers("axes")), node)
        case "Slice":
            guard let starts = node.integers("starts"), let ends = node.integers("ends") else {
                return try emit(.slice, node)
            }
            var inputs = [
                node.input(0), try integers(starts, as: emitName(node, "starts")),
                try integers(ends, as: emitName(node, "ends")),
            ]
            if let axes = node.integers("axes") { inputs.append(try integers(axes, as: emitName(node, "axes"))) }
            try builder.node(.slice, name: node.name, inputs: inputs, outputs: node.outputs)
        case "Split": try emit(.split(axis: node.integer("axis") ?? 0, sizes: node.integers("split")), node)
        case "Concat": try emit(.concatenate(axis: node.integer("axis") ?? 0), node)
        case "Gather": try emit(.gather(axis: node.integer("axis") ?? 0), node)
        case "Gemm": try gemm(node, activation: nil)
        case "Einsum": try emit(.einsum(node.text("equation") ?? ""), node)
        case "ReduceMean": try reduce(node) { .reduceMean(axes: $0, keepsAxes: $1) }
        case "ReduceSum": try reduce(node) { .reduceSum(axes: $0, keepsAxes: $1) }
        case "Softmax":
            let axis = node.integer("axis") ?? (opset < 13 ? 1 : -1)
            try emit(opset < 13 && axis >= 0 ? .flatSoftmax(axis: axis) : .softmax(axis: axis), node)
        case "LogSoftmax": try emit(.logSoftmax(axis: node.integer("axis") ?? -1), node)
        case "Gelu": try emit(.gelu(isTanh: node.text("approximate") == "tanh"), node)
        case "LayerNormalization":
            try builder.node(
                .layerNorm(epsilon: node.float("epsilon") ?? 1e-5, axis: node.integer("axis") ?? -1), name: node.name,
                inputs: node.inputs, outputs: [node.output(0)])
            try unused(node, from: 1)
        case "QLinearMatMul":
            // a, its scale and zero point, the same of b, scale and zero point of the result.
            let a = try part(.dequantize(axis: -1), node, "a", Array(node.inputs.prefix(3)))
            let b = try part(.dequantize(axis: -1), node, "b", Array(node.inputs.dropFirst(3).prefix(3)))
            let product = try part(.matmul(), node, "matmul", [a, b])
            try builder.node(
                .quantize(axis: -1), name: node.name, inputs: [product] + node.inputs.dropFirst(6),
                outputs: node.outputs)
        case "DequantizeLinear": try emit(.dequantize(axis: node.integer("axis") ?? 1), node)
        case "QuantizeLinear": try emit(.quantize(axis: node.integer("axis") ?? 1), node)
        case "Attention":
            try standardAttention(node)
        default:
            if try !auxiliary(node) { try emit(.other(node.type), node) }
        }
    }

    /// Of a node with any number of inputs.
    private mutating func fold(_ operation: Operation, _ node: ONNXNode) throws(Fault) {
        guard node.inputs.count > 1 else { return try emit(.identity, node) }
        var result = node.input(0)
        for (index, term) in node.inputs.enumerated().dropFirst().dropLast() {
            result = try part(operation, node, "part\(index)", [result, term])
        }
        try builder.node(
            operation, name: node.name, inputs: [result, node.inputs[node.inputs.count - 1]], outputs: node.outputs)
    }

    private mutating func cast(_ node: ONNXNode) throws(Fault) {
        switch node.integer("to") ?? 0 {
        case 1, 10, 11, 16: try emit(.cast(to: .float), node)
        case 9: try emit(.cast(to: .truth), node)
        default: try emit(.cast(to: .integer), node)
        }
    }

    /// Further results of a fused operator that nothing of the model depends on.
    mutating func unused(_ node: ONNXNode, from first: Int) throws(Fault) {
        for index in node.outputs.indices.dropFirst(first) where !node.outputs[index].isEmpty {
            try builder.node(
                .other(node.qualifiedType), name: emitName(node, "output\(index)"), inputs: [],
                outputs: [node.outputs[index]])
        }
    }

    private mutating func constant(_ node: ONNXNode) throws(Fault) {
        let name = node.output(0)
        switch node.attributes["value"] ?? node.attributes["value_float"] ?? node.attributes["value_int"]
            ?? node.attributes["value_ints"]
            ?? node.attributes["value_floats"]
        {
        case .tensor(let range)?: try builder.constant(name, try tensors.read(range, fallback: name).tensor)
        case .float(let value)?:
            let number = try number(value, node, "value")
            try builder.node(.identity, name: node.name, inputs: [number], outputs: [name])
        case .integer(let value)?: _ = try integers([value], as: name, isScalar: true)
        case .integers(let values)?: _ = try integers(values, as: name)
        case .floats(let values)?:
            var bytes: [UInt8] = []
            for value in values {
                for i in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * i))) }
            }
            try builder.constant(
                name,
                StoredTensor(shape: [values.count], dtype: .float32, source: MemoryBytes(bytes, path: name), offset: 0))
        default: try emit(.other("Constant"), node)
        }
    }

    private mutating func shapeSlice(_ node: ONNXNode) throws(Fault) {
        let whole = try part(.shape, node, "shape", [node.input(0)])
        let starts = try integers([node.integer("start") ?? 0], as: emitName(node, "start"))
        let ends = try integers([node.integer("end") ?? Int(Int32.max)], as: emitName(node, "end"))
        try builder.node(.slice, name: node.name, inputs: [whole, starts, ends], outputs: node.outputs)
    }

    mutating func gemm(_ node: ONNXNode, activation: Operation?) throws(Fault) {
        let product = Operation.matmul(
            transposeA: node.integer("transA") ?? 0 != 0, transposeB: node.integer("transB") ?? 0 != 0,
            scale: node.float("alpha") ?? 1)
        let beta = node.float("beta") ?? 1
        var last = (operation: product, inputs: [node.input(0), node.input(1)])
        if !node.input(2).isEmpty && beta != 0 {
            let result = try part(product, node, "matmul", last.inputs)
            var bias = node.input(2)
            if beta != 1 { bias = try part(.multiply, node, "bias", [bias, try number(beta, node, "beta")]) }
            last = (.add, [result, bias])
        }
        if let activation { last = (activation, [try part(last.operation, node, "linear", last.inputs)]) }
        try builder.node(last.operation, name: node.name, inputs: last.inputs, outputs: node.outputs)
    }
}
