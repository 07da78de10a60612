import AlbitModel
import AlbitText

/// Translates TFLite's operators into those of `Operation`. Quantized weights become dequantized constants, so that
/// all values are real numbers.
struct TFLiteLowering {
    private var builder: GraphBuilder
    private let tensors: [TFLiteTensor]
    private let path: String
    private let changes: [Int: TFLiteFoldedBias.Change]
    private var isDefined: Set<Int> = []

    init(builder: GraphBuilder, tensors: [TFLiteTensor], path: String, changes: [Int: TFLiteFoldedBias.Change]) {
        self.changes = changes
        self.builder = builder
        self.tensors = tensors
        self.path = path
    }

    mutating func input(_ index: Int) throws(Fault) {
        guard isDefined.insert(index).inserted else { return }
        guard !tensors[index].isQuantized else {
            throw Fault(
                .tfliteIntegerActivations, in: path,
                "the graph's input computes '\(tensors[index].name)' in integers: the activations are "
                    + "quantized, not only the weights, "
                    + "and the float model cannot be had back", advice: "use the float original")
        }
        let tensor = tensors[index]
        try builder.input(
            tensor.name,
            .init(
                kind: tensor.type.map { $0.isFloating ? .float : $0 == .bool ? .truth : .integer },
                shape: tensor.openShape))
    }

    consuming func finish(outputs: [Int]) throws(Fault) -> DataflowGraph {
        for index in outputs {
            _ = try value(index)
            builder.output(tensors[index].name)
        }
        return try builder.finish()
    }

    /// The name of a value; a weight is defined when it is first read.
    private mutating func value(_ index: Int) throws(Fault) -> String {
        guard index >= 0 else { return "" }
        let tensor = tensors[index]
        guard let stored = tensor.stored, isDefined.insert(index).inserted else { return tensor.name }
        guard tensor.isQuantized else {
            try builder.constant(tensor.name, stored)
            return tensor.name
        }
        let zeros = tensor.zeroPoints.isEmpty ? [0] : tensor.zeroPoints
        try builder.constant(
            tensor.name, AffineTensor(stored, scale: tensor.scales, zeroPoint: zeros, axis: tensor.axis))
        return tensor.name
    }

    private func integers(_ index: Int) throws(Fault) -> [Int]? {
        guard index >= 0, let stored = tensors[index].stored, stored.elementCount <= 4096 else { return nil }
        return try stored.values(0..<stored.elementCount).map { Int(exactly: $0.rounded()) ?? 0 }
    }

    private func integer(_ index: Int) throws(Fault) -> Int? {
        guard let values = try integers(index), values.count == 1 else { return nil }
        return values[0]
    }

    private typealias B = TFLiteBuiltin

    /// Operators without options that matter, and the inputs they need.
    private static let plain: [Int: (Operation, inputs: Int)] = [
        B.dequantize: (.identity, 1), B.logistic: (.sigmoid, 1), B.relu: (.relu, 1), B.tanh: (.tanh, 1),
        B.transpose: (.transpose(nil), 2),
        B.exponential: (.exponential, 1), B.logSoftmax: (.logSoftmax(axis: -1), 1), B.maximum: (.maximum, 2),
        B.minimum: (.minimum, 2),
        B.negate: (.negate, 1), B.select: (.select, 3), B.slice: (.sliceOfSize, 3),
        B.expandDimensions: (.unsqueeze(axes: nil), 2), B.logarithm: (.logarithm, 1),
        B.squareRoot: (.squareRoot, 1), B.reciprocalSquareRoot: (.reciprocalSquareRoot, 1), B.shape: (.shape, 1),
        B.power: (.power, 2),
        B.square: (.square, 1), B.squaredDifference: (.squaredDifference, 2), B.selectBroadcast: (.select, 3),
        B.broadcast: (.expand, 2),
        B.floor: (.floor, 1), B.less: (.compare(.less), 2), B.greater: (.compare(.greater), 2),
        B.greaterEqual: (.compare(.greaterOrEqual), 2),
        B.lessEqual: (.compare(.lessOrEqual), 2), B.sine: (.sine, 1), B.tile: (.tile, 2),
        B.equal: (.compare(.equal), 2),
        B.notEqual: (.compare(.notEqual), 2),
        B.logicalOr: (.or, 2), B.logicalAnd: (.and, 2), B.logicalNot: (.not, 1), B.floorDivide: (.floorDivide, 2),
        B.fill: (.fill, 2), B.floorModulo: (.modulo, 2),
        B.range: (.range, 3),
        B.absolute: (.absolute, 1), B.ceiling: (.ceiling, 1), B.gatherND: (.gatherND(batchAxes: 0), 2),
        B.cosine: (.cosine, 1), B.rank: (.rank, 1),
        B.round: (.round, 1),
        B.sign: (.sign, 1),
    ]

    /// Reductions, whose options say whether the axes stay.
    private static func reduction(_ number: Int, keepsAxes: Bool) -> Operation? {
        switch number {
        case B.mean: .reduceMean(axes: nil, keepsAxes: keepsAxes)
        case B.sum: .reduceSum(axes: nil, keepsAxes: keepsAxes)
        case B.reduceProduct: .reduce(.product, axes: nil, keepsAxes: keepsAxes)
        case B.reduceMax: .reduce(.maximum, axes: nil, keepsAxes: keepsAxes)
        case B.reduceMin: .reduce(.minimum, axes: nil, keepsAxes: keepsAxes)
        case B.reduceAny: .reduce(.any, axes: nil, keepsAxes: keepsAxes)
        default: nil
        }
    }

    /// What messages call the usual ones among the others, and what the matcher knows by name: how positions are
    /// counted.
    private static let names = [
        B.averagePool2D: "AVERAGE_POOL_2D", B.convolution2D: "CONV_2D", B.depthwiseConvolution2D: "DEPTHWISE_CONV_2D",
        B.l2Pool2D: "L2_POOL_2D", B.lstm: "LSTM", B.maxPool2D: "MAX_POOL_2D",
        B.pad: "PAD",
        B.batchToSpaceND: "BATCH_TO_SPACE_ND", B.`if`: "IF", B.`while`: "WHILE",
    ]

    private static let binary: [Int: Operation] = [
        B.add: .add, B.multiply: .multiply, B.subtract: .subtract, B.divide: .divide,
    ]

    mutating func lower(_ item: TFLiteOperator) throws(Fault) {
        var item = item
        if let change = changes[item.number], item.inputs.count > 2 {
            item.inputs[0] = change.input
            item.inputs[2] = change.bias ?? item.inputs[2]
        }
        let label = "operator \(item.number)"
        let outputs = item.outputs.map { $0 >= 0 ? tensors[$0].name : "" }
        var inputs: [String] = []
        for input in item.inputs { inputs.append(try value(input)) }
        func require(_ count: Int) throws(Fault) {
            guard inputs.count >= count, !outputs.isEmpty else {
                throw .missingInput(path: path, node: label, inputs: inputs.count)
            }
        }
        func add(_ operation: Operation, _ inputs: [String]) throws(Fault) {
            try builder.node(operation, name: outputs.first ?? label, inputs: inputs, outputs: outputs)
        }
        // Scales on what is computed: quantized activations. A row picked out of quantized weights is none.
        if item.code.builtin == B.quantize, let output = item.outputs.first, output >= 0 {
            throw Fault(
                .tfliteIntegerActivations, in: path,
                "\(label) computes '\(tensors[output].name)' in integers: the activations are quantized, "
                    + "not only the weights, "
                    + "and the float model cannot be had back", advice: "use the float original")
        }
        let options = item.options
        if let (operation, count) = TFLiteLowering.plain[item.code.builtin] {
            try require(count)
            return try add(operation, Array(inputs.prefix(count)))
        }
        if let operation = TFLiteLowering.binary[item.code.builtin] {
            try require(2)
            return try activated(item, operation, inputs, activation: try options?.unsigned(0, bytes: 1) ?? 0)
        }
        switch item.code.builtin {
        case B.concatenation:
            try require(1)
            try activated(
                item, .concatenate(axis: try options?.int32(0) ?? 0), inputs,
                activation: try options?.unsigned(1, bytes: 1) ?? 0)
        case B.fullyConnected: try fullyConnected(item, inputs)
        case B.reshape:
            try require(1)
            try reshape(item, inputs)
        case B.softmax:
            try require(1)
            let beta = try options?.float(0, default: 1) ?? 1
            try add(beta == 1 ? .softmax(axis: -1) : .other("SOFTMAX with beta \(beta)"), inputs)
        case B.gather:
            try require(2)
            let batch = try options?.int32(1) ?? 0
            let axis = try options?.int32(0) ?? 0
            try add(batch == 0 ? .gather(axis: axis) : .batchGather(axis: axis, batchAxes: batch), inputs)
        case B.mean, B.sum, B.reduceProduct, B.reduceMax, B.reduceMin, B.reduceAny:
            try require(2)
            let keepsAxes = try options?.unsigned(0, bytes: 1) ?? 0 != 0
            if let operation = TFLiteLowering.reduction(item.code.builtin, keepsAxes: keepsAxes) {
                try add(operation, inputs)
            }
        case B.argMax:
            try require(2)
            try add(.argMax(axis: nil, keepsAxis: false), inputs)
        case B.oneHot:
            try require(4)
            try add(.oneHot(axis: try options?.int32(0, default: -1) ?? -1), inputs)
        case B.cumulativeSum:
            try require(2)
            try add(
                .cumulativeSum(
                    isExclusive: try options?.unsigned(0, bytes: 1) ?? 0 != 0,
                    isReversed: try options?.unsigned(1, bytes: 1) ?? 0 != 0),
                inputs)
        case B.squeeze:
            try require(1)
            try add(.squeeze(axes: try options?.int32s(0, limit: 64, "the options of \(label)")), inputs)
        case B.stridedSlice:
            try require(4)
            try add(
                .stridedSlice(
                    beginMask: try options?.int32(0) ?? 0, endMask: try options?.int32(1) ?? 0,
                    ellipsisMask: try options?.int32(2) ?? 0, newAxisMask: try options?.int32(3) ?? 0,
                    shrinkMask: try options?.int32(4) ?? 0), inputs)
        case B.split:
            try require(2)
            let axis = try integer(item.inputs[0])
            try add(axis.map { .split(axis: $0, sizes: nil) } ?? .other("SPLIT"), [inputs[1]])
        case B.cast:
            try require(1)
            func isFloating(_ index: Int?) -> Bool {
                index.map { $0 >= 0 && tensors[$0].type?.isFloating == true } ?? false
            }
            let to = isFloating(item.outputs.first)
            let isTruth = item.outputs.first.map { $0 >= 0 && tensors[$0].type == .bool } ?? false
            try add(
                isFloating(item.inputs.first) && to ? .identity : .cast(to: to ? .float : isTruth ? .truth : .integer),
                inputs)
        case B.pack:
            try require(1)
            try add(.stack(axis: try options?.int32(1) ?? 0), inputs)
        case B.unpack:
            try require(1)
            try add(.unstack(axis: try options?.int32(1) ?? 0), inputs)
        case B.splitSizes:
            try require(3)
            let sizes = try integers(item.inputs[1])
            let axis = try integer(item.inputs[2])
            let isKnown = sizes != nil && axis != nil
            try add(isKnown ? .split(axis: axis ?? 0, sizes: sizes) : .other("SPLIT_V"), [inputs[0]])
        case B.batchMatmul:
            try require(2)
            try add(
                .matmul(
                    transposeA: try options?.unsigned(0, bytes: 1) ?? 0 != 0,
                    transposeB: try options?.unsigned(1, bytes: 1) ?? 0 != 0),
                Array(inputs.prefix(2)))
        case B.gelu:
            try require(1)
            try add(.gelu(isTanh: try options?.unsigned(0, bytes: 1) ?? 0 != 0), inputs)
        case B.custom where item.code.custom == "FlexErf":
            try require(1)
            try add(.erf, inputs)
        case B.custom: try add(.other(item.code.custom), inputs)
        default:
            try add(.other(TFLiteLowering.names[item.code.builtin] ?? "TFLite operator \(item.code.builtin)"), inputs)
        }
    }

    /// What an operator computes, with the activation that is fused into it.
    private mutating func activated(
        _ item: TFLiteOperator, _ operation: Operation, _ inputs: [String], activation: Int
    ) throws(Fault) {
        guard let index = item.outputs.first, index >= 0 else {
            throw .missingInput(path: path, node: "operator \(item.number)", inputs: inputs.count)
        }
        let name = tensors[index].name
        let after: Operation
        switch activation {
        case 0: return try builder.node(operation, name: name, inputs: inputs, outputs: [name])
        case 1: after = .relu
        case 4: after = .tanh
        default: after = .other("fused activation \(activation)")
        }
        let inner = name + "/before_activation"
        try builder.node(operation, name: inner, inputs: inputs, outputs: [inner])
        try builder.node(after, name: name, inputs: [inner], outputs: [name])
    }

    /// The new shape is an input, or stands in the options.
    private mutating func reshape(_ item: TFLiteOperator, _ inputs: [String]) throws(Fault) {
        guard let index = item.outputs.first, index >= 0 else {
            throw .missingInput(path: path, node: "operator \(item.number)", inputs: inputs.count)
        }
        let name = tensors[index].name
        var shape = inputs.count > 1 ? inputs[1] : ""
        if shape.isEmpty {
            let values =
                try item.options?.int32s(0, limit: 64, "the options of operator \(item.number)") ?? tensors[index].shape
            shape = name + "/shape"
            try builder.constant(
                shape, NumberListTensor(shape: [values.count], dtype: .int32, values: values.map { Float($0) }))
        }
        try builder.node(.reshape, name: name, inputs: [inputs[0], shape], outputs: [name])
    }

    /// Inputs [… in], weights [out, in], bias. Weights may be quantized, then the inputs are at run time.
    private mutating func fullyConnected(_ item: TFLiteOperator, _ inputs: [String]) throws(Fault) {
        guard let index = item.outputs.first, index >= 0, inputs.count >= 2 else {
            throw .missingInput(path: path, node: "operator \(item.number)", inputs: inputs.count)
        }
        let name = tensors[index].name
        guard try item.options?.unsigned(1, bytes: 1) ?? 0 == 0 else {
            return try builder.node(
                .other("FULLY_CONNECTED with shuffled weights"), name: name, inputs: inputs, outputs: [name])
        }
        let activation = try item.options?.unsigned(0, bytes: 1) ?? 0
        var inputs = inputs
        if try item.options?.unsigned(2, bytes: 1) ?? 0 == 0, item.inputs[1] >= 0,
            let width = tensors[item.inputs[1]].shape.last
        {
            // The axes before the last one become one.
            let shape = name + "/rows"
            try builder.constant(shape, NumberListTensor(shape: [2], dtype: .int32, values: [-1, Float(width)]))
            try builder.node(
                .reshape, name: shape + "/reshape", inputs: [inputs[0], shape], outputs: [shape + "/reshape"])
            inputs[0] = shape + "/reshape"
        }
        guard inputs.count > 2, !inputs[2].isEmpty else {
            return try activated(item, .matmul(transposeB: true), Array(inputs.prefix(2)), activation: activation)
        }
        let product = name + "/matmul"
        var bias = inputs[2]
        if let change = changes[item.number], change.bias == nil {
            bias = name + "/bias"
            try builder.constant(bias, NumberListTensor(shape: [change.values.count], values: change.values))
        }
        try builder.node(.matmul(transposeB: true), name: product, inputs: Array(inputs.prefix(2)), outputs: [product])
        try activated(item, .add, [product, bias], activation: activation)
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func missingInput(path: String, node: String, inputs: Int) -> Fault {
        Fault(
            .tfliteMissingInput, in: path, "\(node) has \(inputs) inputs, which are too few",
            advice: "the file is damaged")
    }
}
