/// Operations on elements, one by one, with operands that are broadcast as in NumPy.
enum ElementwiseEvaluation {
    /// Nil where the operation is none of these, or the shapes do not go together.
    static func unary(_ operation: Operation, _ a: NumberArray) -> NumberArray? {
        switch operation {
        case .identity: return a
        case .cast(let kind): return cast(a, to: kind)
        case .not: return integers(a) { $0 == 0 ? 1 : 0 }
        case .isNaN: return NumberArray(shape: a.shape, integers: a.floats.map { $0.isNaN ? 1 : 0 })
        default: break
        }
        if case .integers = a.numbers {
            switch operation {
            case .negate: return integers(a) { 0 &- $0 }
            case .absolute: return integers(a) { $0 < 0 ? 0 &- $0 : $0 }
            case .square: return integers(a) { $0 &* $0 }
            case .sign: return integers(a) { $0.signum() }
            case .floor, .ceiling, .round: return a
            case .relu: return integers(a) { max(0, $0) }
            default: break
            }
        }
        switch operation {
        case .negate: return floats(a) { -$0 }
        case .absolute: return floats(a) { abs($0) }
        case .sign: return floats(a) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
        case .floor: return floats(a) { $0.rounded(.down) }
        case .ceiling: return floats(a) { $0.rounded(.up) }
        case .round: return floats(a) { $0.rounded(.toNearestOrEven) }
        case .reciprocal: return floats(a) { 1 / $0 }
        case .squareRoot: return floats(a) { $0.squareRoot() }
        case .reciprocalSquareRoot: return floats(a) { 1 / $0.squareRoot() }
        case .square: return floats(a) { $0 * $0 }
        case .relu: return floats(a) { $0 > 0 ? $0 : $0.isNaN ? $0 : 0 }
        case .exponential: return floats(a) { Float(Transcendental.exponential(Double($0))) }
        case .logarithm: return floats(a) { Float(Transcendental.logarithm(Double($0))) }
        case .tanh: return floats(a) { Float(Transcendental.tanh(Double($0))) }
        case .erf: return floats(a) { Float(Transcendental.erf(Double($0))) }
        case .sigmoid: return floats(a) { Float(1 / (1 + Transcendental.exponential(-Double($0)))) }
        case .sine: return floats(a) { Float(Transcendental.sine(Double($0))) }
        case .cosine: return floats(a) { Float(Transcendental.sine(Double($0) + 1.5707963267948966)) }
        case .gelu(let isTanh):
            if isTanh {
                return floats(a) { value in
                    let x = Double(value)
                    return Float(0.5 * x * (1 + Transcendental.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))))
                }
            }
            return floats(a) { Float(0.5 * Double($0) * (1 + Transcendental.erf(Double($0) * 0.7071067811865476))) }
        default: return nil
        }
    }

    private static func cast(_ a: NumberArray, to kind: NumberKind) -> NumberArray? {
        switch kind {
        case .float: NumberArray(shape: a.shape, floats: a.floats)
        case .integer: NumberArray(shape: a.shape, integers: a.integers)
        case .truth:
            a.isFloating
                ? NumberArray(shape: a.shape, integers: a.floats.map { $0 == 0 ? 0 : 1 })
                : integers(a) { $0 == 0 ? 0 : 1 }
        }
    }

    private static func floats(_ a: NumberArray, _ body: (Float) -> Float) -> NumberArray? {
        NumberArray(shape: a.shape, floats: a.floats.map(body))
    }

    private static func integers(_ a: NumberArray, _ body: (Int) -> Int) -> NumberArray? {
        NumberArray(shape: a.shape, integers: a.integers.map(body))
    }

    static func binary(_ operation: Operation, _ a: NumberArray, _ b: NumberArray) -> NumberArray? {
        switch operation {
        case .compare(let relation): return compare(relation, a, b)
        case .and: return whole(a, b) { $0 != 0 && $1 != 0 ? 1 : 0 }
        case .or: return whole(a, b) { $0 != 0 || $1 != 0 ? 1 : 0 }
        case .exclusiveOr: return whole(a, b) { ($0 != 0) != ($1 != 0) ? 1 : 0 }
        default: break
        }
        if !a.isFloating, !b.isFloating {
            switch operation {
            case .add: return whole(a, b) { $0 &+ $1 }
            case .subtract: return whole(a, b) { $0 &- $1 }
            case .multiply: return whole(a, b) { $0 &* $1 }
            case .maximum: return whole(a, b) { max($0, $1) }
            case .minimum: return whole(a, b) { min($0, $1) }
            case .divide: return whole(a, b) { $1 == 0 ? 0 : $0.dividedReportingOverflow(by: $1).partialValue }
            case .floorDivide: return whole(a, b, floorQuotient)
            case .modulo: return whole(a, b) { $0 &- floorQuotient($0, $1) &* $1 }
            case .remainder:
                return whole(a, b) { $1 == 0 ? 0 : $0.remainderReportingOverflow(dividingBy: $1).partialValue }
            case .squaredDifference: return whole(a, b) { ($0 &- $1) &* ($0 &- $1) }
            case .power: return whole(a, b, power)
            default: return nil
            }
        }
        switch operation {
        case .add: return numbers(a, b) { $0 + $1 }
        case .subtract: return numbers(a, b) { $0 - $1 }
        case .multiply: return numbers(a, b) { $0 * $1 }
        case .divide: return numbers(a, b) { $0 / $1 }
        case .maximum: return numbers(a, b) { $0.isNaN || $0 > $1 ? $0 : $1 }
        case .minimum: return numbers(a, b) { $0.isNaN || $0 < $1 ? $0 : $1 }
        case .squaredDifference: return numbers(a, b) { ($0 - $1) * ($0 - $1) }
        case .power: return numbers(a, b) { Float(Transcendental.power(Double($0), Double($1))) }
        case .floorDivide: return numbers(a, b) { ($0 / $1).rounded(.down) }
        case .modulo: return numbers(a, b) { $0 - ($0 / $1).rounded(.down) * $1 }
        case .remainder: return numbers(a, b) { $0.truncatingRemainder(dividingBy: $1) }
        default: return nil
        }
    }

    private static func floorQuotient(_ a: Int, _ b: Int) -> Int {
        guard b != 0 else { return 0 }
        let quotient = a.dividedReportingOverflow(by: b).partialValue
        return (a % max(1, abs(b == Int.min ? Int.max : b)) != 0 && (a < 0) != (b < 0)) ? quotient &- 1 : quotient
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int {
        guard exponent >= 0 else { return 0 }
        var result = 1
        for _ in 0..<min(exponent, 64) { result = result &* base }
        return result
    }

    private static func compare(_ relation: Relation, _ a: NumberArray, _ b: NumberArray) -> NumberArray? {
        func result<T: Comparable>(_ x: T, _ y: T) -> Int {
            let isTrue =
                switch relation {
                case .equal: x == y
                case .notEqual: x != y
                case .less: x < y
                case .lessOrEqual: x <= y
                case .greater: x > y
                case .greaterOrEqual: x >= y
                }
            return isTrue ? 1 : 0
        }
        if !a.isFloating, !b.isFloating { return whole(a, b, result) }
        return combined(a, b, a.floats, b.floats, result).flatMap { NumberArray(shape: $0.shape, integers: $0.values) }
    }

    static func select(_ condition: NumberArray, _ a: NumberArray, _ b: NumberArray) -> NumberArray? {
        guard let both = NumberArray.broadcastShape(a.shape, b.shape),
            let shape = NumberArray.broadcastShape(condition.shape, both),
            NumberArray.count(shape) != nil, let chosen = condition.broadcast(to: shape)?.integers,
            let yes = a.broadcast(to: shape),
            let no = b.broadcast(to: shape)
        else { return nil }
        if !a.isFloating, !b.isFloating {
            let (p, q) = (yes.integers, no.integers)
            return NumberArray(shape: shape, integers: chosen.indices.map { chosen[$0] != 0 ? p[$0] : q[$0] })
        }
        let (p, q) = (yes.floats, no.floats)
        return NumberArray(shape: shape, floats: chosen.indices.map { chosen[$0] != 0 ? p[$0] : q[$0] })
    }

    @inline(__always)
    private static func numbers(_ a: NumberArray, _ b: NumberArray, _ body: (Float, Float) -> Float) -> NumberArray? {
        combined(a, b, a.floats, b.floats, body).flatMap { NumberArray(shape: $0.shape, floats: $0.values) }
    }

    @inline(__always)
    private static func whole(_ a: NumberArray, _ b: NumberArray, _ body: (Int, Int) -> Int) -> NumberArray? {
        combined(a, b, a.integers, b.integers, body).flatMap { NumberArray(shape: $0.shape, integers: $0.values) }
    }

    /// Runs along the last axis with steps of 0 or 1, so that the usual cases are plain loops.
    @inline(__always)
    private static func combined<T, R>(
        _ a: NumberArray, _ b: NumberArray, _ x: [T], _ y: [T], _ body: (T, T) -> R
    ) -> (shape: [Int], values: [R])? {
        guard let shape = NumberArray.broadcastShape(a.shape, b.shape), let count = NumberArray.count(shape),
            let p = NumberArray.broadcastStrides(a.shape, to: shape),
            let q = NumberArray.broadcastStrides(b.shape, to: shape)
        else { return nil }
        guard count > 0 else { return (shape, []) }
        let inner = shape.last ?? 1
        let (stepA, stepB) = (p.last ?? 0, q.last ?? 0)
        let values = x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                [R](unsafeUninitializedCapacity: count) { buffer, filled in
                    guard let base = buffer.baseAddress else { return }
                    var index = [Int](repeating: 0, count: max(0, shape.count - 1))
                    var (startA, startB, written) = (0, 0, 0)
                    while written < count {
                        for i in 0..<inner {
                            (base + written + i).initialize(to: body(x[startA + i * stepA], y[startB + i * stepB]))
                        }
                        written += inner
                        var axis = index.count - 1
                        while axis >= 0 {
                            index[axis] += 1
                            startA += p[axis]
                            startB += q[axis]
                            if index[axis] < shape[axis] { break }
                            startA -= p[axis] * shape[axis]
                            startB -= q[axis] * shape[axis]
                            index[axis] = 0
                            axis -= 1
                        }
                    }
                    filled = count
                }
            }
        }
        return (shape, values)
    }
}
