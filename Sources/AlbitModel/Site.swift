/// The places of one transformer layer where values become integers, in the order of `albit.precision`.
package enum Site: Int, CaseIterable, Sendable {
    /// Input of the query, key and value matmul.
    case attentionQKV = 0
    /// Queries, keys and values themselves.
    case attention = 1
    /// Input of the attention output matmul.
    case attentionOutput = 2
    /// Input of the first feed-forward matmul.
    case ffnUp = 3
    /// Input of the second feed-forward matmul: what the activation gave.
    case ffnDown = 4

    package static let count = 5

    /// Whether the site is the input of a matmul, whose weights may have a second plane.
    package var hasWeights: Bool { self != .attention }

    /// The most that the site takes.
    package var maxPrecision: SitePrecision { hasWeights ? .twoByTwo : .twoPlanes }

    /// The name of the site, and of its matmul in the file after `blk.N.`.
    package var name: String {
        switch self {
        case .attentionQKV: "attn_qkv"
        case .attention: "attention"
        case .attentionOutput: "attn_output"
        case .ffnUp: "ffn_up"
        case .ffnDown: "ffn_down"
        }
    }
}
