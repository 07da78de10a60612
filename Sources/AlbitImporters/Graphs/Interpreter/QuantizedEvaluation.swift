/// Quantized activations, as a runtime computes them, or as if nothing were rounded.
struct QuantizedEvaluation {
    /// Without rounding a quantized graph computes what its float original with the dequantized weights would: then
    /// what was recovered can be compared sharply.
    let rounds: Bool

    func evaluate(_ operation: Operation, _ inputs: [NumberArray?], isSigned: Bool) -> [NumberArray]? {
        guard let a = inputs.first ?? nil else { return nil }
        func input(_ index: Int) -> NumberArray? { index < inputs.count ? inputs[index] : nil }
        switch operation {
        case .quantize(let axis):
            guard let scale = input(1), let factors = aligned(scale, a.shape, axis) else { return nil }
            var zero: NumberArray?
            if let given = input(2) {
                guard let points = aligned(given, a.shape, axis) else { return nil }
                zero = points
            }
            return quantized(a, factors, zero, isSigned: isSigned).map { [$0] }
        case .dequantize(let axis):
            guard let scale = input(1), let factors = aligned(scale, a.shape, axis) else { return nil }
            var values: NumberArray? = NumberArray(shape: a.shape, floats: a.floats)
            if let given = input(2) {
                guard let points = aligned(given, a.shape, axis) else { return nil }
                values = values.flatMap { ElementwiseEvaluation.binary(.subtract, $0, points) }
            }
            return values.flatMap { ElementwiseEvaluation.binary(.multiply, $0, factors) }.map { [$0] }
        case .dynamicQuantize: return dynamic(a)
        default: return nil
        }
    }

    /// Scales or zero points of an axis, in the shape that is broadcast to the values; as float32.
    private func aligned(_ scale: NumberArray, _ shape: [Int], _ axis: Int) -> NumberArray? {
        let floats = NumberArray(shape: scale.shape, floats: scale.floats)
        if scale.count == 1 { return floats?.reshaped([]) }
        guard let along = NumberArray.axis(axis, rank: shape.count), shape[along] == scale.count else { return nil }
        return floats?.reshaped([scale.count] + [Int](repeating: 1, count: shape.count - along - 1))
    }

    private func quantized(_ a: NumberArray, _ scale: NumberArray, _ zero: NumberArray?, isSigned: Bool) -> NumberArray?
    {
        guard
            let steps = ElementwiseEvaluation.binary(.divide, NumberArray(shape: a.shape, floats: a.floats) ?? a, scale)
        else { return nil }
        let whole = rounds ? ElementwiseEvaluation.unary(.round, steps) : steps
        guard let whole, let moved = zero.map({ ElementwiseEvaluation.binary(.add, whole, $0) }) ?? whole, rounds else {
            return zero.flatMap { ElementwiseEvaluation.binary(.add, steps, $0) } ?? steps
        }
        let (low, high): (Float, Float) = isSigned ? (-128, 127) : (0, 255)
        return NumberArray(shape: moved.shape, floats: moved.floats.map { min(max($0, low), high) })
    }

    /// ONNX's DynamicQuantizeLinear: one scale for all, zero inside the range.
    private func dynamic(_ a: NumberArray) -> [NumberArray]? {
        let values = a.floats
        let low = min(0, values.min() ?? 0)
        let high = max(0, values.max() ?? 0)
        guard low.isFinite, high.isFinite else { return nil }
        let scale = (high - low) / 255
        guard scale > 0 else {
            guard let zeros = NumberArray(shape: a.shape, floats: values) else { return nil }
            return [zeros, NumberArray(number: 0), NumberArray(number: 0)]
        }
        let zero = rounds ? min(max(-low / scale, 0), 255).rounded(.toNearestOrEven) : 0
        guard let result = quantized(a, NumberArray(number: scale), NumberArray(number: zero), isSigned: false) else {
            return nil
        }
        return [result, NumberArray(number: scale), NumberArray(number: zero)]
    }

    /// Integers without their zero points, as float32: products of 8-bit numbers and their sums stay exact below 2^24.
    static func centered(_ a: NumberArray, zeroPoint: NumberArray?, isColumn: Bool) -> NumberArray? {
        guard let values = NumberArray(shape: a.shape, floats: a.floats) else { return nil }
        guard let zeroPoint else { return values }
        // Of the first operand one for each row, of the second one for each column.
        let points = NumberArray(shape: zeroPoint.shape, floats: zeroPoint.floats)
        let shape = zeroPoint.count == 1 ? [] : isColumn ? [zeroPoint.count] : [zeroPoint.count, 1]
        return points?.reshaped(shape).flatMap { ElementwiseEvaluation.binary(.subtract, values, $0) }
    }
}
