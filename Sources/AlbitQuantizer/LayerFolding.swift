import AlbitModel
import AlbitText

/// The float weights of one stored layer, with everything folded in that costs nothing at run time.
struct FoldedLayer {
    var qkv: FloatLinear
    var attentionOutput: FloatLinear
    var ffnUp: FloatLinear
    var ffnDown: FloatLinear
    /// Mean input of the attention output, by application, in the heads' own basis and without the moved value bias.
    var attentionOutputMeans: [[Float]]
}

/// Reads a layer and folds: transforms inside each head, no key bias (it cancels in softmax), the value's bias moved
/// behind the attention (softmax weights sum to one).
struct LayerFolder<Source: ParameterSource> {
    let source: Source
    /// By application.
    let means: [Site: [[Float]]]
    let balance: HeadBalance

    func fold(_ layer: Int) throws(Fault) -> FoldedLayer {
        let c = source.configuration
        let h = c.hiddenSize
        let d = c.headSize
        func read(_ parameter: Parameter, _ count: Int) throws(Fault) -> [Float] {
            try source.values(parameter, count: count)
        }
        var query = try read(.weight(layer: layer, .query), h * h)
        var key = try read(.weight(layer: layer, .key), h * h)
        var value = try read(.weight(layer: layer, .value), h * h)
        var output = try read(.weight(layer: layer, .attentionOutput), h * h)
        var queryBias = try read(.bias(layer: layer, .query), h)
        let valueBias = try read(.bias(layer: layer, .value), h)
        let outputBias = try read(.bias(layer: layer, .attentionOutput), h)

        // What every context row of an application carries, whatever attends to what: b_v + W_v · mu.
        let constants = InputTransform.stored(means[.attentionQKV] ?? []).map { mean in
            (0..<h).map { row in
                (0..<h).reduce(Double(valueBias[row])) { $0 + Double(value[row * h + $1]) * Double(mean[$1]) }
            }
        }
        let outputBiases = constants.map { constant in
            (0..<h).map { row in
                Float((0..<h).reduce(Double(outputBias[row])) { $0 + Double(output[row * h + $1]) * constant[$1] })
            }
        }
        var contextMeans = zip(means[.attentionOutput] ?? [], constants).map { mean, constant in
            zip(mean, constant).map { Float(Double($0) - $1) }
        }
        for head in 0..<c.numAttentionHeads {
            balance.queries[head].applyToRows(&query, offset: head * d * h, columns: h)
            balance.queries[head].applyToRows(&queryBias, offset: head * d, columns: 1)
            balance.keys[head].applyToRows(&key, offset: head * d * h, columns: h)
            balance.values[head].applyToRows(&value, offset: head * d * h, columns: h)
            balance.values[head].undoInColumns(&output, offset: head * d, rows: h, stride: h)
            for i in contextMeans.indices {
                balance.values[head].applyToRows(&contextMeans[i], offset: head * d, columns: 1)
            }
        }

        let attention = AttentionRows(c)
        var weights = [Float](repeating: 0, count: attention.count * h)
        var bias = [Float](repeating: 0, count: attention.count)
        for head in 0..<c.numAttentionHeads {
            for (part, matrix) in [(AttentionRows.Part.query, query), (.key, key), (.value, value)] {
                let row = attention.first(head: head, part)
                weights.replaceSubrange(
                    (row * h)..<((row + d) * h), with: matrix[(head * d * h)..<((head + 1) * d * h)])
            }
            let row = attention.first(head: head)
            bias.replaceSubrange(row..<(row + d), with: queryBias[(head * d)..<((head + 1) * d)])
        }
        let i = c.intermediateSize
        return FoldedLayer(
            qkv: FloatLinear(
                name: Site.attentionQKV.tensorGroup(layer: layer), rows: attention.count, columns: h, weights: weights,
                biases: [bias]),
            attentionOutput: FloatLinear(
                name: Site.attentionOutput.tensorGroup(layer: layer), rows: h, columns: h, weights: output,
                biases: outputBiases),
            ffnUp: FloatLinear(
                name: Site.ffnUp.tensorGroup(layer: layer), rows: i, columns: h,
                weights: try read(.weight(layer: layer, .ffnUp), i * h),
                biases: [try read(.bias(layer: layer, .ffnUp), i)]),
            ffnDown: FloatLinear(
                name: Site.ffnDown.tensorGroup(layer: layer), rows: h, columns: i,
                weights: try read(.weight(layer: layer, .ffnDown), h * i),
                biases: [try read(.bias(layer: layer, .ffnDown), h)]),
            attentionOutputMeans: contextMeans)
    }
}
