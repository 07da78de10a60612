/// What a dense module or a cross-encoder's score may pass through: classes of torch.nn, made without arguments as
/// sentence-transformers makes them, named by the last word of their path in lower case.
package enum DenseActivation: String, Sendable, Equatable, CaseIterable {
    case identity, tanh, relu, gelu, sigmoid
    /// x * sigmoid(x).
    case silu
    /// Between 0 and 6.
    case relu6
    /// x / 100 below zero.
    case leakyReLU = "leakyrelu"
    /// Between -1 and 1.
    case hardtanh
    /// x / (1 + |x|).
    case softsign
    /// x - tanh(x).
    case tanhshrink

    /// Whether more never gives less.
    package var isRising: Bool { self != .gelu && self != .silu }
}

/// How like two vectors are, by the names of sentence-transformers' `similarity_fn_name`. More is more alike.
package enum SimilarityFunction: String, Sendable, Equatable, CaseIterable {
    case cosine, dot
    /// The distances with their sign turned round.
    case euclidean, manhattan
}
