/// The masks of fused attention operators on scores [batch, heads, queries, keys].
enum ScoreMaskEvaluation {
    static func evaluate(_ form: ScoreMask, scores: NumberArray, mask: NumberArray) -> NumberArray? {
        guard scores.shape.count == 4 else { return nil }
        switch form {
        case .standard:
            if mask.isFloating { return ElementwiseEvaluation.binary(.add, scores, mask) }
            return ElementwiseEvaluation.select(mask, scores, NumberArray(number: -.infinity))
        case .contributed(let filter):
            guard let kept = kept(mask, batch: scores.shape[0], keys: scores.shape[3]) else { return nil }
            guard let added = NumberArray(shape: kept.shape, floats: kept.integers.map { $0 != 0 ? 0 : filter }) else {
                return nil
            }
            return ElementwiseEvaluation.binary(.add, scores, added)
        }
    }

    /// What may be attended to, broadcastable to the scores; nil for a form that nobody describes.
    private static func kept(_ mask: NumberArray, batch: Int, keys: Int) -> NumberArray? {
        switch mask.shape.count {
        case 1:
            let values = mask.integers
            guard values.count == batch || values.count == 2 * batch, NumberArray.count([batch, keys]) != nil else {
                return nil
            }
            var result: [Int] = []
            for i in 0..<batch {
                let start = values.count > batch ? values[batch + i] : 0
                result += (0..<keys).map { $0 >= start && $0 < values[i] ? 1 : 0 }
            }
            return NumberArray(shape: [batch, 1, 1, keys], integers: result)
        case 2: return mask.reshaped([mask.shape[0], 1, 1, mask.shape[1]])
        case 3: return mask.reshaped([mask.shape[0], 1, mask.shape[1], mask.shape[2]])
        default: return nil
        }
    }
}
