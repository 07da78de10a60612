/// Operations that move elements and compute nothing.
enum ArrangementEvaluation {
    /// Nil where the operation is none of these, or does not fit. `inputs`: nil where one is left out.
    static func evaluate(_ operation: Operation, _ inputs: [NumberArray?], outputs: Int) -> [NumberArray]? {
        guard let a = inputs.first ?? nil else { return nil }
        let second = inputs.count > 1 ? inputs[1] : nil
        func one(_ array: NumberArray?) -> [NumberArray]? { array.map { [$0] } }
        switch operation {
        case .reshape:
            return one(second.flatMap { ConstantFolding.resolve($0.integers, from: a.shape) }.flatMap(a.reshaped))
        case .flatten(let axis):
            let place = axis < 0 ? axis + a.shape.count : axis
            guard place >= 0, place <= a.shape.count else { return nil }
            return one(a.reshaped([a.shape[..<place].reduce(1, *), a.shape[place...].reduce(1, *)]))
        case .transpose(let permutation): return one(transposed(a, permutation ?? second?.integers))
        case .squeeze(let axes):
            let named = axes.flatMap { $0.isEmpty ? nil : $0 } ?? second?.integers
            var dropped = Set<Int>()
            for axis in named ?? a.shape.indices.filter({ a.shape[$0] == 1 }) {
                guard let known = a.axis(axis), a.shape[known] == 1 else { return nil }
                dropped.insert(known)
            }
            return one(a.reshaped(a.shape.indices.filter { !dropped.contains($0) }.map { a.shape[$0] }))
        case .unsqueeze(let axes):
            guard let axes = axes ?? second?.integers, axes.count + a.shape.count <= NumberArray.maxRank else {
                return nil
            }
            var shape = a.shape
            let rank = shape.count + axes.count
            for axis in axes.map({ $0 < 0 ? $0 &+ rank : $0 }).sorted() {
                guard axis >= 0, axis <= shape.count else { return nil }
                shape.insert(1, at: axis)
            }
            return one(a.reshaped(shape))
        case .expand:
            guard let wanted = second?.integers, wanted.count <= NumberArray.maxRank else { return nil }
            // -1 keeps an extent.
            let missing = wanted.count - a.shape.count
            let shape = wanted.enumerated().map { $1 == -1 && $0 >= missing ? a.shape[$0 - missing] : $1 }
            return one(NumberArray.broadcastShape(a.shape, shape).flatMap(a.broadcast))
        case .split(let axis, let sizes): return split(a, axis, sizes ?? second?.integers, outputs)
        case .unstack(let axis):
            guard let along = a.axis(axis), a.shape[along] == outputs else { return nil }
            return split(a, along, [Int](repeating: 1, count: outputs), outputs)?.compactMap { part in
                var shape = part.shape
                shape.remove(at: along)
                return part.reshaped(shape)
            }
        case .concatenate(let axis):
            let parts = inputs.compactMap { $0 }
            return parts.count == inputs.count ? one(NumberArray.joined(parts, axis: axis)) : nil
        case .stack(let axis):
            var parts: [NumberArray] = []
            let rank = a.shape.count + 1
            guard let along = NumberArray.axis(axis, rank: rank) else { return nil }
            for case let input? in inputs {
                var shape = input.shape
                guard shape.count + 1 == rank else { return nil }
                shape.insert(1, at: along)
                guard let part = input.reshaped(shape) else { return nil }
                parts.append(part)
            }
            return parts.count == inputs.count ? one(NumberArray.joined(parts, axis: along)) : nil
        case .tile:
            guard let counts = second?.integers, counts.count == a.shape.count, counts.allSatisfy({ $0 >= 0 }) else {
                return nil
            }
            let whole = zip(a.shape, counts).map { $0.multipliedReportingOverflow(by: $1) }
            guard !whole.contains(where: \.overflow), NumberArray.count(whole.map(\.partialValue)) != nil else {
                return nil
            }
            var (shape, strides) = ([Int](), [Int]())
            for (axis, stride) in a.shape.rowMajorStrides.enumerated() {
                shape += [counts[axis], a.shape[axis]]
                strides += [0, stride]
            }
            guard shape.count <= NumberArray.maxRank else { return nil }
            return one(a.arranged(shape: shape, strides: strides)?.reshaped(whole.map(\.partialValue)))
        default: return SliceEvaluation.evaluate(operation, a, inputs).map { [$0] }
        }
    }

    private static func transposed(_ a: NumberArray, _ permutation: [Int]?) -> NumberArray? {
        let axes =
            permutation.flatMap { $0.isEmpty && !a.shape.isEmpty ? nil : $0 } ?? Array(a.shape.indices.reversed())
        let known = axes.compactMap(a.axis)
        guard known.count == a.shape.count, Set(known) == Set(a.shape.indices) else { return nil }
        let strides = a.shape.rowMajorStrides
        return a.arranged(shape: known.map { a.shape[$0] }, strides: known.map { strides[$0] })
    }

    private static func split(_ a: NumberArray, _ axis: Int, _ sizes: [Int]?, _ outputs: Int) -> [NumberArray]? {
        guard let along = a.axis(axis), outputs > 0 else { return nil }
        let extent = a.shape[along]
        // Equal parts; the last one takes what is left.
        let equal = (extent + outputs - 1) / outputs
        var parts = sizes ?? (0..<outputs).map { min(equal, max(0, extent - $0 * equal)) }
        guard parts.count == outputs else { return nil }
        if let open = parts.firstIndex(of: -1) { parts[open] = extent &- parts.reduce(1, &+) }
        guard parts.allSatisfy({ $0 >= 0 && $0 <= extent }), parts.reduce(0, +) == extent else { return nil }
        let strides = a.shape.rowMajorStrides
        var start = 0
        var result: [NumberArray] = []
        for size in parts {
            var shape = a.shape
            shape[along] = size
            guard let part = a.arranged(shape: shape, strides: strides, offset: size == 0 ? 0 : start * strides[along])
            else { return nil }
            result.append(part)
            start += size
        }
        return result
    }
}
