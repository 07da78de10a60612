import AlbitImporters
import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

/// One file for each way that a TensorFlow graph or a TFLite file can be wrong.
@Suite struct TensorFlowGraphErrorTests: WireWriting {
    private typealias T = TensorFlowGraphErrorTests

    /// A NodeDef without its tag.
    private static func body(
        _ name: String, _ operation: String, _ inputs: [String] = [], _ attributes: [(String, [UInt8])] = []
    ) -> [UInt8] {
        field(1, name) + field(2, operation) + inputs.flatMap { field(3, $0) }
            + attributes.flatMap { field(5, field(1, $0.0) + field(2, $0.1)) }
    }
    private static func node(
        _ name: String, _ operation: String, _ inputs: [String] = [], _ attributes: [(String, [UInt8])] = []
    ) -> [UInt8] {
        field(1, body(name, operation, inputs, attributes))
    }
    private static func constant(_ name: String, shape: [Int], type: Int = 1, _ content: [UInt8]) -> [UInt8] {
        let dimensions = shape.flatMap { field(2, field(1, integer: $0)) }
        return node(name, "Const", [], [("value", field(8, field(1, integer: type) + field(2, dimensions) + content))])
    }
    private static func call(_ name: String, _ function: String, _ inputs: [String] = []) -> [UInt8] {
        body(name, "PartitionedCall", inputs, [("f", field(10, field(1, function)))])
    }
    /// A function of one argument `x` and one result `y`.
    private static func function(_ name: String, _ nodes: [[UInt8]], returns: String) -> [UInt8] {
        field(
            1,
            field(1, field(1, name) + field(2, field(1, "x")) + field(3, field(1, "y")))
                + nodes.flatMap { field(3, $0) } + field(4, field(1, "y") + field(2, returns)))
    }

    private static func error(_ bytes: [UInt8], name: String = "model.pb") throws -> Fault? {
        let path = try TestData.temporaryDirectory() + "/" + name
        try Data(bytes).write(to: URL(filePath: path))
        return fault { try Importer.open(path: path) }
    }

    private static func graph(_ parts: [UInt8]...) throws -> Fault? { try error(parts.flatMap { $0 }) }

    private func expectFailure(_ line: Int = #line) { Issue.record("another error, line \(line)") }

    @Test func nodes() throws {
        let begin = T.node("x", "Placeholder")
        guard try T.graph(begin, [0x0A, 0x7F, 1]).isA(.protobufTruncated, "after node 'x'") else {
            return expectFailure()
        }
        guard try T.graph(begin, T.field(1, T.field(1, "y"))).isA(.tensorFlowUnnamedNode) else {
            return expectFailure()
        }
        guard try T.graph(begin, begin).isA(.tensorFlowDefinedTwice, "node", "'x'") else { return expectFailure() }
        guard try T.graph(begin, T.node("y", "Tanh", ["z:1"])).isA(.tensorFlowUndefinedInput, "'y'", "'z:1'") else {
            return expectFailure()
        }
        guard try T.graph(begin, T.node("y", "Tanh", ["x:no"])).isA(.tensorFlowUndefinedInput, "'y'", "'x:no'") else {
            return expectFailure()
        }
        guard try T.graph(begin, T.node("y", "AddV2", ["x"])).isA(.tensorFlowMissingInput, "'y'", "AddV2", "1") else {
            return expectFailure()
        }
        guard
            try T.graph(
                begin, T.node("y", "Split", ["x", "x"], [("num_split", T.field(3, integer: 1 << 40))])
            ).isA(.tensorFlowBadAttribute, "'y'", "'num_split'")
        else { return expectFailure() }
        guard
            try T.graph(begin, T.node("y", "Const"), T.node("z", "Tanh", ["y"])).isA(
                .tensorFlowBadAttribute, "'y'", "'value'")
        else {
            return expectFailure()
        }
        guard
            try T.graph(begin, T.node("v", "VarHandleOp"), T.node("y", "ReadVariableOp", ["v"])).isA(
                .tensorFlowUnknownVariable, "'v'")
        else {
            return expectFailure()
        }
        guard try T.graph(begin, T.node("a", "Tanh", ["b"]), T.node("b", "Tanh", ["a"])).isA(.tensorFlowNothingComputed)
        else { return expectFailure() }
        let many = (0..<70000).flatMap { _ in T.field(3, "x") }
        guard try T.graph(begin, T.field(1, T.field(1, "y") + T.field(2, "AddN") + many)).isA(.tensorFlowTooMany) else {
            return expectFailure()
        }
        let loop = try T.error(
            begin + T.node("a", "AddV2", ["b", "x"]) + T.node("b", "Tanh", ["a"]) + T.node("c", "Tanh", ["a"]))
        guard loop.isA(.graphCycle) else { return expectFailure() }
        // A long chain of nodes: nothing recurses over it.
        let chain = begin + (0..<40_000).flatMap { T.node("n\($0)", "Tanh", [$0 == 0 ? "x" : "n\($0 - 1)"]) }
        guard try T.error(chain).isA(.graphNoEmbeddings) else { return expectFailure() }
    }

    @Test func tensors() throws {
        func tensor(_ bytes: [UInt8]) throws -> Fault? { try T.graph(bytes, T.node("y", "Tanh", ["w"])) }
        guard try tensor(T.constant("w", shape: [2], T.field(4, [0, 0, 0, 0]))).isA(.tensorFlowBadTensor, "'w'") else {
            return expectFailure()
        }
        guard try tensor(T.constant("w", shape: [-1], T.field(4, [0, 0, 0, 0]))).isA(.tensorFlowBadTensor, "'w'") else {
            return expectFailure()
        }
        guard try tensor(T.constant("w", shape: [1 << 40, 1 << 40], [])).isA(.tensorFlowBadTensor, "'w'") else {
            return expectFailure()
        }
        guard try tensor(T.constant("w", shape: [Int](repeating: 1, count: 17), [])).isA(.tensorFlowBadTensor, "'w'")
        else { return expectFailure() }
        guard
            try tensor(T.constant("w", shape: [1], T.field(5, [UInt8](repeating: 0, count: 8)))).isA(
                .tensorFlowBadTensor, "'w'")
        else {
            return expectFailure()
        }
        guard try tensor(T.constant("w", shape: [9], T.field(5, [0, 0, 0]))).isA(.tensorFlowBadTensor, "'w'") else {
            return expectFailure()
        }
        // Shortened by TensorFlow: one value for all, and none.
        guard
            try T.error(
                T.constant("w", shape: [1 << 40], T.field(5, [0, 0, 0, 0])) + T.node("y", "Tanh", ["w"])
            ).isA(.graphNoEmbeddings)
        else { return expectFailure() }
    }

    @Test func functions() throws {
        let begin = T.node("x", "Placeholder")
        guard try T.graph(begin, T.field(1, T.call("y", "f", ["x"]))).isA(.tensorFlowUnknownFunction, "'y'", "'f'")
        else { return expectFailure() }
        let recursive = T.function("f", [T.call("again", "f", ["x"])], returns: "again:output:0")
        guard
            try T.graph(begin, T.field(1, T.call("y", "f", ["x"])), T.field(2, recursive)).isA(.tensorFlowCallsTooDeep)
        else { return expectFailure() }
        // Each function calls the next one twice.
        var library: [UInt8] = []
        for i in 0..<40 {
            let inner = [
                T.call("a", "f\(i + 1)", ["x"]), T.call("b", "f\(i + 1)", ["x"]),
                T.body("sum", "AddV2", ["a:output:0", "b:output:0"]),
            ]
            library += T.function("f\(i)", inner, returns: "sum:z:0")
        }
        library += T.function("f40", [T.body("t", "Tanh", ["x"])], returns: "t:y:0")
        guard try T.graph(begin, T.field(1, T.call("y", "f0", ["x"])), T.field(2, library)).isA(.tensorFlowTooMany)
        else { return expectFailure() }
        guard try T.graph(begin, T.field(2, recursive + recursive)).isA(.tensorFlowDefinedTwice, "function", "'f'")
        else { return expectFailure() }
        guard try T.graph(begin, T.node("y", "PartitionedCall", ["x"])).isA(.tensorFlowBadAttribute, "'y'", "'f'")
        else { return expectFailure() }
    }

    @Test func savedModels() throws {
        func saved(_ meta: [UInt8]) throws -> Fault? {
            try T.error(T.field(1, integer: 1) + T.field(2, meta), name: "saved_model.pb")
        }
        guard try saved(T.field(1, T.field(4, "serve"))).isA(.tensorFlowNoGraph) else { return expectFailure() }
        guard try saved(T.field(2, T.node("x", "Placeholder"))).isA(.tensorFlowNothingComputed) else {
            return expectFailure()
        }
    }

    /// The zoo's TFLite file, changed in one place each.
    @Test func tflite() throws {
        let good = try TestData.bytes(atPath: Zoo.directory + "/tflite/hf_seqcls_f32.tflite")
        func lite(_ change: (inout [UInt8]) -> Void) throws -> Fault? {
            var bytes = good
            change(&bytes)
            return try T.error(bytes, name: "model.tflite")
        }
        #expect(try lite { _ in } == nil)
        func integer(_ offset: Int, in bytes: [UInt8]) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        func short(_ offset: Int, in bytes: [UInt8]) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }
        /// Where a field of a table lies.
        func place(_ table: Int, _ field: Int) -> Int {
            let vtable = table - Int(Int32(truncatingIfNeeded: integer(table, in: good)))
            return table + short(vtable + 4 + 2 * field, in: good)
        }
        func target(_ offset: Int) -> Int { offset + integer(offset, in: good) }
        func element(_ vector: Int, _ index: Int) -> Int { target(target(vector) + 4 + 4 * index) }
        func put(_ value: Int, _ offset: Int) -> (inout [UInt8]) -> Void {
            { bytes in for i in 0..<4 { bytes[offset + i] = UInt8(truncatingIfNeeded: value >> (8 * i)) } }
        }
        let root = target(0)
        let graph = element(place(root, 2), 0)
        guard try lite(put(4, place(root, 0))).isA(.tfliteUnsupportedVersion, "4") else { return expectFailure() }
        guard try lite({ $0[7] = UInt8(ascii: "2") }).isA(.tfliteOtherIdentifier, "TFL2") else {
            return expectFailure()
        }
        guard try lite(put(0, target(place(root, 2)))).isA(.tfliteNoGraph) else { return expectFailure() }
        guard try lite(put(0x7FFF_FFF0, 0)).isA(.flatBufferOutside) else { return expectFailure() }
        guard
            try lite({ bytes in
                let vtable = root - integer(root, in: good)
                bytes[vtable] = 3
            }).isA(.flatBufferDamaged)
        else { return expectFailure() }
        guard try lite(put(1 << 30, target(place(graph, 0)))).isA(.flatBufferTooMany) else { return expectFailure() }
        // The first operator: its code, then its first input.
        let first = element(place(graph, 3), 0)
        guard try lite(put(9999, target(place(first, 1)) + 4)).isA(.tfliteBadReference) else { return expectFailure() }
        guard try lite(put(0, target(place(first, 1)))).isA(.tfliteMissingInput) else { return expectFailure() }
        // A weight: the tensor of rank 2 that is stored first.
        let count = integer(target(place(graph, 0)), in: good)
        let weight = try #require(
            (0..<count).map { element(place(graph, 0), $0) }.first { table in
                integer(target(place(table, 0)), in: good) == 2
                    && integer(target(place(table, 0)) + 4, in: good) == 1000
            })
        let extent = target(place(weight, 0)) + 4
        guard try lite(put(1001, extent)).isA(.tfliteWrongSize, "64000") else { return expectFailure() }
        guard try lite(put(-1, extent)).isA(.tfliteBadShape) else { return expectFailure() }
        guard try lite(put(1 << 20, place(weight, 2))).isA(.tfliteBadReference) else { return expectFailure() }
    }

    /// Hostile rows of the zoo: refused at once, for what they are.
    @Test func badFilesAreRefused() {
        let rows = Zoo.rows.filter {
            $0.expected.hasPrefix("must-refuse")
                && ($0.path.hasPrefix("bad/tflite/") || $0.format.contains("GraphDef") || $0.path.hasSuffix(".pb"))
        }
        for row in rows {
            let (error, seconds) = ZooImport.refusal(of: row)
            #expect(seconds < 2, "\(row)")
            #expect(error?.code.exitCode == .input, "\(row): \(String(describing: error))")
            print(row.path, "-", error?.description ?? "not refused")
        }
        #expect(rows.count >= 2)
    }
}
