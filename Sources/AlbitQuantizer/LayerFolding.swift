import AlbitModel
import AlbitText

/// The float weights of one stored layer, with everything folded in that costs nothing at run time.
struct FoldedLayer {
    var qkv: FloatLinear
    var attentionOutput: FloatLinear
    var ffnUp: FloatLinear
    var ffnDown: FloatLinear
    /// Mean input of the attention output in the rotated basis, without the moved value bias; empty uncalibrated.
    var attentionOutputMean: [Float]
}

/// Reads a layer and folds: rotations inside each head, no key bias (it cancels in softmax), the value's bias moved
/// behind the attention (softmax weights sum to one).
struct LayerFolder<Source: ParameterSource> {
    let source: Source
    /// Whether heads are rotated and means are known.
    let means: [Site: [Float]]?

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
        var outputBias = try read(.bias(layer: layer, .attentionOutput), h)

        // What every context row carries, whatever attends to what: b_v + W_v · mu.
        let mean = means?[.attentionQKV] ?? []
        var constant = valueBias.map { Double($0) }
        if !mean.isEmpty {
            for row in 0..<h { for i in 0..<h { constant[row] += Double(value[row * h + i]) * Double(mean[i]) } }
        }
        for row in 0..<h {
            var sum = Double(outputBias[row])
            for i in 0..<h { sum += Double(output[row * h + i]) * constant[i] }
            outputBias[row] = Float(sum)
        }
        var contextMean = (means?[.attentionOutput] ?? []).enumerated().map { Float(Double($1) - constant[$0]) }

        if means != nil {
            let products = HeadRotation(size: d, seed: 0x51)
            let values = HeadRotation(size: d, seed: 0x56)
            for head in 0..<c.numAttentionHeads {
                products.rotateRows(&query, offset: head * d * h, columns: h)
                products.rotateRows(&queryBias, offset: head * d, columns: 1)
                products.rotateRows(&key, offset: head * d * h, columns: h)
                values.rotateRows(&value, offset: head * d * h, columns: h)
                values.rotateColumns(&output, offset: head * d, rows: h, stride: h)
                if !contextMean.isEmpty { values.rotateRows(&contextMean, offset: head * d, columns: 1) }
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
                bias: bias),
            attentionOutput: FloatLinear(
                name: Site.attentionOutput.tensorGroup(layer: layer), rows: h, columns: h, weights: output,
                bias: outputBias),
            ffnUp: FloatLinear(
                name: Site.ffnUp.tensorGroup(layer: layer), rows: i, columns: h,
                weights: try read(.weight(layer: layer, .ffnUp), i * h),
                bias: try read(.bias(layer: layer, .ffnUp), i)),
            ffnDown: FloatLinear(
                name: Site.ffnDown.tensorGroup(layer: layer), rows: h, columns: i,
                weights: try read(.weight(layer: layer, .ffnDown), h * i),
                bias: try read(.bias(layer: layer, .ffnDown), h)),
            attentionOutputMean: contextMean)
    }
}
