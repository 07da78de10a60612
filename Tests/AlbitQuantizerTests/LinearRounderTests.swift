import AlbitModel
import Testing

@testable import AlbitQuantizer
@testable import AlbitRuntime

/// GPTQ against rounding to nearest, measured on the outputs that rounding disturbs.
struct LinearRounderTests {
    private static let rows = 32
    private static let columns = 96
    private static let count = 256
    private let parallel: Parallel

    init() throws { parallel = try Parallel(threads: 2) }

    /// Inputs as layers have them: a few directions carry most of the energy.
    private static func inputs(_ random: inout SplitMix) -> [Float] {
        let directions = (0..<6).map { _ in random.floats(columns) }
        return (0..<count).flatMap { _ -> [Float] in
            let mix = random.floats(6)
            return (0..<columns).map { i in (0..<6).reduce(0.05 * random.float()) { $0 + mix[$1] * directions[$1][i] } }
        }
    }

    private func metric(_ inputs: [Float], _ transform: InputTransform) -> RoundingMetric {
        let hessian = Hessian(transform: transform, parallel: parallel)
        inputs.withUnsafeBufferPointer {
            guard let rows = $0.baseAddress else { return }
            hessian.add(
                Observation(
                    point: .embedded, step: -1, rows: rows, count: Self.count, columns: Self.columns,
                    stride: Self.columns))
        }
        hessian.finish()
        return RoundingMetric(hessian, damping: 0.01, parallel: parallel)
    }

    /// The weight that the panels stand for.
    private func weight(_ linear: QuantizedLinear, _ row: Int, _ column: Int, width: Int) -> Double {
        let place = Panels(rows: row + 1, columns: width).offset(row: row, column: column)
        return Double(linear.panels[place]) * Double(linear.scales[row])
    }

    /// Mean square of (W - Ŵ) x over inputs, in the transformed basis.
    private func error(
        _ linear: QuantizedLinear, _ original: FloatLinear, _ transform: InputTransform, _ inputs: [Float]
    ) -> Double {
        let width = transform.width
        var x = [Float](repeating: 0, count: width)
        var w = x
        var sum = 0.0
        for row in 0..<Self.rows {
            transform.applyToWeights(Array(original.weights[row * Self.columns..<(row + 1) * Self.columns]), into: &w)
            let difference = (0..<width).map { Double(w[$0]) - weight(linear, row, $0, width: width) }
            for sample in 0..<Self.count {
                transform.apply(Array(inputs[sample * Self.columns..<(sample + 1) * Self.columns]), into: &x)
                let y = zip(difference, x).reduce(0.0) { $0 + $1.0 * Double($1.1) }
                sum += y * y
            }
        }
        return sum / Double(Self.rows * Self.count)
    }

    @Test(arguments: [false, true]) func feedbackHalvesTheError(_ rotated: Bool) {
        var random = SplitMix(seed: 7)
        let linear = FloatLinear(
            name: "test", rows: Self.rows, columns: Self.columns, weights: random.floats(Self.rows * Self.columns),
            biases: [random.floats(Self.rows)])
        let inputs = Self.inputs(&random)
        let transform = InputTransform(columns: Self.columns, rotated: rotated, shift: [])
        let rounder = LinearRounder(parallel: parallel)
        let nearest = rounder.round(linear, transform: transform, metric: nil)
        let fed = rounder.round(linear, transform: transform, metric: metric(inputs, transform))
        let (a, b) = (error(nearest, linear, transform, inputs), error(fed, linear, transform, inputs))
        #expect(b < a / 2, "GPTQ \(b), nearest \(a)")
        #expect(fed.bias == nearest.bias && fed.scales == nearest.scales)
        #expect(fed.panels.allSatisfy { $0 != -128 } && nearest.panels.allSatisfy { $0 != -128 })
    }

    /// U of H = (U + I) D (U + I)ᵀ, computed one column at a time.
    @Test func factorsAreThoseOfTheDefinition() {
        var random = SplitMix(seed: 3)
        let n = 70
        let samples = (0..<100).map { _ in random.floats(n) }
        var h = [Double](repeating: 0, count: n * n)
        for x in samples { for i in 0..<n { for j in 0..<n { h[i * n + j] += Double(x[i]) * Double(x[j]) } } }
        var expected = h
        let damping = 0.01 * (0..<n).reduce(0.0) { $0 + h[$1 * n + $1] } / Double(n)
        for i in 0..<n { expected[i * n + i] += damping }
        for j in stride(from: n - 1, through: 0, by: -1) {
            let d = expected[j * n + j]
            let column = (0..<j).map { expected[$0 * n + j] / d }
            for a in 0..<j { for b in 0..<j { expected[a * n + b] -= d * column[a] * column[b] } }
            for i in 0..<j { expected[i * n + j] = column[i] }
        }
        let memory = UnsafeMutablePointer<Double>.allocate(capacity: n * n)
        defer { memory.deallocate() }
        memory.initialize(from: h, count: n * n)
        let factorization = Factorization(memory, size: n, stride: n, damping: 0.01, parallel: parallel)
        for i in 0..<n {
            for j in (i + 1)..<max(n, i + 1) {
                // U is stored as float32.
                #expect(
                    abs(Double(factorization.feedback[i * n + j]) - expected[i * n + j]) < 1e-6
                        * max(1, abs(expected[i * n + j])))
            }
        }
    }

    /// Rows of a table: what passes the metric's directions errs less than half as much, with the same scales.
    @Test func aMetricHalvesTheErrorOfTables() {
        var random = SplitMix(seed: 11)
        let inputs = Self.inputs(&random)
        let transform = InputTransform(columns: Self.columns, rotated: false, shift: [])
        let metric = metric(inputs, transform)
        func error(_ factors: [Factorization], _ rows: [Float]) -> (error: Double, scales: [Float]) {
            let rounder = RowRounder(width: Self.columns, factors: factors)
            defer { rounder.free() }
            for i in rows.indices { rounder.original[i] = rows[i] }
            rounder.round(count: RowRounder.height)
            var sum = 0.0
            for row in 0..<RowRounder.height {
                for sample in 0..<Self.count {
                    let y = (0..<Self.columns).reduce(0.0) { sum, i in
                        let k = row * Self.columns + i
                        let difference = rows[k] - Float(rounder.codes[k]) * rounder.scales[row]
                        return sum + Double(difference) * Double(inputs[sample * Self.columns + i])
                    }
                    sum += y * y
                }
            }
            return (sum, (0..<RowRounder.height).map { rounder.scales[$0] })
        }
        let rows = random.floats(RowRounder.height * Self.columns)
        let (nearest, fed) = (error([], rows), error(metric.factors, rows))
        #expect(fed.error < nearest.error / 2 && fed.scales == nearest.scales, "\(fed.error), \(nearest.error)")
    }

    @Test func aRowOfZerosStaysZero() {
        let linear = FloatLinear(
            name: "zero", rows: 1, columns: 16, weights: [Float](repeating: 0, count: 16), biases: [[3]])
        let transform = InputTransform(columns: 16, rotated: false, shift: [Float](repeating: 2, count: 16))
        let rounded = LinearRounder(parallel: parallel).round(linear, transform: transform, metric: nil)
        #expect(rounded.scales.allSatisfy { $0 == 0 } && rounded.panels.allSatisfy { $0 == 0 } && rounded.bias[0] == 3)
    }

    /// b + W · shift, so that W (x - shift) + bias' is W x + b.
    @Test func theShiftGoesIntoTheBias() {
        let linear = FloatLinear(name: "shift", rows: 1, columns: 4, weights: [1, -2, 0.5, 4], biases: [[10]])
        let transform = InputTransform(columns: 4, rotated: false, shift: [1, 2, 3, 0.25])
        let rounded = LinearRounder(parallel: parallel).round(linear, transform: transform, metric: nil)
        #expect(rounded.bias[0] == 10 + 1 - 4 + 1.5 + 1)
    }
}
