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
    case absolute, sign, floor, ceiling, round, sine, cosine, isNaN
    case gelu(isTanh: Bool)
    /// Of two operands; truth values are the integers 0 and 1.
    case compare(Relation)
    case and, or, exclusiveOr
    case not
    /// Division of integers towards minus infinity, and what it leaves; `remainder` has the sign of the dividend.
    case floorDivide, modulo, remainder

    /// The same values: aliases, dropout in inference, StopGradient, reading of a variable, conversion of float types.
    case identity
    case cast(to: NumberKind)
    /// Inputs: values, new shape (one -1; in ONNX 0 keeps a dimension).
    case reshape
    /// To a matrix: the axes before `axis` become rows, the others columns.
    case flatten(axis: Int)
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
    /// Number of elements, number of axes.
    case size, rank
    /// Inputs: first, end, step; the end is left out.
    case range
    /// ONNX and TensorFlow give the axis as a second input.
    case cumulativeSum(isExclusive: Bool, isReversed: Bool)
    /// Inputs: shape, value (missing: 0).
    case fill
    /// Inputs: values, how often along each axis.
    case tile
    /// Inputs: values, number of the diagonal (may be missing: 0); what lies on the other side of it becomes 0.
    case triangle(isUpper: Bool)
    /// Inputs: values, indices; the indices' dimensions take the place of the axis.
    case gather(axis: Int)
    /// The same for each index of the first axes, which both inputs have.
    case batchGather(axis: Int, batchAxes: Int)
    /// One index for each element of the result (ONNX's GatherElements).
    case gatherElements(axis: Int)
    /// The last axis of the indices holds the leading coordinates of what is taken.
    case gatherND(batchAxes: Int)
    /// Inputs: values, indices as in `gatherND`, what is put there.
    case scatterND
    /// Rows that are on at the index and off elsewhere, along a new axis. ONNX: indices, depth, off and on in one
    /// value; TensorFlow: indices, depth, on, off.
    case oneHot(axis: Int)
    /// Inputs: condition, values where true, values where false.
    case select

    /// Inputs: a [… m k], b [… k n], each transposed in its last two axes where said; the product is multiplied by
    /// `scale`. A bias, an activation and a beta of a fused operator are nodes of their own.
    case matmul(transposeA: Bool = false, transposeB: Bool = false, scale: Float = 1)
    case einsum(String)
    /// Attention scores of a fused operator. Inputs: queries and keys, both [… heads, positions, head size]; `scale`
    /// nil: one over the root of the head size.
    case attentionScores(scale: Float?)
    /// A fused operator's mask on scores [batch, heads, queries, keys], the second input.
    case maskScores(ScoreMask)
    /// Axes nil: all of them, or those of a second input. Reduced axes stay with extent 1 or are dropped.
    case reduceMean(axes: [Int]?, keepsAxes: Bool)
    case reduceSum(axes: [Int]?, keepsAxes: Bool)
    case reduce(Reduction, axes: [Int]?, keepsAxes: Bool)
    /// Axis nil: a second input names it.
    case argMax(axis: Int?, keepsAxis: Bool)
    case softmax(axis: Int)
    case logSoftmax(axis: Int)
    /// Old ONNX: over all axes from this one on together.
    case flatSoftmax(axis: Int)
    /// Over the axes from `axis` on. Inputs: values, scale, bias (may be missing).
    case layerNorm(epsilon: Float, axis: Int = -1)
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

/// What kind of numbers a value holds.
package enum NumberKind: Sendable, Equatable {
    case float, integer
    /// 0 and 1.
    case truth
}

package enum Relation: Sendable, Equatable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// What is made of the elements along some axes, besides mean and sum.
package enum Reduction: Sendable, Equatable {
    case maximum, minimum, product
    /// Of truth values: whether one is true, whether all are.
    case any, all
    /// The root of the sum of squares.
    case norm
}

/// How a fused attention operator reads its mask.
package enum ScoreMask: Sendable, Equatable {
    /// ONNX: truth values keep where they are true, numbers are added.
    case standard
    /// ONNX Runtime: integers. One axis: lengths of the sequences, or their ends followed by their starts; two or three
    /// axes: 0 where `filter` is added to the score.
    case contributed(filter: Float)
}
