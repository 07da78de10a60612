import CKernels

/// formats/int8.md step by step, written for tests without a look at the kernels: sums in Int64, float steps in Float,
/// one rounding each (Swift never fuses a multiplication with an addition).
enum Specification {
    // The numbers of section 1, as formats/int8.md and the kernels share them.
    private static let e: [Float] = [1, 0x1.62e42ap-1, 0x1.ebf9bcp-3, 0x1.c6b752p-5, 0x1.3cea88p-7, 0x1.5bba14p-10]
    static let log2e: Float = 0x1.715476p+0
    private static let g1: Float = -2 * 0.7978845608 * 1.44269504
    private static let g2: Float = -2 * 0.7978845608 * 1.44269504 * 0.044715

    /// Nearest integer, ties to even.
    static func rne(_ value: Float) -> Int { Int(value.rounded(.toNearestOrEven)) }

    static func exp2(_ value: Float) -> Float {
        let t = max(min(value, 125), -125)
        let n = t.rounded(.toNearestOrEven)
        let f = t - n
        var p = e[5]
        for i in stride(from: 4, through: 0, by: -1) { p = p * f + e[i] }
        return Float(sign: .plus, exponent: Int(n), significand: p)
    }

    static func activation(_ x: Float, _ kind: kernel_activation) -> Float {
        switch kind {
        case KERNEL_ACTIVATION_RELU: return x > 0 ? x : 0
        case KERNEL_ACTIVATION_GELU_TANH: return x / (1 + exp2(x * (x * x * g2 + g1)))
        case KERNEL_ACTIVATION_GELU_ERF:
            // Abramowitz and Stegun, 7.1.26, at |x| / sqrt(2).
            let a: [Float] = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429]
            let p: Float = 0.3275911 * 0.70710678
            let half: Float = -0.5 * 1.44269504
            let t = 1 / (1 + abs(x) * p)
            var q = a[4]
            for i in stride(from: 3, through: 0, by: -1) { q = q * t + a[i] }
            let tail = 0.5 * (q * t * exp2(x * x * half))
            return x * (x < 0 ? tail : 1 - tail)
        default: return x
        }
    }

    /// A sum in its one shape: sixteen lanes, then a fold by halves.
    static func sum(_ values: [Float]) -> Float {
        var lanes = [Float](repeating: 0, count: 16)
        for (i, value) in values.enumerated() { lanes[i % 16] += value }
        for half in [8, 4, 2, 1] {
            for i in 0..<half { lanes[i] += lanes[i + half] }
        }
        return lanes[0]
    }

    static func dot(_ a: [Float], _ b: [Float]) -> Float { sum(zip(a, b).map { $0 * $1 }) }

    static func softmax(_ x: [Float]) -> [Float] {
        let top = x.max()!
        let e = x.map { exp2(($0 - top) * log2e) }
        let inverse = 1 / sum(e)
        return e.map { $0 * inverse }
    }

    static func tanh(_ x: Float) -> Float {
        let t = exp2(abs(x) * (-2 * log2e))
        let y = (1 - t) / (1 + t)
        return x < 0 ? -y : y
    }

    static func layerNorm(_ x: [Float], weight: [Float], bias: [Float], epsilon: Float) -> [Float] {
        let n = Float(x.count)
        let mean = sum(x) / n
        let centred = x.map { $0 - mean }
        let inverse = 1 / (sum(centred.map { $0 * $0 }) / n + epsilon).squareRoot()
        return centred.indices.map { (centred[$0] * inverse) * weight[$0] + bias[$0] }
    }

    // ------------------------------------------------------------------------------------ sections 2, 4 and 5

    struct Row: Equatable {
        var codes: [Int]
        var scale: Float
        var zero: Int
    }

    /// Gains, then butterflies of strides 1, 2, 4 ... inside blocks.
    static func rotated(_ row: [Float], gain: [Float], block: Int) -> [Float] {
        var y = zip(row, gain).map { $0 * $1 }
        var stride = 1
        while stride < block {
            for i in y.indices where i / stride % 2 == 0 {
                (y[i], y[i + stride]) = (y[i] + y[i + stride], y[i] - y[i + stride])
            }
            stride *= 2
        }
        return y
    }

    static func quantized(_ y: [Float], planes: Int) -> Row {
        let (steps, base, range): (Float, Int, ClosedRange<Int>) =
            planes == 2 ? (65024, 256, 0...65535) : (254, 1, 1...255)
        let low = y.reduce(0) { min($0, $1) }
        let high = y.reduce(0) { max($0, $1) }
        let width = high - low
        if width < 1e-30 {
            let middle = planes == 2 ? 32768 : 128
            return Row(codes: y.map { _ in middle }, scale: 0, zero: middle)
        }
        let inverse = steps / width
        let zero = base + rne(-low * inverse)
        let codes = y.map { max(range.lowerBound, min(range.upperBound, rne($0 * inverse) + zero)) }
        return Row(codes: codes, scale: width / steps, zero: zero)
    }

    // --------------------------------------------------------------------------------------------- section 3

    /// The float that the sums of a row with one output channel become.
    static func joined(_ row: Row, _ weights: ArraySlice<Int8>, planes: Int) -> Float {
        func sum(_ part: (Int) -> Int) -> Float {
            var total: Int64 = 0
            for (code, w) in zip(row.codes, weights) { total += Int64(part(code) - part(row.zero)) * Int64(w) }
            return Float(total)
        }
        return planes == 2 ? sum { $0 >> 8 } * 256 + sum { $0 & 255 } : sum { $0 }
    }

    /// Row-major weights [n][k] as panels [n/16][k/4][16][4].
    static func panels(_ weights: [Int8], n: Int, k: Int) -> [Int8] {
        var result: [Int8] = []
        for panel in 0..<n / 16 {
            for group in 0..<k / 4 {
                for channel in 0..<16 {
                    for i in 0..<4 { result.append(weights[(16 * panel + channel) * k + 4 * group + i]) }
                }
            }
        }
        return result
    }

    // --------------------------------------------------------------------------------------------- section 7

    /// Symmetric digits of values that share a scale: one in -127...127, or high and low ones in base 254.
    static func digits(_ x: [Float], planes: Int) -> (planes: [[Int]], scale: Float) {
        let limit = planes == 2 ? 127 * 254 + 126 : 127
        let top = x.reduce(0) { max($0, abs($1)) }
        let (scale, inverse): (Float, Float) = top < 1e-30 ? (0, 0) : (top / Float(limit), Float(limit) / top)
        let q = x.map { max(-limit, min(limit, rne($0 * inverse))) }
        guard planes == 2 else { return ([q], scale) }
        let high = q.map { rne(Float($0) * (1 / 254)) }
        return ([high, zip(q, high).map { $0 - 254 * $1 }], scale)
    }

    /// One head: rows of queries, keys and values [length][size] to contexts [length][size].
    static func attention(
        _ query: [[Float]], _ key: [[Float]], _ value: [[Float]], planes: Int, weightPlanes: Int
    ) -> [[Float]] {
        let size = query[0].count
        let length = query.count
        let constant = log2e / Float(size).squareRoot()
        let q = query.map { digits($0, planes: planes) }
        let k = key.map { digits($0, planes: planes) }
        let v = (0..<size).map { channel in digits(value.map { $0[channel] }, planes: planes) }
        func sum(_ a: [Int], _ b: [Int]) -> Int64 { zip(a, b).reduce(0) { $0 + Int64($1.0 * $1.1) } }
        return (0..<length).map { i in
            let t = (0..<length).map { j in
                let (a, b) = (q[i].planes, k[j].planes)
                var f = Float(sum(a[0], b[0]))
                if planes == 2 {
                    f = (f * 254 + Float(sum(a[0], b[1]) + sum(a[1], b[0]))) * 254 + Float(sum(a[1], b[1]))
                }
                return (f * k[j].scale) * (q[i].scale * constant)
            }
            let top = t.max()!
            let p = t.map { rne(exp2($0 - top) * (weightPlanes == 2 ? 65535 : 255)) }
            let inverse = 1 / Float(p.reduce(0, +))
            return v.map { channel in
                let parts = channel.planes.map { digits in
                    weightPlanes == 2
                        ? Float(sum(p.map { $0 >> 8 }, digits)) * 256 + Float(sum(p.map { $0 & 255 }, digits))
                        : Float(sum(p, digits))
                }
                return ((planes == 2 ? parts[0] * 254 + parts[1] : parts[0]) * channel.scale) * inverse
            }
        }
    }
}
