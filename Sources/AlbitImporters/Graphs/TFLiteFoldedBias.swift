import AlbitModel
import AlbitText

/// Undoes a folding of the TFLite converter. Where linear layers K read another one, xW + b, it lets them read xW and
/// puts K·b into their biases, while whoever adds the sum reads the layer with its bias: for an ALBERT, that is the
/// projection of the embeddings, and q, k and v of the first layer, whose biases then differ from those of the others.
struct TFLiteFoldedBias {
    /// The distance, relative to the largest element, at which an undone bias counts as the one of another layer with
    /// the same weights: both were rounded to float32, or to float16 by the converter. Where the weights were quantized
    /// after the folding, half a step of them times the folded bias comes on top.
    private static let tolerance: Float = 2e-3
    /// Three are usual: q, k and v.
    private static let maxChanges = 64
    private static let maxWidth = 1 << 16
    private static let maxElements = 1 << 26

    private let tensors: [TFLiteTensor]
    private let operators: [TFLiteOperator]
    /// Constants that are stored in another type: what DEQUANTIZE makes of them.
    private var sourceOf: [Int: Int] = [:]

    init(_ tensors: [TFLiteTensor], _ operators: [TFLiteOperator]) {
        self.tensors = tensors
        self.operators = operators
        for item in operators where item.code.builtin == TFLiteBuiltin.dequantize {
            if let input = item.inputs.first, let output = item.outputs.first, input >= 0, output >= 0 {
                sourceOf[output] = input
            }
        }
    }

    /// A layer that reads a value without its bias: the value it is to read, and its own bias without the folded part.
    struct Change {
        var input: Int
        /// Of another layer with the same weights; nil: `values`.
        var bias: Int?
        var values: [Float]
    }

    /// By the number of the operator.
    func changes() throws(Fault) -> [Int: Change] {
        struct Product: Hashable {
            var input: Int
            var weight: Int
        }
        func parts(_ item: TFLiteOperator) -> (product: Product, bias: Int?, output: Int)? {
            guard item.code.builtin == TFLiteBuiltin.fullyConnected, item.inputs.count >= 2,
                let output = item.outputs.first, output >= 0,
                item.inputs[0] >= 0,
                item.inputs[1] >= 0
            else { return nil }
            let bias = item.inputs.count > 2 && item.inputs[2] >= 0 ? item.inputs[2] : nil
            return (Product(input: item.inputs[0], weight: item.inputs[1]), bias, output)
        }
        // Products that are there without a bias, and with one: in an operator of their own, or added afterwards.
        var biased: [Product: (bias: Int, output: Int)] = [:]
        for item in operators {
            if let (product, bias, output) = parts(item), let bias, biased[product] == nil {
                biased[product] = (bias, output)
            }
        }
        var replacement: [Int: (bias: Int, output: Int)] = [:]
        for item in operators {
            if let (product, bias, output) = parts(item), bias == nil {
                replacement[output] = biased[product] ?? (-1, -1)
            }
        }
        for item in operators where item.code.builtin == TFLiteBuiltin.add && item.inputs.count == 2 {
            guard try item.options?.unsigned(0, bytes: 1) ?? 0 == 0, let output = item.outputs.first, output >= 0 else {
                continue
            }
            for (product, bias) in [(item.inputs[0], item.inputs[1]), (item.inputs[1], item.inputs[0])] where bias >= 0
            {
                if let known = replacement[product], known.bias < 0, stored(bias) != nil {
                    replacement[product] = (bias, output)
                }
            }
        }
        replacement = replacement.filter { $0.value.bias >= 0 }
        guard !replacement.isEmpty else { return [:] }
        // Biases of the layers that have the same weights and are not folded.
        var others: [Int: [Int]] = [:]
        for item in operators {
            guard let (product, bias, _) = parts(item), let bias, replacement[product.input] == nil else { continue }
            if others[product.weight, default: []].count < TFLiteFoldedBias.maxChanges {
                others[product.weight, default: []].append(bias)
            }
        }
        var changes: [Int: Change] = [:]
        for item in operators where changes.count < TFLiteFoldedBias.maxChanges {
            guard let (product, bias, _) = parts(item), let bias, let (folded, whole) = replacement[product.input],
                let (own, steps) = try undone(bias: bias, weight: product.weight, folded: folded)
            else { continue }
            var change = Change(input: whole, bias: nil, values: own)
            for other in others[product.weight] ?? [] {
                guard let values = try values(other), values.count == own.count else { continue }
                let size = values.reduce(Float(1e-6)) { max($0, abs($1)) }
                if own.indices.allSatisfy({ abs(values[$0] - own[$0]) <= TFLiteFoldedBias.tolerance * size + steps[$0] }
                ) {
                    change.bias = other
                    break
                }
            }
            changes[item.number] = change
        }
        return changes
    }

    private func stored(_ index: Int) -> TFLiteTensor? {
        let tensor = tensors[index]
        if tensor.stored != nil { return tensor }
        guard let source = sourceOf[index], tensors[source].stored != nil else { return nil }
        return tensors[source]
    }

    private func values(_ index: Int) throws(Fault) -> [Float]? {
        guard let tensor = stored(index), let stored = tensor.stored, tensor.shape.count <= 1,
            stored.elementCount <= TFLiteFoldedBias.maxWidth
        else { return nil }
        return try tensor.rows(0..<1, of: 1)
    }

    /// bias - weight · folded, and by how much the rounding of integer weights may have moved it; nil where the shapes
    /// do not fit.
    private func undone(bias: Int, weight: Int, folded: Int) throws(Fault) -> (values: [Float], steps: [Float])? {
        guard var result = try values(bias), let inner = try values(folded), let matrix = stored(weight),
            matrix.shape == [result.count, inner.count], result.count &* inner.count <= TFLiteFoldedBias.maxElements
        else { return nil }
        let size = inner.reduce(Float(0)) { $0 + abs($1) }
        let steps = result.indices.map { row in
            matrix.isQuantized
                ? (matrix.scales.count == result.count ? matrix.scales[row] : matrix.scales[0]) / 2 * size : 0
        }
        for row in result.indices {
            let values = try matrix.rows(row..<(row + 1), of: result.count)
            var sum = 0.0
            for (w, x) in zip(values, inner) { sum += Double(w) * Double(x) }
            result[row] = Float(Double(result[row]) - sum)
        }
        return (result, steps)
    }
}

extension TFLiteTensor {
    /// Real values of some rows of a stored tensor of `count` rows.
    func rows(_ rows: Range<Int>, of count: Int) throws(Fault) -> [Float] {
        guard let stored, count > 0 else { return [] }
        let width = stored.elementCount / count
        var values = try stored.values((rows.lowerBound * width)..<(rows.upperBound * width))
        guard isQuantized else { return values }
        for i in values.indices {
            // Along the first axis, or one for all; other axes have no rows.
            let channel = scales.count == count ? rows.lowerBound + i / max(1, width) : 0
            let zero = zeroPoints.count == scales.count ? zeroPoints[channel] : zeroPoints.first ?? 0
            values[i] = (values[i] - zero) * scales[channel]
        }
        return values
    }
}
