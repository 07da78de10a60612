/// Functions in double precision for the interpreter of graphs; their errors lie far below a rounding of float32.
enum Transcendental {
    static func exponential(_ x: Double) -> Double { Pointwise.exponential(x) }
    static func tanh(_ x: Double) -> Double { x.isNaN ? x : Pointwise.tanh(x) }

    /// Beyond 4.3, where the series loses digits, erf is 1 to 1.2e-9.
    static func erf(_ x: Double) -> Double {
        if x.isNaN { return x }
        return abs(x) > 4.3 ? (x > 0 ? 1 : -1) : Pointwise.erf(x)
    }

    /// Of the significand as 2 artanh((m - 1) / (m + 1)), with m between the roots of 1/2 and 2.
    static func logarithm(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x > 0 ? x : .nan }
        var exponent = Double(x.exponent)
        var m = x.significand
        if m > 1.4142135623730951 {
            m /= 2
            exponent += 1
        }
        let z = (m - 1) / (m + 1)
        var (sum, power) = (0.0, z)
        for n in 0..<13 {
            sum += power / Double(2 * n + 1)
            power *= z * z
        }
        return 2 * sum + exponent * 0.6931471805599453
    }

    static func sine(_ x: Double) -> Double {
        guard x.isFinite else { return .nan }
        let turn = 6.283185307179586
        let y = x - (x / turn).rounded(.toNearestOrEven) * turn
        var (sum, term) = (y, y)
        for n in 1..<16 {
            term *= -y * y / Double(2 * n * (2 * n + 1))
            sum += term
        }
        return sum
    }

    static func power(_ x: Double, _ exponent: Double) -> Double {
        let known = Pointwise.power(x, exponent)
        if !known.isNaN || x.isNaN || exponent.isNaN { return known }
        let isWhole = exponent == exponent.rounded()
        guard x > 0 || isWhole else { return .nan }
        let size = exponential(exponent * logarithm(abs(x)))
        return x < 0 && exponent.truncatingRemainder(dividingBy: 2) != 0 ? -size : size
    }
}
