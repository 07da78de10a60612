import AlbitText

/// Operators around a model rather than of it: how masks, positions and shapes are computed. Nothing of them becomes a
/// weight, but the graph is executed with them.
extension ONNXLowering {
    private static let plain: [String: Operation] = [
        "Abs": .absolute, "Sign": .sign, "Floor": .floor, "Ceil": .ceiling, "Round": .round, "Sin": .sine,
        "Cos": .cosine,
        "IsNaN": .isNaN, "Not": .not, "And": .and, "Or": .or, "Xor": .exclusiveOr, "Equal": .compare(.equal),
        "Less": .compare(.less),
        "LessOrEqual": .compare(.lessOrEqual), "Greater": .compare(.greater),
        "GreaterOrEqual": .compare(.greaterOrEqual), "Size": .size,
        "Range": .range, "Tile": .tile,
    ]
    private static let reductions: [String: Reduction] = [
        "ReduceMax": .maximum, "ReduceMin": .minimum, "ReduceProd": .product, "ReduceL2": .norm,
    ]

    /// Adds the node where it is one of these; false for any other.
    mutating func auxiliary(_ node: ONNXNode) throws(Fault) -> Bool {
        if let operation = ONNXLowering.plain[node.type] {
            try emit(operation, node)
            return true
        }
        if let reduction = ONNXLowering.reductions[node.type] {
            try reduce(node) { .reduce(reduction, axes: $0, keepsAxes: $1) }
            return true
        }
        switch node.type {
        case "Mod": try emit(node.integer("fmod") ?? 0 == 0 ? .modulo : .remainder, node)
        case "CumSum":
            try emit(
                .cumulativeSum(
                    isExclusive: node.integer("exclusive") ?? 0 != 0, isReversed: node.integer("reverse") ?? 0 != 0),
                node)
        case "ConstantOfShape":
            var inputs = [node.input(0)]
            if case .tensor(let range)? = node.attributes["value"] {
                let value = emitName(node, "value")
                try builder.constant(value, try tensors.read(range, fallback: value).tensor)
                inputs.append(value)
            }
            try builder.node(.fill, name: node.name, inputs: inputs, outputs: node.outputs)
        case "Trilu": try emit(.triangle(isUpper: node.integer("upper") ?? 1 != 0), node)
        case "GatherElements": try emit(.gatherElements(axis: node.integer("axis") ?? 0), node)
        case "GatherND": try emit(.gatherND(batchAxes: node.integer("batch_dims") ?? 0), node)
        case "ScatterND":
            try emit(
                (node.text("reduction") ?? "none") == "none"
                    ? .scatterND : .other("ScatterND, " + (node.text("reduction") ?? "")), node)
        case "ArgMax":
            let isFirst = node.integer("select_last_index") ?? 0 == 0
            try emit(
                isFirst
                    ? .argMax(axis: node.integer("axis") ?? 0, keepsAxis: node.integer("keepdims") ?? 1 != 0)
                    : .other("ArgMax"), node)
        case "Clip": try clip(node)
        case "Flatten": try emit(.flatten(axis: node.integer("axis") ?? 1), node)
        default: return false
        }
        return true
    }

    /// A reduction: axes are an attribute, or from opset 13 to 18 on an input.
    mutating func reduce(_ node: ONNXNode, _ operation: ([Int]?, Bool) -> Operation) throws(Fault) {
        let axes = node.integers("axes")
        guard axes != nil || !node.input(1).isEmpty || node.integer("noop_with_empty_axes") ?? 0 == 0 else {
            return try emit(.identity, node)
        }
        try emit(operation(axes, node.integer("keepdims") ?? 1 != 0), node)
    }

    private mutating func clip(_ node: ONNXNode) throws(Fault) {
        var low = node.input(1)
        var high = node.input(2)
        if let value = node.float("min") { low = try number(value, node, "min") }
        if let value = node.float("max") { high = try number(value, node, "max") }
        var value = node.input(0)
        if !low.isEmpty { value = try part(.maximum, node, "low", [value, low]) }
        if !high.isEmpty { value = try part(.minimum, node, "high", [value, high]) }
        try builder.node(.identity, name: node.name, inputs: [value], outputs: node.outputs)
    }
}
