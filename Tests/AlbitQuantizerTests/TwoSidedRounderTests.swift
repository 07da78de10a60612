import AlbitModel
import Testing

@testable import AlbitQuantizer

/// Rounding for a metric on both sides, against the definition and against one side.
struct TwoSidedRounderTests {
    private static let rows = 70
    private static let width = 96

    /// A matrix that a few directions rule, and its factors.
    private static func metric(
        _ n: Int, _ random: inout SplitMix, _ parallel: Parallel
    ) -> (values: [Double], metric: RoundingMetric) {
        let directions = (0..<6).map { _ in random.floats(n) }
        var samples: [Float] = []
        for _ in 0..<(2 * n) {
            let mix = random.floats(6)
            samples += (0..<n).map { i in (0..<6).reduce(0.1 * random.float()) { $0 + mix[$1] * directions[$1][i] } }
        }
        var values = [Double](repeating: 0, count: n * n)
        for s in 0..<(2 * n) {
            for i in 0..<n {
                for j in 0..<n { values[i * n + j] += Double(samples[s * n + i]) * Double(samples[s * n + j]) }
            }
        }
        let hessian = Hessian(
            transform: InputTransform(columns: n, rotated: false, shift: []), parallel: parallel)
        hessian.add(samples, stride: n, count: 2 * n)
        hessian.finish()
        return (values, RoundingMetric(hessian, damping: 0.01, parallel: parallel))
    }

    private static func codes(
        _ weights: [Float], _ inputs: RoundingMetric, _ outputs: RoundingMetric, _ parallel: Parallel
    ) -> (codes: [Int8], scales: [Float]) {
        let original = FloatRows(rows: rows, columns: width)
        for (i, weight) in weights.enumerated() { original.pointer[i] = weight }
        var codes: [Int8] = []
        var scales = [Float](repeating: 0, count: rows)
        TwoSidedRounder(
            rows: rows, width: width, original: original, inputs: inputs, outputs: outputs, parallel: parallel
        ).round(scales: &scales) { row, values in
            #expect(row == codes.count / width)
            codes += UnsafeBufferPointer(start: values, count: width)
        }
        return (codes, scales)
    }

    /// tr(G E H Eᵀ) for the errors E.
    private func error(
        _ found: (codes: [Int8], scales: [Float]), _ weights: [Float], _ h: [Double], _ g: [Double]
    ) -> Double {
        let (n, k) = (Self.rows, Self.width)
        let e = (0..<(n * k)).map { Double(weights[$0] - Float(found.codes[$0]) * found.scales[$0 / k]) }
        var passed = [Double](repeating: 0, count: n * k)
        for i in 0..<n { for j in 0..<k { for l in 0..<k { passed[i * k + j] += e[i * k + l] * h[l * k + j] } } }
        var sum = 0.0
        for i in 0..<n {
            for j in 0..<n {
                let dot = (0..<k).reduce(0.0) { $0 + passed[i * k + $1] * e[j * k + $1] }
                sum += g[i * n + j] * dot
            }
        }
        return sum
    }

    @Test func bothSidesErrLessThanOne() throws {
        var random = SplitMix(seed: 21)
        let parallel = try Parallel(threads: 2)
        let weights = random.floats(Self.rows * Self.width)
        let (h, inputs) = Self.metric(Self.width, &random, parallel)
        let (g, outputs) = Self.metric(Self.rows, &random, parallel)
        let two = Self.codes(weights, inputs, outputs, parallel)
        let rounder = RowRounder(width: Self.width, factors: inputs.factors)
        defer { rounder.free() }
        var one: (codes: [Int8], scales: [Float]) = ([], [])
        for first in stride(from: 0, to: Self.rows, by: RowRounder.height) {
            let count = min(RowRounder.height, Self.rows - first)
            for i in 0..<(count * Self.width) { rounder.original[i] = weights[first * Self.width + i] }
            rounder.round(count: count)
            one.codes += UnsafeBufferPointer(start: rounder.codes, count: count * Self.width)
            one.scales += UnsafeBufferPointer(start: rounder.scales, count: count)
        }
        #expect(one.scales == two.scales)
        let (a, b) = (error(one, weights, h, g), error(two, weights, h, g))
        #expect(b < a / 2, "two sides \(b), one \(a)")
        #expect(two.codes.allSatisfy { $0 != -128 })
        for threads in [1, 3, 4] {
            let again = Self.codes(weights, inputs, outputs, try Parallel(threads: threads))
            #expect(again.codes == two.codes)
        }
    }

    /// Row by row and channel by channel, as the comment of `TwoSidedRounder` has it, in double.
    @Test func theDefinition() throws {
        var random = SplitMix(seed: 22)
        let parallel = try Parallel(threads: 2)
        let (n, k) = (Self.rows, Self.width)
        let weights = random.floats(n * k)
        let inputs = Self.metric(k, &random, parallel).metric
        let outputs = Self.metric(n, &random, parallel).metric
        let found = Self.codes(weights, inputs, outputs, parallel)
        let (u, v) = (inputs.factors[0].feedback, outputs.factors[0].feedback)
        // Wider than the rows, by what pads them.
        let stride = outputs.factors[0].size
        var b = [Double](repeating: 0, count: n * k)
        var different = 0
        for r in 0..<n {
            var e = [Double](repeating: 0, count: k)
            for c in 0..<k {
                var target = Double(weights[r * k + c])
                for i in 0..<r { target += Double(v[i * stride + r]) * b[i * k + c] }
                for j in 0..<c { target += e[j] * Double(u[j * k + c]) }
                let scale = Double(found.scales[r])
                let code = min(max((target / scale).rounded(.toNearestOrEven), -127), 127)
                if Int8(code) != found.codes[r * k + c] { different += 1 }
                // What was chosen goes on, so that one value between two codes does not change all behind it.
                e[c] = Double(weights[r * k + c]) - Double(found.codes[r * k + c]) * scale
            }
            for c in 0..<k { b[r * k + c] = e[c] + (0..<c).reduce(0.0) { $0 + e[$1] * Double(u[$1 * k + c]) } }
        }
        // float32 and double part where a value lies within 1e-5 of the middle of two codes.
        #expect(different <= 3, "\(different) of \(n * k)")
    }
}
