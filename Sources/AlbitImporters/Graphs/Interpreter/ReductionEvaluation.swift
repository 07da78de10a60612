/// Operations along axes: sums, maxima, softmax, LayerNorm.
enum ReductionEvaluation {
    /// The array with the reduced axes last, as rows of `width` elements.
    private struct Rows {
        var kept: [Int]
        var width: Int
        var array: NumberArray
        /// The result's shape.
        var shape: [Int]
    }

    private static func rows(_ a: NumberArray, _ axes: [Int]?, keepsAxes: Bool) -> Rows? {
        var reduced = Set<Int>()
        for axis in axes ?? Array(a.shape.indices) {
            guard let known = a.axis(axis) else { return nil }
            reduced.insert(known)
        }
        let kept = a.shape.indices.filter { !reduced.contains($0) }
        let order = kept + reduced.sorted()
        let strides = a.shape.rowMajorStrides
        guard
            let array = order == Array(a.shape.indices)
                ? a : a.arranged(shape: order.map { a.shape[$0] }, strides: order.map { strides[$0] })
        else { return nil }
        let shape =
            keepsAxes ? a.shape.indices.map { reduced.contains($0) ? 1 : a.shape[$0] } : kept.map { a.shape[$0] }
        return Rows(kept: kept, width: reduced.map { a.shape[$0] }.reduce(1, *), array: array, shape: shape)
    }

    static func reduce(_ operation: Operation, _ a: NumberArray, axes second: [Int]?) -> NumberArray? {
        switch operation {
        case .reduceMean(let axes, let keeps):
            return numbers(a, axes ?? second, keeps) { row in
                Float(row.reduce(0.0) { $0 + Double($1) } / Double(row.count))
            }
        case .reduceSum(let axes, let keeps):
            if !a.isFloating { return whole(a, axes ?? second, keeps) { $0.reduce(0, &+) } }
            return numbers(a, axes ?? second, keeps) { row in Float(row.reduce(0.0) { $0 + Double($1) }) }
        case .reduce(let reduction, let axes, let keeps):
            switch reduction {
            case .maximum:
                if !a.isFloating { return whole(a, axes ?? second, keeps) { $0.max() ?? Int.min } }
                return numbers(a, axes ?? second, keeps) { $0.max() ?? -.infinity }
            case .minimum:
                if !a.isFloating { return whole(a, axes ?? second, keeps) { $0.min() ?? Int.max } }
                return numbers(a, axes ?? second, keeps) { $0.min() ?? .infinity }
            case .product:
                if !a.isFloating { return whole(a, axes ?? second, keeps) { $0.reduce(1, &*) } }
                return numbers(a, axes ?? second, keeps) { $0.reduce(1, *) }
            case .any: return whole(a, axes ?? second, keeps) { $0.contains { $0 != 0 } ? 1 : 0 }
            case .all: return whole(a, axes ?? second, keeps) { $0.allSatisfy { $0 != 0 } ? 1 : 0 }
            case .norm:
                return numbers(a, axes ?? second, keeps) { row in
                    Float(row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
                }
            }
        default: return nil
        }
    }

    private static func numbers(
        _ a: NumberArray, _ axes: [Int]?, _ keeps: Bool, _ body: (ArraySlice<Float>) -> Float
    ) -> NumberArray? {
        guard let rows = rows(a, axes, keepsAxes: keeps), let count = NumberArray.count(rows.shape) else { return nil }
        let values = rows.array.floats
        return NumberArray(
            shape: rows.shape, floats: (0..<count).map { body(values[($0 * rows.width)..<(($0 + 1) * rows.width)]) })
    }

    private static func whole(
        _ a: NumberArray, _ axes: [Int]?, _ keeps: Bool, _ body: (ArraySlice<Int>) -> Int
    ) -> NumberArray? {
        guard let rows = rows(a, axes, keepsAxes: keeps), let count = NumberArray.count(rows.shape) else { return nil }
        let values = rows.array.integers
        return NumberArray(
            shape: rows.shape, integers: (0..<count).map { body(values[($0 * rows.width)..<(($0 + 1) * rows.width)]) })
    }

    /// The first place of the largest element.
    static func argMax(_ a: NumberArray, axis: Int, keepsAxis: Bool) -> NumberArray? {
        guard a.axis(axis) != nil, let rows = rows(a, [axis], keepsAxes: keepsAxis),
            let count = NumberArray.count(rows.shape), rows.width > 0
        else { return nil }
        let values = rows.array.floats
        return NumberArray(
            shape: rows.shape,
            integers: (0..<count).map { row in
                let start = row * rows.width
                return (1..<rows.width).reduce(0) { values[start + $1] > values[start + $0] ? $1 : $0 }
            })
    }

    /// Along one axis, or along all from `axis` on together.
    static func softmax(_ a: NumberArray, axis: Int, isLogarithm: Bool, isFlat: Bool) -> NumberArray? {
        if isFlat {
            guard axis >= 0, axis <= a.shape.count else { return nil }
            let rows = a.shape[..<axis].reduce(1, *)
            guard let matrix = a.reshaped([rows, a.shape[axis...].reduce(1, *)]) else { return nil }
            return softmax(matrix, axis: 1, isLogarithm: isLogarithm, isFlat: false)?.reshaped(a.shape)
        }
        guard let along = a.axis(axis) else { return nil }
        let last = a.shape.count - 1
        var shape = a.shape
        var strides = a.shape.rowMajorStrides
        shape.swapAt(along, last)
        strides.swapAt(along, last)
        guard let turned = along == last ? a : a.arranged(shape: shape, strides: strides) else { return nil }
        var values = turned.floats
        let width = shape[last]
        guard width > 0 else { return a }
        for start in stride(from: 0, to: values.count, by: width) {
            var largest = -Float.infinity
            for i in start..<(start + width) { largest = max(largest, values[i]) }
            var sum = 0.0
            for i in start..<(start + width) {
                let power = Transcendental.exponential(Double(values[i] - largest))
                sum += power
                if !isLogarithm { values[i] = Float(power) }
            }
            let scale = Float(1 / sum)
            let shift = largest + Float(Transcendental.logarithm(sum))
            for i in start..<(start + width) { values[i] = isLogarithm ? values[i] - shift : values[i] * scale }
        }
        guard let result = NumberArray(shape: shape, floats: values), along != last else {
            return NumberArray(shape: shape, floats: values)
        }
        var back = shape.rowMajorStrides
        back.swapAt(along, last)
        return result.arranged(shape: a.shape, strides: back)
    }

    static func layerNorm(
        _ a: NumberArray, scale: NumberArray?, bias: NumberArray?, epsilon: Float, axis: Int
    ) -> NumberArray? {
        guard let first = a.axis(axis) else { return nil }
        let width = a.shape[first...].reduce(1, *)
        guard width > 0 else { return nil }
        let own = Array(a.shape[first...])
        guard let factors = scale.map({ $0.broadcast(to: own)?.floats }) ?? [Float](repeating: 1, count: width),
            let shifts = bias.map({ $0.broadcast(to: own)?.floats }) ?? [Float](repeating: 0, count: width)
        else { return nil }
        var values = a.floats
        for start in stride(from: 0, to: values.count, by: width) {
            var sum = 0.0
            for i in start..<(start + width) { sum += Double(values[i]) }
            let mean = sum / Double(width)
            var squares = 0.0
            for i in start..<(start + width) { squares += (Double(values[i]) - mean) * (Double(values[i]) - mean) }
            let factor = 1 / (squares / Double(width) + Double(epsilon)).squareRoot()
            for i in 0..<width {
                values[start + i] = Float((Double(values[start + i]) - mean) * factor) * factors[i] + shifts[i]
            }
        }
        return NumberArray(shape: a.shape, floats: values)
    }

    static func cumulativeSum(_ a: NumberArray, axis: Int, isExclusive: Bool, isReversed: Bool) -> NumberArray? {
        guard let along = a.axis(axis) else { return nil }
        let step = a.shape[(along + 1)...].reduce(1, *)
        let extent = a.shape[along]
        func summed<T: Numeric>(_ values: [T], _ add: (T, T) -> T) -> [T] {
            var result = values
            guard extent > 0, step > 0 else { return values }
            for outer in 0..<(values.count / (extent * step)) {
                for inner in 0..<step {
                    var sum: T = 0
                    for i in 0..<extent {
                        let place = outer * extent * step + (isReversed ? extent - 1 - i : i) * step + inner
                        let value = values[place]
                        if isExclusive { result[place] = sum }
                        sum = add(sum, value)
                        if !isExclusive { result[place] = sum }
                    }
                }
            }
            return result
        }
        return a.isFloating
            ? NumberArray(shape: a.shape, floats: summed(a.floats, +))
            : NumberArray(shape: a.shape, integers: summed(a.integers, &+))
    }
}
