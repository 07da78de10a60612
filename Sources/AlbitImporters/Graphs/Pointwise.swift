/// Computes elementwise operations on small vectors in double precision, so that LayerNorm and activations are
/// recognised by what they compute, however an exporter spells them.
enum Pointwise {
    /// The result of a node on operands of one or `n` elements; nil where the operation is none of these.
    static func apply(_ operation: Operation, _ inputs: [[Double]]) -> [Double]? {
        func binary(_ body: (Double, Double) -> Double) -> [Double]? {
            guard inputs.count == 2 else { return nil }
            let (a, b) = (inputs[0], inputs[1])
            let count = max(a.count, b.count)
            guard a.count == 1 || a.count == count, b.count == 1 || b.count == count, !a.isEmpty, !b.isEmpty else {
                return nil
            }
            return (0..<count).map { body(a[a.count == 1 ? 0 : $0], b[b.count == 1 ? 0 : $0]) }
        }
        func unary(_ body: (Double) -> Double) -> [Double]? { inputs.first?.map(body) }
        switch operation {
        case .add: return binary(+)
        case .subtract: return binary(-)
        case .multiply: return binary(*)
        case .divide: return binary(/)
        case .power: return binary(power)
        case .squaredDifference: return binary { ($0 - $1) * ($0 - $1) }
        case .maximum: return binary { Swift.max($0, $1) }
        case .minimum: return binary { Swift.min($0, $1) }
        case .negate: return unary { -$0 }
        case .reciprocal: return unary { 1 / $0 }
        case .squareRoot: return unary { $0.squareRoot() }
        case .reciprocalSquareRoot: return unary { 1 / $0.squareRoot() }
        case .square: return unary { $0 * $0 }
        case .exponential: return unary(exponential)
        case .tanh: return unary(tanh)
        case .erf: return unary(erf)
        case .sigmoid: return unary { 1 / (1 + exponential(-$0)) }
        case .relu: return unary { Swift.max(0, $0) }
        case .gelu(let isTanh): return unary(isTanh ? geluTanh : geluErf)
        case .identity, .cast(to: .float): return inputs.first
        default: return nil
        }
    }

    static func isPointwise(_ operation: Operation) -> Bool {
        switch operation {
        case .add, .subtract, .multiply, .divide, .power, .squaredDifference, .maximum, .minimum, .negate, .reciprocal,
            .squareRoot,
            .reciprocalSquareRoot, .square, .exponential, .tanh, .erf, .sigmoid, .relu, .gelu, .identity,
            .cast(to: .float):
            true
        default: false
        }
    }

    /// Whole and half exponents are all that graphs of transformers use; others are no number.
    static func power(_ x: Double, _ exponent: Double) -> Double {
        if exponent == -0.5 { return 1 / x.squareRoot() }
        if exponent == 0.5 { return x.squareRoot() }
        guard exponent == exponent.rounded(), abs(exponent) <= 16 else { return .nan }
        var result = 1.0
        for _ in 0..<Int(abs(exponent)) { result *= x }
        return exponent < 0 ? 1 / result : result
    }

    /// e^x: halved until the series is short, then squared back; exact to a few units of the last place.
    static func exponential(_ x: Double) -> Double {
        if x.isNaN { return x }
        if x > 709 { return .infinity }
        if x < -745 { return 0 }
        var halvings = 0
        var y = x
        while abs(y) > 0.125 {
            y /= 2
            halvings += 1
        }
        var term = 1.0
        var sum = 1.0
        for n in 1...14 {
            term *= y / Double(n)
            sum += term
        }
        for _ in 0..<halvings { sum *= sum }
        return sum
    }

    static func tanh(_ x: Double) -> Double {
        if x > 20 { return 1 }
        if x < -20 { return -1 }
        let e = exponential(2 * x)
        return (e - 1) / (e + 1)
    }

    /// The power series of erf, which is enough for |x| up to 3; beyond 6 it is one.
    static func erf(_ x: Double) -> Double {
        if abs(x) > 6 { return x > 0 ? 1 : -1 }
        var term = x
        var sum = x
        var n = 0
        while n < 200 && abs(term) > 1e-18 {
            n += 1
            term *= -x * x / Double(n)
            sum += term / Double(2 * n + 1)
        }
        return sum * 1.1283791670955126
    }

    static func geluTanh(_ x: Double) -> Double {
        0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
    }
    static func geluErf(_ x: Double) -> Double { 0.5 * x * (1 + erf(x / 2.0.squareRoot())) }
}
