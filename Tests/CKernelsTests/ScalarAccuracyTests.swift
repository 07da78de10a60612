import CKernels
import Foundation
import Testing

/// The scalar kernel, the specification, against float64 computations by the C library.
struct ScalarAccuracyTests {
    private func activate(_ values: [Float], _ activation: kernel_activation) -> [Float] {
        // A matmul by one: activation(1 * x) with the identity as weights.
        var out = [Float](repeating: 0, count: values.count)
        let one: [Float] = [1]
        KernelTable.scalar.matmul_f32(one, nil, 1, 1, values, 1, Int32(values.count), activation, &out, 1)
        return out
    }

    private let points: [Float] = (-12000...12000).map { Float($0) * 1e-3 } + [-1e4, -100, 100, 1e4, 1e-30, -1e-30, 0]

    /// Bound: 1e-6 absolute, far below the 2e-5 relative that the outputs of a model must keep.
    @Test func geluTanh() {
        for (x, y) in zip(points, activate(points, KERNEL_ACTIVATION_GELU_TANH)) {
            let d = Double(x)
            let exact = 0.5 * d * (1 + tanh(0.7978845608028654 * (d + 0.044715 * d * d * d)))
            #expect(abs(Double(y) - exact) <= 1e-6 * max(1, abs(exact)), "gelu_new(\(x)) = \(y), exact \(exact)")
        }
    }

    @Test func geluErf() {
        for (x, y) in zip(points, activate(points, KERNEL_ACTIVATION_GELU_ERF)) {
            let exact = 0.5 * Double(x) * erfc(-Double(x) / 2.0.squareRoot())
            #expect(abs(Double(y) - exact) <= 1e-6 * max(1, abs(exact)), "gelu(\(x)) = \(y), exact \(exact)")
        }
    }

    /// Bound: three units in the last place of 1.
    @Test func hyperbolicTangent() {
        var values = points
        KernelTable.scalar.tanh(&values, Int32(values.count))
        for (x, y) in zip(points, values) { #expect(abs(Double(y) - tanh(Double(x))) <= 3.6e-7, "tanh(\(x)) = \(y)") }
    }

    @Test func softmaxSumsToOne() {
        var random = KernelRandom(seed: 4)
        let scores = random.tameFloats(300)
        var values = scores
        KernelTable.scalar.softmax(&values, 300)
        let largest = Double(scores.max()!)
        let total = scores.reduce(0.0) { $0 + exp(Double($1) - largest) }
        for (x, y) in zip(scores, values) { #expect(abs(Double(y) - exp(Double(x) - largest) / total) <= 1e-6) }
    }

    /// Half a step for every value, in the sense of the row's own step.
    @Test(arguments: [1, 2]) func quantizedRowsAreHalfAStepAway(_ planes: Int) {
        var random = KernelRandom(seed: 5)
        let k = 100
        let x = random.tameFloats(k)
        var input = kernel_input(
            shift: nil, gain: nil, k: Int32(k), k_padded: 112, block: 0, planes: Int32(planes))
        let rows = GuardedRows(count: 1, width: 112, planes: planes)
        var scratch = [Float](repeating: 0, count: 112)
        KernelTable.scalar.quantize(&input, x, k, 1, &rows.rows, 0, &scratch)
        for i in 0..<k {
            let high = Int(rows.values.pointer[i])
            let code = planes == 2 ? high * 256 + Int(rows.values.pointer[rows.rows.stride + i]) : high
            let value = Double(rows.scale.pointer[0]) * Double(code - Int(rows.zero.pointer[0]))
            #expect(abs(value - Double(x[i])) <= 0.501 * Double(rows.scale.pointer[0]) + 1e-6)
        }
    }

    @Test func layerNormIsExactEnough() {
        var random = KernelRandom(seed: 6)
        let n = 312
        let x = random.tameFloats(n)
        let weight = random.tameFloats(n)
        let bias = random.tameFloats(n)
        var out = [Float](repeating: 0, count: n)
        KernelTable.scalar.add_norm(x, n, nil, 0, weight, bias, 1e-12, Int32(n), 1, &out, n)
        let mean = x.reduce(0.0) { $0 + Double($1) } / Double(n)
        let variance = x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(n)
        for i in 0..<n {
            let exact = (Double(x[i]) - mean) / variance.squareRoot() * Double(weight[i]) + Double(bias[i])
            #expect(abs(Double(out[i]) - exact) <= 1e-5 * max(1, abs(exact)))
        }
    }
}
