import AlbitModel
import AlbitRuntime
import CKernels

/// The float32 encoder there and back: gradients of sums over the last hidden state at every matmul. Every sum has one
/// order, whatever the number of threads and the kernel, and nothing is asked of libm, so that a file made with them is
/// the same on every machine.
struct Backpropagation: @unchecked Sendable {
    let weights: EncoderWeights
    /// Functions of the kernel; those used here give the same bytes in all kernels.
    let table: kernel_table
    let parallel: Parallel

    private var configuration: Configuration { weights.configuration }
    private static let strip = 64

    /// States between the layers, the layers' inputs first: [steps + 1] of [S][H] for the S tokens that are not masked,
    /// and the embedding LayerNorm.
    func forward(_ sequence: EncoderInput) -> (states: [FloatRows], embedded: NormPass) {
        let embedded = norm(embeddingSums(sequence), nil, weights.embeddingNorm)
        var states = [weights.projection.map { multiply(embedded.output, $0) } ?? embedded.output]
        for step in 0..<configuration.appliedLayers { states.append(apply(step, states[step]).output.output) }
        return (states, embedded)
    }

    private func embeddingSums(_ sequence: EncoderInput) -> FloatRows {
        let e = configuration.embeddingSize
        let read = sequence.ids.indices.filter { sequence.mask?[$0] ?? true }
        let sums = FloatRows(rows: read.count, columns: e)
        guard case .float32(let words) = weights.wordEmbeddings,
            case .float32(let positions) = weights.positionEmbeddings
        else { return sums }
        for (row, place) in read.enumerated() {
            let (word, position) = (words + Int(sequence.ids[place]) * e, positions + place * e)
            for i in 0..<e { sums[row][i] = word[i] + position[i] }
            if let types = weights.tokenTypeEmbeddings {
                let type = types + Int(sequence.typeIds[place]) * e
                for i in 0..<e { sums[row][i] += type[i] }
            }
        }
        return sums
    }

    /// One layer.
    func apply(_ step: Int, _ x: FloatRows) -> LayerPass {
        let layer = weights.layers[configuration.storedLayer(at: step)]
        let qkv = multiply(x, layer.qkv)
        let attention = FloatRows(rows: configuration.numAttentionHeads * x.rows, columns: x.rows)
        let context = FloatRows(rows: x.rows, columns: configuration.hiddenSize)
        attend(qkv, attention, context)
        let attended = norm(multiply(context, layer.attentionOutput), x, layer.attentionNorm)
        let activated = multiply(attended.output, layer.ffnUp)
        let slope = FloatRows(rows: x.rows, columns: activated.columns)
        let kind = configuration.hiddenAct
        parallel.forEachPart(of: x.rows) { rows in
            for row in rows {
                for i in 0..<activated.columns {
                    (activated[row][i], slope[row][i]) = ActivationSlope.at(activated[row][i], kind)
                }
            }
        }
        let output = norm(multiply(activated, layer.ffnDown), attended.output, layer.outputNorm)
        return LayerPass(
            input: x, qkv: qkv, attention: attention, context: context, attended: attended, activated: activated,
            slope: slope, output: output)
    }

    /// From gradients at a layer's output [seeds · S][H] to those at its input.
    func back(_ step: Int, _ pass: LayerPass, _ gradient: FloatRows) -> (layer: LayerGradients, input: FloatRows) {
        let layer = weights.layers[configuration.storedLayer(at: step)]
        var all = LayerGradients(step: step, pass: pass)
        let down = back(pass.output, layer.outputNorm, gradient)
        let activated = pullBack(down, layer.ffnDown)
        let up = FloatRows(rows: activated.rows, columns: activated.columns)
        up.add(activated)
        up.multiply(pass.slope)
        let attended = pullBack(up, layer.ffnUp)
        all.outputs[.ffnDown] = down
        all.inputs[.ffnDown] = activated
        all.outputs[.ffnUp] = up
        all.inputs[.ffnUp] = attended
        // The residual of the feed-forward part joins what came through it.
        let joined = FloatRows(rows: down.rows, columns: down.columns)
        joined.add(down)
        joined.add(attended)
        let output = back(pass.attended, layer.attentionNorm, joined)
        let context = pullBack(output, layer.attentionOutput)
        let qkv = backThroughAttention(pass, context)
        let input = pullBack(qkv, layer.qkv)
        all.outputs[.attentionOutput] = output
        all.inputs[.attentionOutput] = context
        all.outputs[.attentionQKV] = qkv
        all.inputs[.attentionQKV] = input
        let sum = FloatRows(rows: output.rows, columns: output.columns)
        sum.add(output)
        sum.add(input)
        return (all, sum)
    }

    /// From gradients at the first state to those at the sum of the embeddings [seeds · S][E].
    func backToEmbeddings(_ embedded: NormPass, _ gradient: FloatRows) -> FloatRows {
        back(embedded, weights.embeddingNorm, weights.projection.map { pullBack(gradient, $0) } ?? gradient)
    }

    // Matmuls ---------------------------------------------------------------------------------

    /// W x + b for each row.
    private func multiply(_ x: FloatRows, _ linear: Linear) -> FloatRows {
        let out = FloatRows(rows: x.rows, columns: linear.rows)
        guard case .float32(let weight, let bias) = linear.weights else { return out }
        let (weights, biases) = (SharedConstant(weight), bias.map { SharedConstant($0) })
        parallel.forEachPart(of: x.rows, grain: 8) { rows in
            table.matmul_f32(
                weights.pointer, biases?.pointer, Int32(out.columns), Int32(x.columns), x[rows.lowerBound], x.columns,
                Int32(rows.count), KERNEL_ACTIVATION_NONE, out[rows.lowerBound], out.columns)
        }
        return out
    }

    /// Wᵀ g for each row, a strip of columns after the other, which stays in the cache while all rows pass it.
    private func pullBack(_ g: FloatRows, _ linear: Linear) -> FloatRows {
        let out = FloatRows(rows: g.rows, columns: linear.columns)
        guard case .float32(let weight, _) = linear.weights else { return out }
        let weights = SharedConstant(weight)
        parallel.forEachPart(of: out.columns, grain: Backpropagation.strip) { part in
            for first in stride(from: part.lowerBound, to: part.upperBound, by: Backpropagation.strip) {
                kernel_product_f32(
                    out.pointer + first, out.columns, g.pointer, g.columns, 1, weights.pointer + first, out.columns,
                    Int32(g.rows), Int32(min(Backpropagation.strip, part.upperBound - first)), Int32(g.columns))
            }
        }
        return out
    }

    // LayerNorm -------------------------------------------------------------------------------

    private func norm(_ x: FloatRows, _ residual: FloatRows?, _ norm: LayerNorm) -> NormPass {
        let n = x.columns
        let pass = NormPass(
            output: FloatRows(rows: x.rows, columns: n), normalized: FloatRows(rows: x.rows, columns: n),
            inverse: FloatRows(rows: x.rows, columns: 1))
        let epsilon = Double(configuration.layerNormEps)
        parallel.forEachPart(of: x.rows) { rows in
            for row in rows {
                let (values, out) = (pass.normalized[row], pass.output[row])
                values.update(from: x[row], count: n)
                if let residual { for i in 0..<n { values[i] += residual[row][i] } }
                var mean = 0.0
                for i in 0..<n { mean += Double(values[i]) }
                mean /= Double(n)
                var squares = 0.0
                for i in 0..<n { squares += (Double(values[i]) - mean) * (Double(values[i]) - mean) }
                let inverse = 1 / (squares / Double(n) + epsilon).squareRoot()
                pass.inverse[row][0] = Float(inverse)
                for i in 0..<n {
                    values[i] = Float((Double(values[i]) - mean) * inverse)
                    out[i] = values[i] * norm.weight[i] + norm.bias[i]
                }
            }
        }
        return pass
    }

    private func back(_ pass: NormPass, _ norm: LayerNorm, _ gradient: FloatRows) -> FloatRows {
        let n = gradient.columns
        let length = pass.output.rows
        let out = FloatRows(rows: gradient.rows, columns: n)
        parallel.forEachPart(of: gradient.rows) { rows in
            for row in rows {
                let (g, values, result) = (gradient[row], pass.normalized[row % length], out[row])
                var (mean, slope) = (0.0, 0.0)
                for i in 0..<n {
                    result[i] = g[i] * norm.weight[i]
                    mean += Double(result[i])
                    slope += Double(result[i]) * Double(values[i])
                }
                mean /= Double(n)
                slope /= Double(n)
                let inverse = Double(pass.inverse[row % length][0])
                for i in 0..<n { result[i] = Float((Double(result[i]) - mean - Double(values[i]) * slope) * inverse) }
            }
        }
        return out
    }

    // Attention -------------------------------------------------------------------------------

    /// Queries, keys and values of one head [S][d] each, out of the rows that hold all.
    private func head(_ qkv: FloatRows, _ index: Int) -> (query: FloatRows, key: FloatRows, value: FloatRows) {
        let d = configuration.headSize
        let layout = AttentionRows(configuration)
        let parts = AttentionRows.Part.allCases.map { part in
            let rows = FloatRows(rows: qkv.rows, columns: d)
            for row in 0..<qkv.rows { rows[row].update(from: qkv[row] + layout.first(head: index, part), count: d) }
            return rows
        }
        return (parts[0], parts[1], parts[2])
    }

    private func attend(_ qkv: FloatRows, _ attention: FloatRows, _ context: FloatRows) {
        let (s, d) = (qkv.rows, configuration.headSize)
        let factor = 1 / Float(d).squareRoot()
        parallel.forEachPart(of: configuration.numAttentionHeads) { heads in
            for index in heads {
                let (query, key, value) = head(qkv, index)
                let scores = attention[index * s]
                table.matmul_f32(
                    key.pointer, nil, Int32(s), Int32(d), query.pointer, d, Int32(s), KERNEL_ACTIVATION_NONE, scores, s)
                for i in 0..<(s * s) { scores[i] *= factor }
                for row in 0..<s { table.softmax(scores + row * s, Int32(s)) }
                kernel_product_f32(
                    context.pointer + index * d, context.columns, scores, s, 1, value.pointer, d, Int32(s), Int32(d),
                    Int32(s))
            }
        }
    }

    /// With weights P and scores T = Q Kᵀ c: dV = Pᵀ dC, dP = dC Vᵀ, dT = P (dP - Σ P dP), dQ = c dT K, dK = c dTᵀ Q.
    private func backThroughAttention(_ pass: LayerPass, _ gradient: FloatRows) -> FloatRows {
        let (s, d) = (pass.qkv.rows, configuration.headSize)
        let factor = 1 / Float(d).squareRoot()
        let layout = AttentionRows(configuration)
        let out = FloatRows(rows: gradient.rows, columns: layout.count)
        let (size, length, width) = (Int32(d), Int32(s), layout.count)
        parallel.forEachPart(of: configuration.numAttentionHeads) { heads in
            let context = FloatRows(rows: s, columns: d)
            let slopes = FloatRows(rows: s, columns: s)
            for index in heads {
                let (query, key, value) = head(pass.qkv, index)
                let p = pass.attention[index * s]
                for first in stride(from: 0, to: gradient.rows, by: s) {
                    for row in 0..<s { context[row].update(from: gradient[first + row] + index * d, count: d) }
                    let t = slopes.pointer
                    table.matmul_f32(
                        value.pointer, nil, length, size, context.pointer, d, length, KERNEL_ACTIVATION_NONE, t, s)
                    for row in 0..<s {
                        var sum = 0.0
                        for j in (row * s)..<((row + 1) * s) { sum += Double(p[j]) * Double(t[j]) }
                        let mean = Float(sum)
                        for j in (row * s)..<((row + 1) * s) { t[j] = p[j] * (t[j] - mean) * factor }
                    }
                    let target = out[first]
                    kernel_product_f32(
                        target + layout.first(head: index, .query), width, t, s, 1, key.pointer, d, length, size, length
                    )
                    kernel_product_f32(
                        target + layout.first(head: index, .key), width, t, 1, s, query.pointer, d, length, size, length
                    )
                    kernel_product_f32(
                        target + layout.first(head: index, .value), width, p, 1, s, context.pointer, d, length, size,
                        length)
                }
            }
        }
        return out
    }
}
