/// What a node of a dataflow graph computes, in one vocabulary for ONNX, TensorFlow and TFLite.
///
/// Readers translate their operators into these and never interpret a model: what means the same gets the same case,
/// however it is spelled, and the matcher is written once. Axes may be negative and then count from the end.
/// Operators that are not listed here become `other`: values may pass through them on the way to a mask or a
/// shape, but a walk over activations ends there.
package enum Operation: Sendable, Equatable {
    // Element by element on two operands that are broadcast as in NumPy.
    case add, subtract, multiply, divide, power, squaredDifference, maximum, minimum
    // Element by element on one operand.
    case negate, reciprocal, squareRoot, reciprocalSquareRoot, square, exponential, logarithm, tanh, erf, sigmoid, relu
    case gelu(isTanh: Bool)

    /// The same values: aliases, dropout in inference, StopGradient, reading of a variable, conversion of float types.
    case identity
    /// Conversion to or from an integer or truth value; `toFloat` where the result is of a floating type.
    case cast(toFloat: Bool)
    /// Inputs: values, new shape (one -1; in ONNX 0 keeps a dimension).
    case reshape
    /// Output axis i is input axis `permutation[i]`; nil reverses the axes. TensorFlow gives the permutation as a
    /// second input instead: then nil, with two inputs.
    case transpose([Int]?)
    /// Drops or adds dimensions of extent 1: only the shape changes. With `axes` nil, ONNX's second input names them.
    case squeeze(axes: [Int]?)
    case unsqueeze(axes: [Int]?)
    /// Inputs: values, shape to broadcast to.
    case expand
    /// ONNX: inputs are values, starts, ends, axes (may be missing), steps (may be missing).
    case slice
    /// TensorFlow's StridedSlice: values, begin, end, strides, with its masks.
    case stridedSlice(beginMask: Int, endMask: Int, ellipsisMask: Int, newAxisMask: Int, shrinkMask: Int)
    /// TensorFlow's Slice: values, begin, size (-1: to the end).
    case sliceOfSize
    /// One input, several outputs that follow each other along the axis; sizes nil: equal parts, or those of a second
    /// input.
    case split(axis: Int, sizes: [Int]?)
    /// One input; output i is index i of the axis, which is dropped (TensorFlow's Unpack).
    case unstack(axis: Int)
    case concatenate(axis: Int)
    /// Joins values under a new axis (TensorFlow's Pack).
    case stack(axis: Int)
    case shape
    /// Inputs: values, indices; the indices' dimensions take the place of the axis.
    case gather(axis: Int)
    /// Indices to rows that are 1 at the index and 0 elsewhere. First input: indices.
    case oneHot
    /// Inputs: condition, values where true, values where false.
    case select

    /// Inputs: a [… m k], b [… k n], each transposed in its last two axes where said; the product is multiplied by
    /// `scale`. A bias, an activation and a beta of a fused operator are nodes of their own.
    case matmul(transposeA: Bool = false, transposeB: Bool = false, scale: Float = 1)
    case einsum(String)
    /// Attention scores of a fused operator. Inputs: queries and keys, both [… heads, positions, head size]; `scale`
    /// nil: one over the root of the head size.
    case attentionScores(scale: Float?)
    /// Axes nil: all of them, or those of a second input.
    case reduceMean(axes: [Int]?)
    case reduceSum(axes: [Int]?)
    case softmax(axis: Int)
    case logSoftmax(axis: Int)
    /// Over the last axis. Inputs: values, scale, bias (may be missing).
    case layerNorm(epsilon: Float)
    /// Inputs: integers, scale, zero point (may be missing): (q - zero point) * scale along the axis.
    case dequantize(axis: Int)
    /// Inputs: values, scale, zero point (may be missing).
    case quantize(axis: Int)
    /// ONNX's DynamicQuantizeLinear: outputs are quantized values, scale, zero point.
    case dynamicQuantize
    /// ONNX's MatMulInteger: inputs a, b, zero point of a, zero point of b (may be missing).
    case integerMatmul

    /// Anything else, under the name that its format gives it, such as `Range` or `com.example:Frobnicate`.
    case other(String)
}
