/// Exponential and logarithm of doubles, to a few units in the last place, without the C library.
enum PseudoPerplexity {
    private static let ln2High = 0x1.62e42fee00000p-1
    private static let ln2Low = 0x1.a39ef35793c76p-33

    static func exp(_ x: Double) -> Double {
        guard x == x else { return x }
        if x > 709.8 { return .infinity }
        if x < -745 { return 0 }
        let n = (x / (ln2High + ln2Low)).rounded()
        let r = (x - n * ln2High) - n * ln2Low
        // Taylor's series: the last term is below 2^-60 for |r| <= ln 2 / 2.
        var sum = 1.0
        for k in stride(from: 15.0, through: 1, by: -1) { sum = 1 + r * sum / k }
        let half = Int(n) / 2
        return sum * Double(sign: .plus, exponent: half, significand: 1)
            * Double(sign: .plus, exponent: Int(n) - half, significand: 1)
    }

    /// Of positive finite values.
    static func log(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x > 0 ? x : .nan }
        var exponent = Double(x.exponent)
        var m = x.significand
        if m > 1.4142135623730951 {
            m /= 2
            exponent += 1
        }
        // 2 atanh(s) with |s| < 0.172.
        let s = (m - 1) / (m + 1)
        var sum = 0.0
        for k in stride(from: 25.0, through: 1, by: -2) { sum = sum * s * s + 1 / k }
        return (exponent * ln2High + 2 * s * sum) + exponent * ln2Low
    }
}
