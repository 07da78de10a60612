import AlbitModel
import AlbitText

/// Translates TensorFlow's operators into those of `Operation`.
///
/// Source: the operator definitions of tensorflow/core/ops (array_ops.cc, math_ops.cc, nn_ops.cc,
/// resource_variable_ops.cc).
struct TensorFlowLowering {
    private(set) var builder: GraphBuilder
    private let scanner: WireScanner
    /// The value of a variable by the full name of its node.
    private let variables: (TensorFlowWalk.Collected) throws(Fault) -> (any LazyTensor)?
    private var constants: [String: any LazyTensor] = [:]
    private var path: String { scanner.source.path }

    init(
        builder: GraphBuilder, scanner: WireScanner,
        variables: @escaping (TensorFlowWalk.Collected) throws(Fault) -> (any LazyTensor)?
    ) {
        self.builder = builder
        self.scanner = scanner
        self.variables = variables
    }

    mutating func lower(_ collected: [TensorFlowWalk.Collected]) throws(Fault) {
        // Constants first: some operators take an axis from one.
        for item in collected { try source(item) }
        for item in collected where !TensorFlowLowering.isSource(item.node.operation) { try lower(item) }
    }

    consuming func finish(outputs: [String]) throws(Fault) -> DataflowGraph {
        var seen = Set<String>()
        for name in outputs where seen.insert(name).inserted { builder.output(name) }
        return try builder.finish()
    }

    private static func isSource(_ operation: String) -> Bool {
        switch operation {
        case "Const", "Placeholder", "VarHandleOp", "VariableV2", "Variable": true
        default: false
        }
    }

    private mutating func source(_ item: TensorFlowWalk.Collected) throws(Fault) {
        let node = item.node
        switch node.operation {
        case "Placeholder":
            let type = node.type("dtype")
            var declaration = DataflowGraph.Declaration(shape: try shape(node))
            declaration.kind = TensorFlowBundle.types[type].map {
                $0.isFloating ? .float : $0 == .bool ? .truth : .integer
            }
            try builder.input(item.name, declaration)
        case "Const":
            guard case .tensor(let range)? = node.attributes["value"] else {
                throw Fault(
                    .tensorFlowBadAttribute, in: path, at: "node '\(item.name)'", "attribute 'value' holds no tensor")
            }
            if let tensor = try TensorFlowTensor.read(range, scanner, node: item.name) {
                constants[item.name] = tensor
                try builder.constant(item.name, tensor)
            } else {
                try builder.node(.other("Const"), name: item.name, inputs: [], outputs: [item.name])
            }
        case "VarHandleOp", "VariableV2", "Variable":
            guard let tensor = try variables(item) else {
                throw Fault(
                    .tensorFlowUnknownVariable, in: path, at: "node '\(item.name)'",
                    "is a variable whose value is in no checkpoint beside the graph",
                    advice: "freeze the graph, or save the model with its variables")
            }
            try builder.constant(item.name, tensor)
        default: break
        }
    }

    /// A few integers of a constant; nil where the value is computed.
    private func integers(_ value: String?) throws(Fault) -> [Int]? {
        guard let value, let tensor = constants[value], tensor.elementCount <= 4096 else { return nil }
        return try tensor.values(0..<tensor.elementCount).map { Int(exactly: $0.rounded()) ?? 0 }
    }

    private func integer(_ value: String?) throws(Fault) -> Int? {
        guard let values = try integers(value), values.count == 1 else { return nil }
        return values[0]
    }

    private static let plain: [String: (Operation, inputs: Int)] = [
        "Add": (.add, 2), "AddV2": (.add, 2), "Sub": (.subtract, 2), "Mul": (.multiply, 2), "RealDiv": (.divide, 2),
        "Div": (.divide, 2),
        "DivNoNan": (.divide, 2), "Pow": (.power, 2), "SquaredDifference": (.squaredDifference, 2),
        "Maximum": (.maximum, 2),
        "Minimum": (.minimum, 2), "Neg": (.negate, 1), "Reciprocal": (.reciprocal, 1), "Inv": (.reciprocal, 1),
        "Sqrt": (.squareRoot, 1), "Rsqrt": (.reciprocalSquareRoot, 1), "Square": (.square, 1), "Exp": (.exponential, 1),
        "Log": (.logarithm, 1), "Tanh": (.tanh, 1), "Erf": (.erf, 1), "Sigmoid": (.sigmoid, 1), "Relu": (.relu, 1),
        "Identity": (.identity, 1), "StopGradient": (.identity, 1), "ReadVariableOp": (.identity, 1),
        "Snapshot": (.identity, 1),
        "CheckNumerics": (.identity, 1), "PreventGradient": (.identity, 1), "EnsureShape": (.identity, 1),
        "PlaceholderWithDefault": (.identity, 1), "Reshape": (.reshape, 2), "Transpose": (.transpose(nil), 2),
        "ExpandDims": (.unsqueeze(axes: nil), 2), "BroadcastTo": (.expand, 2), "Slice": (.sliceOfSize, 3),
        "Shape": (.shape, 1),
        "ResourceGather": (.gather(axis: 0), 2), "Gather": (.gather(axis: 0), 2), "Select": (.select, 3),
        "SelectV2": (.select, 3),
        "Softmax": (.softmax(axis: -1), 1), "LogSoftmax": (.logSoftmax(axis: -1), 1),
    ]

    private mutating func lower(_ item: TensorFlowWalk.Collected) throws(Fault) {
        let node = item.node
        let inputs = item.inputs
        func require(_ count: Int) throws(Fault) {
            guard inputs.count >= count else {
                throw Fault(
                    .tensorFlowMissingInput, in: path, at: "node '\(item.name)'",
                    "is a \(node.operation) with \(inputs.count) inputs, which are too few",
                    advice: "the file is damaged")
            }
        }
        func add(_ operation: Operation, _ inputs: [String], outputs: Int = 1) throws(Fault) {
            let count = max(outputs, item.outputs)
            try builder.node(
                operation, name: item.name, inputs: inputs,
                outputs: (0..<count).map { TensorFlowWalk.valueName(item.name, $0) })
        }
        if let (operation, count) = TensorFlowLowering.plain[node.operation] ?? TensorFlowLowering.auxiliary(node) {
            try require(count)
            return try add(operation, Array(inputs.prefix(count)))
        }
        switch node.operation {
        case "IdentityN":
            for index in 0..<max(item.outputs, 1) where index < inputs.count {
                let name = TensorFlowWalk.valueName(item.name, index)
                try builder.node(.identity, name: name, inputs: [inputs[index]], outputs: [name])
            }
            try require(item.outputs)
        case "AddN":
            try require(1)
            try sum(item)
        case "BiasAdd":
            try require(2)
            try add(node.text("data_format") == "NCHW" ? .other("BiasAdd") : .add, inputs)
        case "Erfc":
            // erfc(x) = 1 - erf(x).
            try require(1)
            try builder.constant(item.name + "/one", NumberListTensor(shape: [], values: [1]))
            try builder.node(.erf, name: item.name + "/erf", inputs: [inputs[0]], outputs: [item.name + "/erf"])
            try add(.subtract, [item.name + "/one", item.name + "/erf"])
        case "Cast":
            try require(1)
            let from = TensorFlowBundle.types[node.type("SrcT")]?.isFloating ?? false
            let to = TensorFlowBundle.types[node.type("DstT")]?.isFloating ?? false
            let isTruth = TensorFlowBundle.types[node.type("DstT")] == .bool
            try add(from && to ? .identity : .cast(to: to ? .float : isTruth ? .truth : .integer), inputs)
        case "Squeeze":
            try require(1)
            try add(.squeeze(axes: node.integers("squeeze_dims")), inputs)
        case "StridedSlice":
            try require(4)
            try add(
                .stridedSlice(
                    beginMask: node.integer("begin_mask"), endMask: node.integer("end_mask"),
                    ellipsisMask: node.integer("ellipsis_mask"), newAxisMask: node.integer("new_axis_mask"),
                    shrinkMask: node.integer("shrink_axis_mask")), inputs)
        case "Split":
            try require(2)
            let axis = try integer(inputs[0])
            try add(
                axis.map { .split(axis: $0, sizes: nil) } ?? .other("Split"), [inputs[1]],
                outputs: try parts(node, "num_split"))
        case "SplitV":
            try require(3)
            let sizes = try integers(inputs[1])
            let axis = try integer(inputs[2])
            let isKnown = axis != nil && sizes != nil
            try add(
                isKnown ? .split(axis: axis ?? 0, sizes: sizes) : .other("SplitV"), [inputs[0]],
                outputs: try parts(node, "num_split"))
        case "Unpack":
            try require(1)
            try add(.unstack(axis: node.integer("axis")), inputs, outputs: try parts(node, "num"))
        case "Pack":
            try require(1)
            try add(.stack(axis: node.integer("axis")), inputs)
        case "ConcatV2":
            try require(2)
            let axis = try integer(inputs.last)
            try add(axis.map { .concatenate(axis: $0) } ?? .other("ConcatV2"), Array(inputs.dropLast()))
        case "Concat":
            try require(2)
            let axis = try integer(inputs.first)
            try add(axis.map { .concatenate(axis: $0) } ?? .other("Concat"), Array(inputs.dropFirst()))
        case "GatherV2":
            try require(3)
            let axis = try integer(inputs[2])
            let batch = node.integer("batch_dims")
            let operation = axis.map {
                batch == 0 ? Operation.gather(axis: $0) : .batchGather(axis: $0, batchAxes: batch)
            }
            try add(operation ?? .other("GatherV2"), Array(inputs.prefix(2)))
        case "MatMul":
            try require(2)
            try add(
                .matmul(transposeA: node.bool("transpose_a"), transposeB: node.bool("transpose_b")),
                Array(inputs.prefix(2)))
        case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3":
            try require(2)
            try add(.matmul(transposeA: node.bool("adj_x"), transposeB: node.bool("adj_y")), Array(inputs.prefix(2)))
        case "_FusedMatMul":
            try require(2)
            try fusedMatmul(item)
        case "Einsum":
            try require(1)
            try add(.einsum(node.text("equation") ?? ""), inputs)
        default: try add(.other(node.operation), inputs)
        }
    }

    /// The attribute `shape` of a placeholder; nil where it tells nothing.
    private func shape(_ node: TensorFlowNode) throws(Fault) -> [Int?]? {
        guard case .shape(let range)? = node.attributes["shape"] else { return nil }
        var result: [Int?] = []
        var isUnknown = false
        var message = scanner.message(range)
        while let field = try message.next() {
            if case (3, .varint(let value)) = (field.number, field.payload) { isUnknown = value != 0 }
            guard case (2, .bytes(let dimension)) = (field.number, field.payload), result.count < 16 else { continue }
            var extent: Int? = 0
            var parts = scanner.message(dimension)
            while let part = try parts.next() {
                if case (1, .varint(let value)) = (part.number, part.payload) {
                    extent = Int(exactly: Int64(bitPattern: value))
                }
            }
            result.append(extent.flatMap { $0 > 0 ? $0 : nil })
        }
        return isUnknown ? nil : result
    }

    private func parts(_ node: TensorFlowNode, _ attribute: String) throws(Fault) -> Int {
        let count = node.integer(attribute, default: 1)
        guard count >= 1, count <= 4096 else {
            throw Fault(
                .tensorFlowBadAttribute, in: path, at: "node '\(node.name)'",
                "attribute '\(attribute)' is \(count), expected 1 to 4096")
        }
        return count
    }

    private mutating func sum(_ item: TensorFlowWalk.Collected) throws(Fault) {
        var left = item.inputs[0]
        guard item.inputs.count > 1 else {
            return try builder.node(.identity, name: item.name, inputs: [left], outputs: [item.name])
        }
        for (index, right) in item.inputs.enumerated().dropFirst() {
            let name = index == item.inputs.count - 1 ? item.name : "\(item.name)/add_\(index)"
            try builder.node(.add, name: name, inputs: [left, right], outputs: [name])
            left = name
        }
    }

    /// TensorFlow's optimizer joins a product with what follows it.
    private mutating func fusedMatmul(_ item: TensorFlowWalk.Collected) throws(Fault) {
        guard case .texts(let fused)? = item.node.attributes["fused_ops"] else {
            return try builder.node(.other("_FusedMatMul"), name: item.name, inputs: item.inputs, outputs: [item.name])
        }
        var value = item.name + "/matmul"
        try builder.node(
            .matmul(transposeA: item.node.bool("transpose_a"), transposeB: item.node.bool("transpose_b")), name: value,
            inputs: Array(item.inputs.prefix(2)), outputs: [value])
        var extra = item.inputs.dropFirst(2)
        for (index, operation) in fused.enumerated() {
            let name = index == fused.count - 1 ? item.name : "\(item.name)/\(index)"
            switch operation {
            case "BiasAdd", "Add":
                guard let bias = extra.popFirst() else {
                    throw Fault(
                        .tensorFlowMissingInput, in: path, at: "node '\(item.name)'",
                        "is a _FusedMatMul with \(item.inputs.count) inputs, which are too few",
                        advice: "the file is damaged")
                }
                try builder.node(.add, name: name, inputs: [value, bias], outputs: [name])
            case "Relu": try builder.node(.relu, name: name, inputs: [value], outputs: [name])
            case "Tanh": try builder.node(.tanh, name: name, inputs: [value], outputs: [name])
            case "Sigmoid": try builder.node(.sigmoid, name: name, inputs: [value], outputs: [name])
            case "GeluApproximate": try builder.node(.gelu(isTanh: true), name: name, inputs: [value], outputs: [name])
            case "GeluExact": try builder.node(.gelu(isTanh: false), name: name, inputs: [value], outputs: [name])
            default: try builder.node(.other("_FusedMatMul:" + operation), name: name, inputs: [value], outputs: [name])
            }
            value = name
        }
    }
}
