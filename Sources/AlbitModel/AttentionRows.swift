/// The output channels of the matmul that makes queries, keys and values: head by head, and of each head query, key
/// and value in this order, each padded with zeros to whole panels.
package struct AttentionRows: Sendable {
    /// What a row belongs to.
    package enum Part: Int, CaseIterable, Sendable {
        case query = 0
        case key = 1
        case value = 2

        /// Whose weights they are.
        package var module: LayerModule {
            switch self {
            case .query: .query
            case .key: .key
            case .value: .value
            }
        }
    }

    package let heads: Int
    /// True channels of a head.
    package let headSize: Int

    package init(heads: Int, headSize: Int) {
        self.heads = heads
        self.headSize = headSize
    }

    package init(_ configuration: Configuration) {
        self.init(heads: configuration.numAttentionHeads, headSize: configuration.headSize)
    }

    /// Channels of one part of a head with what pads them.
    package var partWidth: Int { Panels.padded(headSize) }
    /// Channels of a head: its three parts.
    package var headWidth: Int { Part.allCases.count * partWidth }
    /// All channels.
    package var count: Int { heads * headWidth }

    /// The first row of one part of a head.
    package func first(head: Int, _ part: Part = .query) -> Int { head * headWidth + part.rawValue * partWidth }

    /// Whose channel a row is: the part, and the row of that part's own matrix [heads · headSize]; nil where it pads.
    package func origin(of row: Int) -> (part: Part, row: Int)? {
        let within = row % partWidth
        guard within < headSize, let part = Part(rawValue: row % headWidth / partWidth) else { return nil }
        return (part, row / headWidth * headSize + within)
    }
}
