import AlbitModel
import AlbitText

/// Walks a TensorFlow graph backwards from its outputs, through the functions that it calls, and collects what is
/// needed to compute them. Saving, restoring, assertions and training are left behind that way.
struct TensorFlowWalk {
    static let maxDepth = 64
    static let maxScopes = 1 << 12
    static let maxCollected = 1 << 17
    /// Steps through calls and arguments, all together.
    static let maxHops = 1 << 20

    /// The main graph, or one call of a function.
    struct Scope {
        var body: TensorFlowGraph.Body
        /// What node names in it begin with.
        var prefix: String
        /// The node that calls it; nil for the main graph.
        var caller: (scope: Int, node: Int)?
        var depth: Int
    }

    /// A node that is needed, with its inputs as value names.
    struct Collected {
        var node: TensorFlowNode
        /// Full name, with the calls that lead to it.
        var name: String
        var inputs: [String]
        /// Outputs that anybody reads: at least the first.
        var outputs: Int
        var isInMain: Bool
    }

    private struct Place: Hashable {
        var scope: Int
        var node: Int
    }

    private var graph: TensorFlowGraph
    private var bodies: [String: TensorFlowGraph.Body] = [:]
    private(set) var scopes: [Scope]
    private var scopeOfCall: [Place: Int] = [:]
    private var indexOfPlace: [Place: Int] = [:]
    private(set) var collected: [Collected] = []
    private var places: [Place] = []
    private var hops = 0
    private var path: String { graph.path }

    init(_ graph: TensorFlowGraph) {
        self.graph = graph
        scopes = [Scope(body: graph.main, prefix: "", caller: nil, depth: 0)]
    }

    /// The name of a value: output 0 is called as its node.
    static func valueName(_ node: String, _ output: Int) -> String { output == 0 ? node : "\(node):\(output)" }

    /// Collects all that `outputs` need; returns the names of their values.
    mutating func collect(_ outputs: [String]) throws(Fault) -> [String] {
        var waiting: [Int] = []
        var names: [String] = []
        for output in outputs {
            names.append(try need(output, in: 0, reader: "the signature", waiting: &waiting))
        }
        while let index = waiting.popLast() {
            let place = places[index]
            let inputs = collected[index].node.inputs
            var resolved: [String] = []
            resolved.reserveCapacity(inputs.count)
            for input in inputs {
                resolved.append(try need(input, in: place.scope, reader: collected[index].name, waiting: &waiting))
            }
            collected[index].inputs = resolved
        }
        return names
    }

    private mutating func need(
        _ reference: String, in scope: Int, reader: String, waiting: inout [Int]
    ) throws(Fault) -> String {
        let (place, output) = try resolve(reference, in: scope, reader: reader)
        let index: Int
        if let known = indexOfPlace[place] {
            index = known
        } else {
            index = collected.count
            guard index < TensorFlowWalk.maxCollected else {
                throw .tooMany(
                    path: path, what: "nodes with those of called functions", limit: TensorFlowWalk.maxCollected)
            }
            let node = scopes[place.scope].body.nodes[place.node]
            collected.append(
                Collected(
                    node: node, name: scopes[place.scope].prefix + node.name, inputs: [], outputs: 1,
                    isInMain: place.scope == 0))
            places.append(place)
            indexOfPlace[place] = index
            waiting.append(index)
        }
        collected[index].outputs = max(collected[index].outputs, output + 1)
        return TensorFlowWalk.valueName(collected[index].name, output)
    }

    /// The node that computes a value, behind all calls and arguments.
    private mutating func resolve(
        _ reference: String, in start: Int, reader: String
    ) throws(Fault) -> (Place, output: Int) {
        var reference = reference
        var scope = start
        var reader = reader
        while true {
            hops += 1
            guard hops <= TensorFlowWalk.maxHops else {
                throw .tooMany(path: path, what: "steps through functions", limit: TensorFlowWalk.maxHops)
            }
            let parts = reference.split(separator: ":", omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            if parts.count == 1, let argument = scopes[scope].body.indexOfArgument[name],
                let caller = scopes[scope].caller
            {
                let node = scopes[caller.scope].body.nodes[caller.node]
                guard argument < node.inputs.count else {
                    throw Fault(
                        .tensorFlowMissingInput, in: path, at: "node '\(node.name)'",
                        "is a \(node.operation) with \(node.inputs.count) inputs, which are too few",
                        advice: "the file is damaged")
                }
                reference = node.inputs[argument]
                scope = caller.scope
                reader = node.name
                continue
            }
            guard let index = scopes[scope].body.index(name) else {
                throw .undefinedInput(path: path, node: reader, input: reference)
            }
            let node = scopes[scope].body.nodes[index]
            var output = 0
            if parts.count > 1, let last = parts.last {
                guard let number = Int(last), number >= 0, number < TensorFlowNode.maxInputs else {
                    throw .undefinedInput(path: path, node: reader, input: reference)
                }
                output = number
                if parts.count == 3 { output += TensorFlowWalk.firstOutput(of: node.operation, named: parts[1]) }
            }
            guard let callee = try callee(of: node) else { return (Place(scope: scope, node: index), output) }
            let inner = try enter(callee, Place(scope: scope, node: index))
            let results = scopes[inner].body.results
            if parts.count == 3, let named = results.firstIndex(where: { $0.name == String(parts[1]) }),
                node.function("f") == nil
            {
                output = named
            }
            guard output < results.count else { throw .undefinedInput(path: path, node: reader, input: reference) }
            reference = results[output].value
            scope = inner
            reader = node.name
        }
    }

    /// Where an output of several starts that have names of their own; functions refer to them by these.
    private static func firstOutput(of operation: String, named name: Substring) -> Int {
        switch (operation, name) {
        case ("Unique", "idx"), ("TopKV2", "indices"), ("Moments", "variance"): 1
        case (_, "batch_mean") where operation.hasPrefix("FusedBatchNorm"): 1
        case (_, "batch_variance") where operation.hasPrefix("FusedBatchNorm"): 2
        default: 0
        }
    }

    /// The function that a node calls; nil for an operator.
    private func callee(of node: TensorFlowNode) throws(Fault) -> String? {
        switch node.operation {
        case "PartitionedCall", "StatefulPartitionedCall":
            guard let function = node.function("f") else {
                throw Fault(
                    .tensorFlowBadAttribute, in: path, at: "node '\(node.name)'", "attribute 'f' names no function")
            }
            return function
        default: return graph.hasFunction(node.operation) ? node.operation : nil
        }
    }

    /// The scope of one call, made when it is first needed.
    private mutating func enter(_ function: String, _ call: Place) throws(Fault) -> Int {
        if let known = scopeOfCall[call] { return known }
        let outer = scopes[call.scope]
        let node = outer.body.nodes[call.node]
        guard outer.depth < TensorFlowWalk.maxDepth else {
            throw Fault(
                .tensorFlowCallsTooDeep, in: path, at: "node '\(outer.prefix + node.name)'",
                "is where functions call each other more than \(TensorFlowWalk.maxDepth) deep",
                advice: "the file is damaged or hostile")
        }
        guard scopes.count < TensorFlowWalk.maxScopes else {
            throw .tooMany(path: path, what: "calls of functions", limit: TensorFlowWalk.maxScopes)
        }
        let body: TensorFlowGraph.Body
        if let known = bodies[function] {
            body = known
        } else {
            guard let parsed = try graph.function(function) else {
                throw Fault(
                    .tensorFlowUnknownFunction, in: path, at: "node '\(node.name)'",
                    "calls the function '\(function)', which the file does not hold")
            }
            body = parsed
            bodies[function] = parsed
        }
        scopeOfCall[call] = scopes.count
        scopes.append(
            Scope(
                body: body, prefix: outer.prefix + node.name + "/", caller: (call.scope, call.node),
                depth: outer.depth + 1))
        return scopes.count - 1
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func tooMany(path: String, what: String, limit: Int) -> Fault {
        Fault(.tensorFlowTooMany, in: path, "has more than \(limit) \(what)", advice: "the file is damaged or hostile")
    }

    fileprivate static func undefinedInput(path: String, node: String, input: String) -> Fault {
        Fault(
            .tensorFlowUndefinedInput, in: path, at: "node '\(node)'", "reads '\(input)', which nothing defines",
            advice: "the graph is incomplete")
    }
}
