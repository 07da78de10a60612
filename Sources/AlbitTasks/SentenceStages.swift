import AlbitModel
import AlbitRuntime
import CKernels

// What a vector passes through behind the pooling, in float32 by the kernels' own products and functions, so that every
// CPU gives the same bytes.

extension SentenceStageWeights {
    func applied(to vector: [Float], kernel: Kernel) -> [Float] {
        let table = kernel.table.pointee
        switch self {
        case .normalize: return SentenceVector.normalized(vector)
        case .layerNorm(let norm, let epsilon):
            var result = vector
            let width = Int32(truncatingIfNeeded: vector.count)
            vector.withUnsafeBufferPointer { input in
                result.withUnsafeMutableBufferPointer { output in
                    guard let from = input.baseAddress, let to = output.baseAddress else { return }
                    table.add_norm(
                        from, input.count, nil, 0, norm.weight, norm.bias, epsilon, width, 1, to, output.count)
                }
            }
            return result
        case .dense(let weight, let bias, let dense):
            var result = [Float](repeating: 0, count: dense.outFeatures)
            vector.withUnsafeBufferPointer { input in
                result.withUnsafeMutableBufferPointer { output in
                    guard let from = input.baseAddress, let to = output.baseAddress, input.count == dense.inFeatures
                    else { return }
                    table.matmul_f32(
                        weight, bias, Int32(truncatingIfNeeded: dense.outFeatures),
                        Int32(truncatingIfNeeded: dense.inFeatures), from, input.count, 1,
                        dense.activation.ofKernels, to, output.count)
                }
            }
            return dense.activation.finished(result, kernel: kernel)
        }
    }
}

extension DenseActivation {
    /// What the kernels' products apply by themselves.
    fileprivate var ofKernels: kernel_activation {
        switch self {
        case .gelu: KERNEL_ACTIVATION_GELU_ERF
        case .relu, .relu6: KERNEL_ACTIVATION_RELU
        case .identity, .tanh, .sigmoid, .silu, .leakyReLU, .hardtanh, .softsign, .tanhshrink: KERNEL_ACTIVATION_NONE
        }
    }

    /// What is left to do behind a product.
    fileprivate func finished(_ values: [Float], kernel: Kernel) -> [Float] {
        switch self {
        case .gelu, .relu: values
        case .relu6: values.map { min($0, 6) }
        default: applied(to: values, kernel: kernel)
        }
    }

    /// The function of every value.
    package func applied(to values: [Float], kernel: Kernel) -> [Float] {
        switch self {
        case .identity: return values
        case .tanh: return DenseActivation.tanh(values, kernel)
        case .relu: return values.map { $0 > 0 ? $0 : 0 }
        case .relu6: return values.map { $0 > 0 ? min($0, 6) : 0 }
        case .leakyReLU: return values.map { $0 > 0 ? $0 : $0 * 0.01 }
        case .hardtanh: return values.map { max(-1, min(1, $0)) }
        case .softsign: return values.map { $0 / (1 + abs($0)) }
        case .sigmoid: return Scores.sigmoid(values, kernel: kernel)
        case .silu: return zip(values, Scores.sigmoid(values, kernel: kernel)).map { $0 * $1 }
        case .tanhshrink:
            return zip(values, DenseActivation.tanh(values, kernel)).map {
                abs($0) < 0.5 ? DenseActivation.smallTanhshrink($0) : $0 - $1
            }
        case .gelu: return DenseActivation.gelu(values, kernel)
        }
    }

    /// x - tanh x for |x| < 0.5, where the difference would be of nearly equal numbers, and a Normalize behind it would
    /// make its rounding the vector: the terms of the series up to x¹⁷, the next of which is 1e-8 of the sum there.
    private static func smallTanhshrink(_ x: Float) -> Float {
        let square = x * x
        // Of B(2n) 4ⁿ(4ⁿ - 1) / (2n)!, n from 8 down to 2, behind that of n = 9.
        let terms: [Float] = [
            0.001_455_834_39, -0.003_592_128_04, 0.008_863_235_53, -0.021_869_488_5, 0.053_968_254, -0.133_333_333,
            0.333_333_333,
        ]
        var sum: Float = -0.000_590_027_441
        for term in terms { sum = sum * square + term }
        return sum * square * x
    }

    private static func tanh(_ values: [Float], _ kernel: Kernel) -> [Float] {
        var result = values
        kernel.table.pointee.tanh(&result, Int32(truncatingIfNeeded: result.count))
        return result
    }

    /// By the kernels' product with the unit matrix of one value.
    private static func gelu(_ values: [Float], _ kernel: Kernel) -> [Float] {
        var one: Float = 1
        var result = values
        values.withUnsafeBufferPointer { input in
            result.withUnsafeMutableBufferPointer { output in
                guard let from = input.baseAddress, let to = output.baseAddress else { return }
                kernel.table.pointee.matmul_f32(
                    &one, nil, 1, 1, from, 1, Int32(truncatingIfNeeded: input.count), KERNEL_ACTIVATION_GELU_ERF, to, 1)
            }
        }
        return result
    }
}
