import AlbitModel
import CKernels

/// One matmul y = activation(W x + b), W [rows][columns], as the encoder sees it: int8 or float32.
package struct Linear: @unchecked Sendable {
    package enum Weights {
        /// Row-major [rows][columns]; bias may be null.
        case float32(weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?)
        /// Panels, and how the input becomes integers.
        case int8(kernel_linear, kernel_input)
    }

    /// What gains can be, apart from their signs.
    package static let gains: ClosedRange<Float> = 0.25...4

    package let weights: Weights
    /// What rounding left of the int8 weights, rounded again: the second plane, without bias. Nil where none is kept.
    package let secondPlane: kernel_linear?
    /// True output channels.
    package let rows: Int
    /// True input channels.
    package let columns: Int

    /// From one application of a shared layer's matmul to the next, in floats: bias and shift; 0 where all have the
    /// same.
    private let biasStride: Int
    private let shiftStride: Int

    package init(
        weights: Weights, secondPlane: kernel_linear? = nil, rows: Int, columns: Int, biasStride: Int = 0,
        shiftStride: Int = 0
    ) {
        self.weights = weights
        self.secondPlane = secondPlane
        self.rows = rows
        self.columns = columns
        self.biasStride = biasStride
        self.shiftStride = shiftStride
    }

    /// Moves the parts of int8 weights to their bias and shift of an application.
    func move(_ matrix: inout kernel_linear, _ input: inout kernel_input, to application: Int) {
        if let bias = matrix.bias { matrix.bias = bias + application * biasStride }
        if let shift = input.shift { input.shift = shift + application * shiftStride }
    }

    /// Output channels that are written: `rows`, padded to 16 for int8.
    package var outputWidth: Int {
        if case .int8(let linear, _) = weights { Int(linear.n) } else { rows }
    }

    /// Bytes of one plane of a quantized input row; 0 for float32.
    package var inputWidth: Int {
        if case .int8(let linear, _) = weights { Int(linear.k) } else { 0 }
    }

    /// Byte planes of the input.
    package var planes: Int {
        if case .int8(_, let input) = weights { Int(input.planes) } else { 1 }
    }
}
