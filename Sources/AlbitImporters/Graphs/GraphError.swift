import AlbitModel

/// Why a graph is no graph, or did not become an ALBERT.
package enum GraphError: AlbitError {
    case definedTwice(path: String, value: String)
    case undefinedValue(path: String, value: String, node: String)
    case cycle(path: String, node: String)
    case tooManyNodes(path: String, limit: Int)
    /// There is no encoder to begin with.
    case noEmbeddings(path: String, nodes: Int, node: String)
    /// An encoder begins, and goes on otherwise than an ALBERT or BERT.
    case noMatch(path: String, progress: String, node: String, expected: String, found: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .definedTwice(let path, let value): "\(path): value '\(value)' is defined twice; the graph is damaged"
        case .undefinedValue(let path, let value, let node):
            "\(path): node '\(node)' reads '\(value)', which nothing defines; the graph is incomplete"
        case .cycle(let path, let node): "\(path): node '\(node)' needs its own result; the graph has a cycle"
        case .noEmbeddings(let path, let nodes, let node):
            "\(path): none of its \(nodes) nodes is the LayerNorm of a sum of word, position and type embeddings, with which an ALBERT "
                + "or BERT begins; the first look-up of a table is at node '\(node)'"
        case .noMatch(let path, let progress, let node, let expected, let found):
            "\(path): is no ALBERT or BERT: matched \(progress), then at node '\(node)' expected \(expected), found \(found)"
        case .tooManyNodes(let path, let limit): "\(path): has more than \(limit) nodes; the file is damaged or hostile"
        }
    }
}
