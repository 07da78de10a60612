/// What the weights of a model file are, by the names of `albit.weights`.
package enum StoredWeights: String, Sendable, Equatable, CaseIterable {
    /// Panels of bytes that run as they are.
    case int8
    /// Floats, in single precision or with matrices in half: a source that is imported.
    case f32, f16
}
