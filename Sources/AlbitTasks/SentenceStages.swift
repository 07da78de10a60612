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
        case .tanhshrink: return zip(values, DenseActivation.tanh(values, kernel)).map { $0 - $1 }
        case .gelu: return DenseActivation.gelu(values, kernel)
        }
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
