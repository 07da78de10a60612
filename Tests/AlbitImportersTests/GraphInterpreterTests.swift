import AlbitImporters
import AlbitText
import Foundation
import TestData
import Testing

/// The interpreter as an oracle of its own: alone, without anything that was recovered, it computes what the library
/// that wrote a graph computed.
@Suite struct GraphInterpreterTests {
    /// Float32 throughout, in other orders of summation: the bound of the project. Half-precision graphs are compared
    /// with runs in half precision, 2^-11 at each of some 60 steps. The 8-bit graphs are executed with the rounding of
    /// activations that ONNX Runtime does, and sums of integers are exact.
    static func bound(_ precision: RecoveredGraph.Precision) -> Double {
        switch precision {
        case .float: 2e-5
        case .half: 5e-3
        case .eightBit: 2e-5
        }
    }

    /// Names of the goldens for an output; the ends of answers are two outputs, starts first.
    private static func names(_ output: RecoveredGraph.Output, _ golden: Golden) -> [String] {
        let all: [String] =
            switch output {
            case .lastHiddenState: ["last_hidden_state"]
            case .pooled: ["pooler_output"]
            case .words: ["mlm_logits", "mlm_logits_first64"]
            case .order: ["sop_logits"]
            case .answerEnds: ["start_logits", "end_logits"]
            case .sequenceClassifier: ["seqcls_logits", "mc_logits"]
            case .tokenClassifier: ["tokcls_logits"]
            }
        return all.filter(golden.names.contains)
    }

    /// Distances of the graph's own outputs from a golden, at tokens that count.
    static func distances(_ graph: RecoveredGraph, _ golden: Golden) throws -> [(String, Double)] {
        let shape = try #require(try golden.shape("input_ids"))
        let ids = try #require(try golden.integers("input_ids"))
        let types = try #require(try golden.integers("token_type_ids"))
        let mask = try #require(try golden.integers("attention_mask"))
        var inputs: [DataflowGraph.ValueID: NumberArray] = [:]
        for (value, kind) in graph.inputs {
            let numbers: [Int] =
                switch kind {
                case .ids: ids
                case .tokenTypes: types
                case .mask: mask
                case .positions, .other: (0..<ids.count).map { $0 % shape[1] }
                }
            inputs[value] =
                graph.graph.values[value].declaration.kind == .float
                ? NumberArray(shape: shape, floats: numbers.map { Float($0) })
                : NumberArray(shape: shape, integers: numbers)
        }
        let claims = graph.claims.filter { $0.found != nil }
        let values = try GraphInterpreter(graph.graph, path: graph.path, rounds: true, tokens: ids.count).run(
            inputs, wanted: claims.compactMap(\.found))
        var ends = 0
        var result: [(String, Double)] = []
        for (claim, value) in zip(claims, values) {
            var names = names(claim.output, golden)
            // A golden holds the heads of all files of a variant.
            if claim.output == .sequenceClassifier { names = Array(names.prefix(1)) }
            if claim.output == .answerEnds {
                names = [names[min(ends, 1)]]
                ends += 1
            }
            for name in names {
                guard let expected = try golden.values(name), let wanted = try golden.shape(name) else { continue }
                var found = value.floats
                // Some goldens hold the first 64 scores of each token.
                if name.hasSuffix("first64"), let width = value.shape.last {
                    found = stride(from: 0, to: found.count, by: width).flatMap { found[$0..<($0 + 64)] }
                }
                guard wanted.count >= 2, wanted[0] == shape[0], wanted[1] == shape[1] else {
                    result.append((name, RelativeL2.between(found, expected)))
                    continue
                }
                let width = wanted.dropFirst(2).reduce(1, *)
                guard found.count == expected.count else {
                    result.append((name, .infinity))
                    continue
                }
                let kept = mask.indices.filter { mask[$0] != 0 }
                result.append(
                    (
                        name,
                        RelativeL2.between(
                            kept.flatMap { found[($0 * width)..<(($0 + 1) * width)] },
                            kept.flatMap { expected[($0 * width)..<(($0 + 1) * width)] })
                    ))
            }
        }
        return result
    }

    @Test func theZooAgrees() throws {
        var outputs = 0
        var worst: [RecoveredGraph.Precision: Double] = [:]
        for row in Zoo.graphs {
            do {
                let graph = try #require(try Importer.open(path: row.fullPath).graph, "\(row)")
                let found = try GraphInterpreterTests.distances(
                    graph, Golden(path: Zoo.directory + "/" + (row.golden ?? "")))
                #expect(!found.isEmpty, "\(row)")
                for (name, distance) in found {
                    #expect(
                        distance <= GraphInterpreterTests.bound(graph.precision), "\(row): \(name) is \(distance) away")
                    worst[graph.precision] = max(worst[graph.precision] ?? 0, distance)
                    outputs += 1
                }
            } catch { Issue.record("\(row): \(error)") }
        }
        print("interpreter: \(outputs) outputs of \(Zoo.graphs.count) graphs, worst \(worst)")
        #expect(Zoo.graphs.count >= 59)
    }

    /// Graphs by TensorFlow itself. Where its runtime rounds activations to 8 bits, the interpreter does not.
    @Test(arguments: [
        ("v1.tar.gz", "golden"), ("frozen.pb.gz", "golden"), ("v2.tar.gz", "golden-v2"),
        ("float16.tflite.gz", "golden-float16"),
        ("int8.tflite.gz", "golden-int8"),
    ])
    func tensorFlowAgrees(file: String, golden: String) throws {
        let graph = try #require(try Importer.open(path: TensorFlowGraphTests.data + file).graph)
        let found = try GraphInterpreterTests.distances(
            graph, Golden(path: TensorFlowGraphTests.data + golden + ".npz"))
        #expect(!found.isEmpty)
        for (name, distance) in found {
            print("interpreter, \(file): \(name) \(distance)")
            #expect(
                distance <= (file.hasPrefix("int8") ? 0.15 : GraphInterpreterTests.bound(.float)),
                "\(file): \(name) is \(distance) away")
        }
    }
}

/// What hostile graphs ask of the interpreter.
@Suite struct HostileGraphTests {
    private func run(_ build: (inout GraphBuilder) throws -> Void) throws -> [NumberArray] {
        var builder = GraphBuilder(path: "hostile", format: "test")
        try builder.input("x")
        try build(&builder)
        builder.output("y")
        let graph = try builder.finish()
        let x = try #require(NumberArray(shape: [2, 3], floats: [1, 2, 3, 4, 5, 6]))
        return try GraphInterpreter(graph, path: "hostile", rounds: true, tokens: 16).run(
            [graph.inputs[0]: x], wanted: graph.outputs)
    }

    private func code(_ build: (inout GraphBuilder) throws -> Void) throws -> FaultCode? {
        do { _ = try run(build) } catch let fault as Fault { return fault.code }
        return nil
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let operations: [AlbitImporters.Operation] = [
            .matmul(), .concatenate(axis: 7), .softmax(axis: -9), .reduceMean(axes: [5], keepsAxes: true),
            .transpose([0, 0]),
            .split(axis: 1, sizes: [9]), .einsum("ij,jk->"), .einsum("ii->i"), .gather(axis: 3), .other("Frobnicate"),
            .layerNorm(epsilon: 0, axis: 4), .flatten(axis: 9), .unstack(axis: 0), .squeeze(axes: [0]),
            .argMax(axis: 2, keepsAxis: true),
        ]
        for operation in operations {
            #expect(
                try code { try $0.node(operation, name: "n", inputs: ["x", "x"], outputs: ["y"]) } == .graphNotExecuted,
                "\(operation)")
        }
    }

    /// Doubled again and again: refused before memory or time is spent.
    @Test func whatGrowsIsRefused() throws {
        let start = ContinuousClock.now
        #expect(
            try code { builder in
                var last = "x"
                for step in 0..<40 {
                    let name = step == 39 ? "y" : "v\(step)"
                    try builder.node(.concatenate(axis: 0), name: name, inputs: [last, last], outputs: [name])
                    last = name
                }
            } == .graphNotExecuted)
        #expect(
            try code { builder in
                try builder.node(.shape, name: "s", inputs: ["x"], outputs: ["s"])
                try builder.node(.multiply, name: "t", inputs: ["s", "s"], outputs: ["t"])
                var last = "t"
                for step in 0..<6 {
                    try builder.node(.multiply, name: "u\(step)", inputs: [last, last], outputs: ["u\(step)"])
                    last = "u\(step)"
                }
                try builder.node(.fill, name: "y", inputs: [last], outputs: ["y"])
            } == .graphNotExecuted)
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
