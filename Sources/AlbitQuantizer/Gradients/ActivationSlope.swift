import AlbitModel

/// An activation and its derivative, in the arithmetic of the kernels: no libm (formats/int8.md, section 1).
enum ActivationSlope {
    private static let rounding: Float = 12_582_912
    private static let log2e: Float = 0x1.715476p+0
    private static let ln2: Float = 0.693147181

    /// 2^t, t clamped to ±125.
    static func exp2(_ t: Float) -> Float {
        let t = max(min(t, 125), -125)
        let n = (t + rounding) - rounding
        let f = t - n
        var p = f * 0x1.5bba14p-10 + 0x1.3cea88p-7
        p = p * f + 0x1.c6b752p-5
        p = p * f + 0x1.ebf9bcp-3
        p = p * f + 0x1.62e42ap-1
        p = p * f + 1
        return Float(bitPattern: UInt32(bitPattern: Int32(bitPattern: p.bitPattern) &+ (Int32(n) &<< 23)))
    }

    /// Value and derivative at x.
    static func at(_ x: Float, _ activation: HiddenActivation) -> (value: Float, slope: Float) {
        switch activation {
        case .relu: return x > 0 ? (x, 1) : (0, 0)
        case .geluNew:
            // x s with s = 1 / (1 + 2^z), z = x (G1 + G2 x²): s' = -ln 2 · s (1 - s) z'.
            let g1: Float = -2 * 0.7978845608 * 1.44269504
            let g2: Float = g1 * 0.044715
            let square = x * x
            let s = 1 / (1 + exp2(x * (square * g2 + g1)))
            let inner = (3 * g2 * square + g1) * ln2
            return (x * s, s - x * (s * (1 - s)) * inner)
        case .gelu:
            // x Φ(x), Φ by Abramowitz and Stegun 7.1.26; the derivative is Φ(x) + x φ(x).
            let e = exp2(x * x * (-0.5 * log2e))
            let t = 1 / (1 + abs(x) * (0.3275911 * 0.70710678))
            var q = t * 1.061405429 - 1.453152027
            q = q * t + 1.421413741
            q = q * t - 0.284496736
            q = q * t + 0.254829592
            let half = 0.5 * (q * t * e)
            let phi = x < 0 ? half : 1 - half
            return (x * phi, phi + x * (e * 0.398942280))
        }
    }
}
