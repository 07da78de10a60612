import AlbitModel
import AlbitText

/// Finds the stored value of each variable of a SavedModel's graph.
///
/// What restores a model says it exactly: RestoreV2 reads names from a constant, and an assignment puts each result
/// into a variable. Where there is none, the variable's own name is the key, as it is in the first version.
struct SavedModelVariables {
    /// Variables of all calls of functions that restore.
    private static let maxSteps = 1 << 18

    private let tensors: [String: any LazyTensor]
    /// Keys of variables by their full names, where these are unique.
    private let keyOfName: [String: String]
    private var keyOfNode: [String: String] = [:]
    private let scanner: WireScanner

    init(_ checkpoint: Checkpoint, graph: TensorFlowGraph, scanner: WireScanner) throws(Fault) {
        self.scanner = scanner
        tensors = Dictionary(checkpoint.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
        var names: [String: String] = [:]
        var twice = Set<String>()
        for (key, name) in checkpoint.alternativeNames where names.updateValue(key, forKey: name) != nil {
            twice.insert(name)
        }
        keyOfName = names.filter { !twice.contains($0.key) }

        for (variable, key) in try restored(graph.main) { keyOfNode[variable] = key }
        var functions = graph
        var parsed: [String: [(place: Int, key: String)]] = [:]
        var steps = 0
        for node in graph.main.nodes {
            guard let name = node.function("f") else { continue }
            if parsed[name] == nil {
                guard let body = try functions.function(name) else { continue }
                let found = try restored(body)
                // From arguments to their places.
                parsed[name] = found.compactMap { argument, key in body.indexOfArgument[argument].map { ($0, key) } }
            }
            for (place, key) in parsed[name] ?? []
            where place < node.inputs.count && steps < SavedModelVariables.maxSteps {
                steps += 1
                let variable = String(node.inputs[place].split(separator: ":").first ?? "")
                if keyOfNode[variable] == nil { keyOfNode[variable] = key }
            }
        }
    }

    /// Checkpoint keys by what is assigned: nodes of the graph, or arguments of a function.
    private func restored(_ body: TensorFlowGraph.Body) throws(Fault) -> [String: String] {
        guard body.nodes.contains(where: { $0.operation == "RestoreV2" }) else { return [:] }
        func parts(_ reference: String) -> (name: String, output: Int) {
            let parts = reference.split(separator: ":", omittingEmptySubsequences: false)
            return (String(parts.first ?? ""), parts.count > 1 ? Int(parts[parts.count - 1]) ?? 0 : 0)
        }
        func behindIdentities(_ reference: String) -> (name: String, output: Int) {
            var (name, output) = parts(reference)
            for _ in 0..<16 {
                guard let index = body.index(name), ["Identity", "Cast"].contains(body.nodes[index].operation),
                    let input = body.nodes[index].inputs.first
                else { break }
                (name, output) = parts(input)
            }
            return (name, output)
        }
        var names: [String: [String]] = [:]
        for node in body.nodes where node.operation == "RestoreV2" && node.inputs.count >= 2 {
            guard let index = body.index(behindIdentities(node.inputs[1]).name),
                case .tensor(let range)? = body.nodes[index].attributes["value"]
            else { continue }
            names[node.name] = try TensorFlowTensor.strings(range, scanner)
        }
        var result: [String: String] = [:]
        for node in body.nodes where node.operation == "AssignVariableOp" || node.operation == "Assign" {
            guard node.inputs.count >= 2 else { continue }
            let (restore, output) = behindIdentities(node.inputs[1])
            guard let keys = names[restore], output < keys.count else { continue }
            result[parts(node.inputs[0]).name] = keys[output]
        }
        return result
    }

    /// The value of a variable; nil where the checkpoint has none.
    func value(of item: TensorFlowWalk.Collected) -> (any LazyTensor)? {
        let shared = item.node.text("shared_name") ?? ""
        var keys: [String] = []
        if item.isInMain, let key = keyOfNode[item.node.name] { keys.append(key) }
        for name in [shared, item.node.name] where !name.isEmpty {
            keys.append(name)
            if let key = keyOfName[name] { keys.append(key) }
        }
        return keys.lazy.compactMap { tensors[$0] }.first
    }
}
