import AlbitModel

/// Why a graph is no graph, or did not become an ALBERT.
package enum GraphError: AlbitError {
    case definedTwice(path: String, value: String)
    case undefinedValue(path: String, value: String, node: String)
    case cycle(path: String, node: String)
    case tooManyNodes(path: String, limit: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .definedTwice(let path, let value): "\(path): value '\(value)' is defined twice; the graph is damaged"
        case .undefinedValue(let path, let value, let node):
            "\(path): node '\(node)' reads '\(value)', which nothing defines; the graph is incomplete"
        case .cycle(let path, let node): "\(path): node '\(node)' needs its own result; the graph has a cycle"
        case .tooManyNodes(let path, let limit): "\(path): has more than \(limit) nodes; the file is damaged or hostile"
        }
    }
}
