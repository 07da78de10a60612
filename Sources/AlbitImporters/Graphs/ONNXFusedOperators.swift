import AlbitText

/// ONNX Runtime's fused operators, taken apart again. Source: its page of contrib operators.
extension ONNXLowering {
    mutating func fused(_ node: ONNXNode) throws(Fault) {
        switch node.type {
        case "FusedMatMul":
            guard node.integer("transBatchA") ?? 0 == 0, node.integer("transBatchB") ?? 0 == 0 else {
                return try emit(.other(node.qualifiedType), node)
            }
            try emit(
                .matmul(
                    transposeA: node.integer("transA") ?? 0 != 0, transposeB: node.integer("transB") ?? 0 != 0,
                    scale: node.float("alpha") ?? 1), node)
        case "FusedGemm": try gemm(node, activation: activation(node.text("activation") ?? ""))
        case "Gelu": try emit(.gelu(isTanh: false), node)
        case "BiasGelu", "FastGelu":
            let gelu = Operation.gelu(isTanh: node.type == "FastGelu")
            guard !node.input(1).isEmpty else { return try emit(gelu, node) }
            let sum = try part(.add, node, "add", [node.input(0), node.input(1)])
            try builder.node(gelu, name: node.name, inputs: [sum], outputs: node.outputs)
        case "SkipLayerNormalization": try skipLayerNorm(node)
        case "EmbedLayerNormalization": try embeddings(node)
        case "QEmbedLayerNormalization":
            // The tables, scale and bias of the plain one; scales of these five from input 8 on, zero points from 13
            // on.
            var plain = node
            for index in 2..<7 where !node.input(index).isEmpty {
                let inputs = [node.input(index), node.input(index + 6), node.input(index + 11)]
                plain.inputs[index] = try part(.dequantize(axis: 0), node, "table\(index)", inputs)
            }
            plain.inputs = Array(plain.inputs.prefix(8))
            try embeddings(plain)
        case "DequantizeLinear": try emit(.dequantize(axis: node.integer("axis") ?? 1), node)
        case "QuantizeLinear": try emit(.quantize(axis: node.integer("axis") ?? 1), node)
        case "Attention", "QAttention": try packedAttention(node)
        case "MultiHeadAttention": try multiHeadAttention(node)
        case "MatMulIntegerToFloat":
            // a, b, scale of a, scale of b, zero point of a, zero point of b, bias. The quantized input is undone.
            let values = try part(.dequantize(axis: 1), node, "input", [node.input(0), node.input(2), node.input(4)])
            try quantizedMatmul(
                node, input: values, weight: node.input(1), scale: node.input(3), zeroPoint: node.input(5),
                bias: node.input(6))
        case "DynamicQuantizeMatMul":
            try quantizedMatmul(
                node, input: node.input(0), weight: node.input(1), scale: node.input(2), zeroPoint: node.input(3),
                bias: node.input(4))
        default: try emit(.other(node.qualifiedType), node)
        }
    }

    private func activation(_ name: String) -> Operation {
        switch name {
        case "Tanh": .tanh
        case "Relu": .relu
        case "Sigmoid": .sigmoid
        case "Gelu": .gelu(isTanh: false)
        default: .other("com.microsoft:FusedGemm with " + name)
        }
    }

    /// Inputs: values, skip, scale, bias, bias of the sum. Result 3 is the sum.
    private mutating func skipLayerNorm(_ node: ONNXNode) throws(Fault) {
        var sum = try part(.add, node, "skip", [node.input(0), node.input(1)])
        if !node.input(4).isEmpty { sum = try part(.add, node, "bias", [sum, node.input(4)]) }
        try builder.node(
            .layerNorm(epsilon: node.float("epsilon") ?? 1e-12), name: node.name,
            inputs: [sum, node.input(2), node.input(3)],
            outputs: [node.output(0)])
        if !node.output(3).isEmpty {
            try builder.node(.identity, name: emitName(node, "sum"), inputs: [sum], outputs: [node.output(3)])
        }
        for index in 1..<3 where !node.output(index).isEmpty {
            try builder.node(
                .other(node.qualifiedType), name: emitName(node, "output\(index)"), inputs: [],
                outputs: [node.output(index)])
        }
    }

    /// Inputs: ids, types, word table, position table, type table, scale, bias, mask, position ids.
    private mutating func embeddings(_ node: ONNXNode) throws(Fault) {
        let words = try part(.gather(axis: 0), node, "words", [node.input(2), node.input(0)])
        var ids = node.input(8)
        if ids.isEmpty {
            let shape = try part(.shape, node, "shape", [node.input(0)])
            let second = try integers([1], as: emitName(node, "second"), isScalar: true)
            let length = try part(.gather(axis: 0), node, "length", [shape, second])
            let zero = try integers([0], as: emitName(node, "zero"), isScalar: true)
            ids = try part(.range, node, "range", [zero, length, second])
        }
        let positions = try part(.gather(axis: 0), node, "positions", [node.input(3), ids])
        var sum = try part(.add, node, "add", [words, positions])
        if !node.input(1).isEmpty && !node.input(4).isEmpty {
            let types = try part(.gather(axis: 0), node, "types", [node.input(4), node.input(1)])
            sum = try part(.add, node, "addTypes", [sum, types])
        }
        try builder.node(
            .layerNorm(epsilon: node.float("epsilon") ?? 1e-12), name: node.name,
            inputs: [sum, node.input(5), node.input(6)],
            outputs: [node.output(0)])
        if !node.output(1).isEmpty {
            // How many tokens count, for each sequence.
            let mask = node.input(7)
            try builder.node(
                mask.isEmpty ? .other("mask index") : .reduceSum(axes: [-1], keepsAxes: false),
                name: emitName(node, "mask"),
                inputs: mask.isEmpty ? [] : [mask], outputs: [node.output(1)])
        }
        if !node.output(2).isEmpty {
            try builder.node(.identity, name: emitName(node, "sum"), inputs: [sum], outputs: [node.output(2)])
        }
    }

    /// Inputs: values, weight [in][q k v], bias, … QAttention's weight is quantized: values, weight, bias, scale of the
    /// values, scale of the weight, mask, zero point of the values, zero point of the weight.
    private mutating func packedAttention(_ node: ONNXNode) throws(Fault) {
        var input = node.input(0)
        var weight = node.input(1)
        if node.type == "QAttention" {
            input = try part(.dequantize(axis: 1), node, "input", [input, node.input(3), node.input(6)])
            weight = try part(.dequantize(axis: -1), node, "weight", [weight, node.input(4), node.input(7)])
        }
        var packed = try part(.matmul(), node, "matmul", [input, weight])
        if !node.input(2).isEmpty { packed = try part(.add, node, "add", [packed, node.input(2)]) }
        let names = ["query", "key", "value"].map { emitName(node, $0) }
        try builder.node(
            .split(axis: -1, sizes: node.integers("qkv_hidden_sizes")), name: emitName(node, "split"), inputs: [packed],
            outputs: names)
        guard node.integer("unidirectional") ?? 0 == 0, node.integer("do_rotary") ?? 0 == 0 else {
            return try builder.node(
                .other("com.microsoft:Attention, unidirectional"), name: node.name, inputs: names, outputs: node.outputs
            )
        }
        let isQuantized = node.type == "QAttention"
        try attention(
            node, names, heads: node.integer("num_heads"), mask: node.input(isQuantized ? 5 : 3),
            bias: isQuantized ? "" : node.input(5))
    }

    /// Inputs: queries, keys, values, packed bias, …
    private mutating func multiHeadAttention(_ node: ONNXNode) throws(Fault) {
        var inputs = [node.input(0), node.input(1), node.input(2)]
        guard !inputs[1].isEmpty, !inputs[2].isEmpty, node.integer("unidirectional") ?? 0 == 0 else {
            return try emit(.other(node.qualifiedType), node)
        }
        if !node.input(3).isEmpty {
            let names = ["queryBias", "keyBias", "valueBias"].map { emitName(node, $0) }
            try builder.node(
                .split(axis: 0, sizes: nil), name: emitName(node, "split"), inputs: [node.input(3)], outputs: names)
            for i in 0..<3 { inputs[i] = try part(.add, node, "add\(i)", [inputs[i], names[i]]) }
        }
        try attention(node, inputs, heads: node.integer("num_heads"), mask: node.input(4), bias: node.input(5))
    }

    /// ONNX's own, from opset 23 on. With numbers of heads, queries, keys and values are [batch, positions, hidden],
    /// else [batch, heads, positions, head size], and so is the result.
    mutating func standardAttention(_ node: ONNXNode) throws(Fault) {
        let heads = node.integer("q_num_heads")
        func refuse(_ what: String) throws(Fault) { try emit(.other("Attention, " + what), node) }
        guard node.integer("is_causal") ?? 0 == 0 else { return try refuse("causal") }
        guard node.input(4).isEmpty, node.input(5).isEmpty else {
            return try refuse("with keys and values of the past")
        }
        guard node.float("softcap") ?? 0 == 0 else { return try refuse("with softcap") }
        guard heads == node.integer("kv_num_heads") else { return try refuse("with grouped queries") }
        guard !node.output(0).isEmpty else { return try refuse("without a result") }
        let inputs = [node.input(0), node.input(1), node.input(2)]
        guard heads == nil else {
            return try attention(node, inputs, heads: heads, mask: node.input(3), bias: "", form: .standard)
        }
        let context = try scaledProducts(
            node, inputs, scale: node.float("scale"), mask: node.input(3), bias: "", form: .standard)
        try builder.node(.identity, name: node.name, inputs: [context], outputs: [node.output(0)])
        try unused(node, from: 1)
    }

    /// Attention over [batch, positions, hidden], as the nodes that other exporters write.
    private mutating func attention(
        _ node: ONNXNode, _ inputs: [String], heads: Int?, mask: String, bias: String, form: ScoreMask? = nil
    ) throws(Fault) {
        guard let heads, !node.output(0).isEmpty else { return try emit(.other(node.qualifiedType), node) }
        let shape = try integers([0, 0, heads, -1], as: emitName(node, "shape"))
        var parts: [String] = []
        for (name, input) in zip(["q", "k", "v"], inputs) {
            let split = try part(.reshape, node, name + "/heads", [input, shape])
            parts.append(try part(.transpose([0, 2, 1, 3]), node, name + "/transpose", [split]))
        }
        // A scale of zero stands for none in some files.
        let scale = node.float("scale").flatMap { $0 == 0 ? nil : $0 }
        let context = try scaledProducts(
            node, parts, scale: scale, mask: mask, bias: bias,
            form: form ?? .contributed(filter: node.float("mask_filter_value") ?? -10000))
        let merged = try part(.transpose([0, 2, 1, 3]), node, "merge", [context])
        let flat = try integers([0, 0, -1], as: emitName(node, "flat"))
        try builder.node(.reshape, name: node.name, inputs: [merged, flat], outputs: [node.output(0)])
        try unused(node, from: 1)
    }

    /// softmax(queries · keys * scale + mask) · values over [batch, heads, positions, head size].
    private mutating func scaledProducts(
        _ node: ONNXNode, _ inputs: [String], scale: Float?, mask: String, bias: String, form: ScoreMask
    ) throws(Fault) -> String {
        var scores = try part(.attentionScores(scale: scale), node, "scores", Array(inputs.prefix(2)))
        if !bias.isEmpty { scores = try part(.add, node, "scores/bias", [scores, bias]) }
        if !mask.isEmpty { scores = try part(.maskScores(form), node, "scores/mask", [scores, mask]) }
        let weights = try part(.softmax(axis: -1), node, "softmax", [scores])
        return try part(.matmul(), node, "context", [weights, inputs[2]])
    }

    private mutating func quantizedMatmul(
        _ node: ONNXNode, input: String, weight: String, scale: String, zeroPoint: String, bias: String
    ) throws(Fault) {
        let weights = try part(.dequantize(axis: -1), node, "weight", [weight, scale, zeroPoint])
        guard !bias.isEmpty else {
            return try builder.node(.matmul(), name: node.name, inputs: [input, weights], outputs: node.outputs)
        }
        let product = try part(.matmul(), node, "matmul", [input, weights])
        try builder.node(.add, name: node.name, inputs: [product, bias], outputs: node.outputs)
    }
}
