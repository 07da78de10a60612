import AlbitModel

/// Builds the ALBERT (or BERT) network as an ONNX graph in which every parameter stands once and is used by every
/// layer that shares it. Matrices keep their [out][in] layout and pass one Transpose, which runtimes fold at loading.
///
/// Opset 17: LayerNormalization exists, and every current runtime reads it; GELU is written out.
struct ONNXNetwork {
    let configuration: Configuration
    /// Shape of a parameter, nil where the source has none.
    let shape: (Parameter) -> [Int]?
    let weights: ONNXExporter.Weights
    var graph: ONNXGraph
    private var transposed: [String: String] = [:]
    /// Inputs of matmuls that are rounded already.
    private var tokens: [String: ONNXRoundedTokens] = [:]

    static let inputs = ["input_ids", "attention_mask", "token_type_ids"]

    init(configuration: Configuration, weights: ONNXExporter.Weights, shape: @escaping (Parameter) -> [Int]?) {
        self.configuration = configuration
        graph = ONNXGraph(configuration)
        self.weights = weights
        self.shape = shape
    }

    /// Adds the whole network; outputs are `last_hidden_state`, `pooler_output` and one `logits` tensor per head.
    mutating func build() {
        var hidden = embeddings()
        let mask = attentionMask()
        for step in 0..<configuration.appliedLayers {
            let last = step == configuration.appliedLayers - 1
            hidden = layer(configuration.storedLayer(at: step), hidden, mask, named: last ? "last_hidden_state" : nil)
        }
        graph.output("last_hidden_state", ["batch", "sequence", String(configuration.hiddenSize)])
        heads(hidden)
    }

    private mutating func transpose(_ name: String) -> String {
        if let done = transposed[name] { return done }
        let result = graph.add("Transpose", [name], [.integers("perm", [1, 0])])
        transposed[name] = result
        return result
    }

    /// x Wᵀ + b for W [rows][columns]. `keepsFloat`: a head, which is small and decides.
    private mutating func linear(
        _ x: String, _ module: ParameterModule, _ rows: Int, _ columns: Int, named: String? = nil,
        keepsFloat: Bool = false
    ) -> String {
        linear(x, .weight(module), .bias(module), rows, columns, named: named, keepsFloat: keepsFloat)
    }

    private mutating func linear(
        _ x: String, _ weight: Parameter, _ bias: Parameter, _ rows: Int, _ columns: Int, named: String? = nil,
        keepsFloat: Bool = false
    ) -> String {
        let name = shape(bias) == nil ? named : nil
        let product: String
        if weights == .int8 && !keepsFloat {
            let rounded = tokens[x] ?? ONNXRoundedTokens(of: x, in: &graph)
            tokens[x] = rounded
            let matrix = transpose(graph.rounded(weight, rows, columns))
            product = rounded.product(
                matrix, scales: graph.scales(weight, rows), sums: graph.sums(weight, rows), in: &graph, named: name)
        } else {
            product = graph.add("MatMul", [x, transpose(graph.parameter(weight, [rows, columns]))], named: name)
        }
        guard shape(bias) != nil else { return product }
        return graph.add("Add", [product, graph.parameter(bias, [rows])], named: named)
    }

    /// Rows of an embedding table.
    private mutating func lookup(_ table: Parameter, _ rows: Int, _ indices: String) -> String {
        let e = configuration.embeddingSize
        guard weights == .int8 else { return graph.add("Gather", [graph.parameter(table, [rows, e]), indices]) }
        let bytes = graph.add("Gather", [graph.rounded(table, rows, e), indices])
        let values = graph.add("Cast", [bytes], [.integer("to", ONNXElement.float.rawValue)])
        let scales = graph.add("Gather", [graph.scales(table, rows), indices])
        return graph.add(
            "Mul",
            [
                graph.add("Sub", [values, graph.constant(128 as Float)]),
                graph.add("Unsqueeze", [scales, graph.constant([-1])]),
            ])
    }

    private mutating func norm(_ x: String, _ module: ParameterModule, _ width: Int, named: String? = nil) -> String {
        graph.add(
            "LayerNormalization",
            [x, graph.parameter(.weight(module), [width]), graph.parameter(.bias(module), [width])],
            [.integer("axis", -1), .float("epsilon", configuration.layerNormEps)], named: named)
    }

    private mutating func embeddings() -> String {
        let e = configuration.embeddingSize
        let word = lookup(.wordEmbeddings, configuration.vocabSize, "input_ids")
        let shape = graph.add("Shape", ["input_ids"])
        let length = graph.add("Gather", [shape, graph.constant(scalar: 1)])
        let range = graph.add("Range", [graph.constant(scalar: 0), length, graph.constant(scalar: 1)])
        let position = lookup(.positionEmbeddings, configuration.maxPositionEmbeddings, range)
        var sum = graph.add("Add", [word, position])
        if configuration.typeVocabSize > 0 {
            sum = graph.add("Add", [sum, lookup(.tokenTypeEmbeddings, configuration.typeVocabSize, "token_type_ids")])
        }
        let normed = norm(sum, .embeddingNorm, e)
        guard configuration.hasEmbeddingProjection else { return normed }
        return linear(normed, .projection, configuration.hiddenSize, e)
    }

    /// 0 for tokens that exist, a large negative number for the others: [batch, 1, 1, sequence].
    private mutating func attentionMask() -> String {
        let mask = graph.add("Cast", ["attention_mask"], [.integer("to", ONNXElement.float.rawValue)])
        let wide = graph.add("Unsqueeze", [mask, graph.constant([1, 2])])
        return graph.add("Mul", [graph.add("Sub", [graph.constant(Float(1)), wide]), graph.constant(-1e9 as Float)])
    }

    private mutating func layer(_ index: Int, _ x: String, _ mask: String, named: String?) -> String {
        let h = configuration.hiddenSize
        let i = configuration.intermediateSize
        let split = graph.constant([0, 0, configuration.numAttentionHeads, configuration.headSize])
        func heads(_ graph: inout ONNXGraph, _ value: String, _ order: [Int]) -> String {
            graph.add("Transpose", [graph.add("Reshape", [value, split])], [.integers("perm", order)])
        }
        let query = linear(x, .layer(index, .query), h, h)
        let key = linear(x, .layer(index, .key), h, h)
        let value = linear(x, .layer(index, .value), h, h)
        let products = graph.add("MatMul", [heads(&graph, query, [0, 2, 1, 3]), heads(&graph, key, [0, 2, 3, 1])])
        let scale = graph.constant(1 / Float(configuration.headSize).squareRoot())
        let scores = graph.add("Add", [graph.add("Mul", [products, scale]), mask])
        let weights = graph.add("Softmax", [scores], [.integer("axis", -1)])
        let mixed = graph.add("MatMul", [weights, heads(&graph, value, [0, 2, 1, 3])])
        let joined = graph.add(
            "Reshape",
            [graph.add("Transpose", [mixed], [.integers("perm", [0, 2, 1, 3])]), graph.constant([0, 0, h])])
        let attended = linear(joined, .layer(index, .attentionOutput), h, h)
        let normed = norm(
            graph.add("Add", [attended, x]), .layer(index, .attentionNorm), h)
        let up = activation(linear(normed, .layer(index, .ffnUp), i, h))
        let down = linear(up, .layer(index, .ffnDown), h, i)
        return norm(graph.add("Add", [down, normed]), .layer(index, .outputNorm), h, named: named)
    }

    private mutating func activation(_ x: String) -> String {
        switch configuration.hiddenAct {
        case .relu:
            return graph.add("Relu", [x])
        case .gelu:
            let scaled = graph.add("Mul", [x, graph.constant(0.70710678 as Float)])
            let sum = graph.add("Add", [graph.add("Erf", [scaled]), graph.constant(1 as Float)])
            return graph.add("Mul", [graph.add("Mul", [x, graph.constant(0.5 as Float)]), sum])
        case .geluNew:
            let square = graph.add("Mul", [x, x])
            let cube = graph.add("Mul", [square, x])
            let inner = graph.add("Add", [x, graph.add("Mul", [cube, graph.constant(0.044715 as Float)])])
            let curve = graph.add("Tanh", [graph.add("Mul", [inner, graph.constant(0.79788456 as Float)])])
            let sum = graph.add("Add", [curve, graph.constant(1 as Float)])
            return graph.add("Mul", [graph.add("Mul", [x, graph.constant(0.5 as Float)]), sum])
        }
    }

    private mutating func heads(_ hidden: String) {
        let h = configuration.hiddenSize
        let e = configuration.embeddingSize
        var pooled: String?
        if shape(.weight(.pooler)) != nil {
            let first = graph.add("Gather", [hidden, graph.constant(scalar: 0)], [.integer("axis", 1)])
            pooled = graph.add("Tanh", [linear(first, .pooler, h, h)], named: "pooler_output")
            graph.output("pooler_output", ["batch", String(h)])
        }
        if let labels = shape(.weight(.classifier))?.first {
            // A classifier without a pooler reads every token.
            _ = linear(pooled ?? hidden, .classifier, labels, h, named: "logits", keepsFloat: true)
            graph.output("logits", pooled == nil ? ["batch", "sequence", String(labels)] : ["batch", String(labels)])
        }
        if shape(.weight(.answer)) != nil {
            _ = linear(hidden, .answer, 2, h, named: "answer_logits", keepsFloat: true)
            graph.output("answer_logits", ["batch", "sequence", "2"])
        }
        if let pooled, shape(.weight(.order)) != nil {
            _ = linear(pooled, .order, 2, h, named: "order_logits", keepsFloat: true)
            graph.output("order_logits", ["batch", "2"])
        }
        if shape(.weight(.predictionDense)) != nil {
            let dense = activation(linear(hidden, .predictionDense, e, h))
            let normed = norm(dense, .predictionNorm, e)
            _ = linear(normed, .wordEmbeddings, .predictionBias, configuration.vocabSize, e, named: "prediction_logits")
            graph.output("prediction_logits", ["batch", "sequence", String(configuration.vocabSize)])
        }
    }
}
