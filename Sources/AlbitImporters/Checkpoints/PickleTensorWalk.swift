import AlbitText

extension PickleMachine {
    /// All tensors reachable from a value, named by their path: keys and indices joined with dots.
    package func tensors(in root: PickleValue) throws(Fault) -> [(name: String, tensor: PickleTensor)] {
        var found: [(name: String, tensor: PickleTensor)] = []
        var visits = 0
        try collect(root, name: "", depth: 0, visits: &visits, into: &found)
        return found
    }

    private func collect(
        _ value: PickleValue, name: String, depth: Int, visits: inout Int,
        into found: inout [(name: String, tensor: PickleTensor)]
    ) throws(Fault) {
        visits += 1
        guard depth <= PickleMachine.maxDepth, visits <= PickleMachine.maxVisits, name.utf8.count < 4096 else {
            throw PickleFault.tooManyValues(path: path, limit: PickleMachine.maxVisits)
        }
        func child(_ part: String) -> String { name.isEmpty ? part : name + "." + part }
        switch node(value) {
        case .tensor(let tensor)?: found.append((name, tensor))
        case .dictionary(let members)?:
            for (key, member) in members {
                guard let part = key.string ?? key.integer.map(String.init), case .node = member else { continue }
                try collect(member, name: child(part), depth: depth + 1, visits: &visits, into: &found)
            }
        case .tuple(let members)?, .list(let members)?:
            for (index, member) in members.enumerated() {
                guard case .node = member else { continue }
                try collect(member, name: child(String(index)), depth: depth + 1, visits: &visits, into: &found)
            }
        case .object(_, let state)?: try collect(state, name: name, depth: depth + 1, visits: &visits, into: &found)
        case .global?, .storage?, nil: break
        }
    }
}
