/// Operations that make numbers: ranges, fillings, shapes, triangles.
enum GeneratorEvaluation {
    static func evaluate(_ operation: Operation, _ inputs: [NumberArray?]) -> NumberArray? {
        guard let a = inputs.first ?? nil else { return nil }
        let second = inputs.count > 1 ? inputs[1] : nil
        switch operation {
        case .range:
            guard let end = second, inputs.count > 2, let step = inputs[2] else { return nil }
            return range(a, end, step)
        case .fill:
            guard let count = NumberArray.count(a.integers) else { return nil }
            guard let value = second else {
                return NumberArray(shape: a.integers, floats: [Float](repeating: 0, count: count))
            }
            guard value.count == 1 else { return nil }
            return value.isFloating
                ? NumberArray(shape: a.integers, floats: [Float](repeating: value.floats[0], count: count))
                : NumberArray(shape: a.integers, integers: [Int](repeating: value.integers[0], count: count))
        case .triangle(let isUpper): return triangle(a, isUpper, second?.integer ?? 0)
        default: return nil
        }
    }

    private static func range(_ start: NumberArray, _ end: NumberArray, _ step: NumberArray) -> NumberArray? {
        if !start.isFloating, !end.isFloating, !step.isFloating {
            guard let first = start.integer, let last = end.integer, let by = step.integer, by != 0, by != Int.min
            else { return nil }
            let (distance, overflow) = last.subtractingReportingOverflow(first)
            guard !overflow, distance != Int.min else { return nil }
            guard (distance > 0) == (by > 0), distance != 0 else { return NumberArray([Int]()) }
            let count = (abs(distance) - 1) / abs(by) + 1
            guard NumberArray.count([count]) != nil else { return nil }
            return NumberArray((0..<count).map { first + $0 * by })
        }
        guard let first = start.float, let last = end.float, let by = step.float, by != 0 else { return nil }
        let count = NumberArray.whole(max(0, ((last - first) / by).rounded(.up)))
        guard NumberArray.count([count]) != nil else { return nil }
        return NumberArray(shape: [count], floats: (0..<count).map { first + Float($0) * by })
    }

    private static func triangle(_ a: NumberArray, _ isUpper: Bool, _ diagonal: Int) -> NumberArray? {
        guard a.shape.count >= 2, abs(max(-1 << 40, min(1 << 40, diagonal))) == abs(diagonal) else { return nil }
        let columns = a.shape[a.shape.count - 1]
        let rows = a.shape[a.shape.count - 2]
        func isKept(_ place: Int) -> Bool {
            let (row, column) = (place / columns % rows, place % columns)
            return isUpper ? column - row >= diagonal : column - row <= diagonal
        }
        switch a.numbers {
        case .floats(let values):
            return NumberArray(shape: a.shape, floats: values.indices.map { isKept($0) ? values[$0] : 0 })
        case .integers(let values):
            return NumberArray(shape: a.shape, integers: values.indices.map { isKept($0) ? values[$0] : 0 })
        }
    }
}
