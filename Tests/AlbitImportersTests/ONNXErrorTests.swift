@testable import AlbitImporters
import AlbitModel
import Foundation
import TestData
import Testing

/// One file for each way that an ONNX file or a graph can be wrong.
@Suite struct ONNXErrorTests: WireWriting {
    private typealias Bytes = [UInt8]

    private static func node(_ type: String, _ inputs: [String], _ outputs: [String], domain: String = "") -> [UInt8] {
        field(1, inputs.flatMap { field(1, $0) } + outputs.flatMap { field(2, $0) } + field(3, "node-" + outputs[0]) + field(4, type) + field(7, domain))
    }

    private static func tensor(_ name: String, _ shape: [Int], type: Int = 1, _ content: [UInt8]) -> [UInt8] {
        field(5, shape.flatMap { field(1, integer: $0) } + field(2, integer: type) + field(8, name) + content)
    }

    private static func raw(_ floats: Int) -> [UInt8] { field(9, [UInt8](repeating: 0, count: floats * 4)) }
    private static func input(_ name: String) -> [UInt8] { field(11, field(1, name)) }
    private static func external(_ pairs: [(String, String)]) -> [UInt8] {
        pairs.flatMap { field(13, field(1, $0.0) + field(2, $0.1)) } + field(14, integer: 1)
    }

    /// The error that a file with these parts of a graph ends in.
    private static func error(_ graph: [UInt8]...) throws -> (any AlbitError)? {
        let directory = try TestData.temporaryDirectory()
        try Data(repeating: 0, count: 64).write(to: URL(filePath: directory + "/w.bin"))
        try FileManager.default.createSymbolicLink(atPath: directory + "/link.bin", withDestinationPath: "/etc/passwd")
        let path = directory + "/model.onnx"
        try Data(field(1, integer: 8) + field(7, graph.flatMap { $0 })).write(to: URL(filePath: path))
        do throws(ImportError) {
            _ = try Importer.open(path: path)
            return nil
        } catch { return ZooImport.inner(error) }
    }

    @Test func tensors() throws {
        func onnx(_ graph: [UInt8]) throws -> ONNXError? { try ONNXErrorTests.error(graph) as? ONNXError }
        typealias T = ONNXErrorTests
        guard case .unnamedTensor? = try onnx(T.tensor("", [1], T.raw(1))) else { return expectFailure() }
        guard case .unknownType(_, "w", 99)? = try onnx(T.tensor("w", [1], type: 99, T.raw(1))) else { return expectFailure() }
        guard case .badShape(_, "w", _)? = try onnx(T.tensor("w", [-1], T.raw(1))) else { return expectFailure() }
        guard case .badShape? = try onnx(T.tensor("w", [Int](repeating: 1, count: 17), T.raw(1))) else { return expectFailure() }
        guard case .badShape(_, "w", _)? = try onnx(T.tensor("w", [1 << 40, 1 << 40], T.raw(1))) else { return expectFailure() }
        guard case .wrongSize(_, "w", 8, 4)? = try onnx(T.tensor("w", [2], T.raw(1))) else { return expectFailure() }
        guard case .wrongSize(_, "w", 8, 4)? = try onnx(T.tensor("w", [2], T.field(4, [0, 0, 0, 0]))) else { return expectFailure() }
        guard case .severalPayloads(_, "w")? = try onnx(T.tensor("w", [1], T.raw(1) + T.field(4, [0, 0, 0, 0]))) else { return expectFailure() }
        guard case .segmented(_, "w")? = try onnx(T.tensor("w", [1], T.raw(1) + T.field(3, [8, 0]))) else { return expectFailure() }
        let scattered = [[UInt8]](repeating: T.varint(4 << 3 | 5) + [0, 0, 0, 0], count: 5000).flatMap { $0 }
        guard case .scattered(_, "w")? = try onnx(T.tensor("w", [5000], scattered)) else { return expectFailure() }
        guard case .sparse? = try onnx(T.field(15, [8, 0])) else { return expectFailure() }
    }

    @Test func externalData() throws {
        func onnx(_ pairs: (String, String)...) throws -> ONNXError? {
            try ONNXErrorTests.error(ONNXErrorTests.tensor("w", [4], ONNXErrorTests.external(pairs))) as? ONNXError
        }
        guard case .noLocation(_, "w")? = try onnx(("offset", "0")) else { return expectFailure() }
        for location in ["/etc/passwd", "../w.bin", "a/../../w.bin", "link.bin"] {
            guard case .badLocation(_, "w", location, _)? = try onnx(("location", location)) else { return expectFailure() }
        }
        guard case .missingFile(_, "w", "other.bin")? = try onnx(("location", "other.bin")) else { return expectFailure() }
        guard case .badExternal(_, "w", _)? = try onnx(("location", "w.bin"), ("offset", "-1")) else { return expectFailure() }
        guard case .badExternal(_, "w", _)? = try onnx(("location", "w.bin"), ("offset", "60")) else { return expectFailure() }
        guard case .wrongSize(_, "w", 16, 8)? = try onnx(("location", "./w.bin"), ("length", "8")) else { return expectFailure() }
    }

    @Test func files() throws {
        let path = try TestData.temporaryDirectory() + "/model.onnx"
        func onnx(_ bytes: [UInt8]) throws -> ONNXError? {
            try Data(bytes).write(to: URL(filePath: path))
            return ZooImport.inner({ () -> ImportError? in
                do throws(ImportError) { _ = try Importer.open(path: path) } catch { return error }
                return nil
            }()) as? ONNXError
        }
        guard case .noGraph? = try onnx([]) else { return expectFailure() }
        guard case .notProtobuf? = try onnx([0x3A, 0x7F, 1]) else { return expectFailure() }
        let many = ONNXErrorTests.field(7, ONNXErrorTests.node("Sum", [String](repeating: "x", count: 70000), ["y"]))
        guard case .tooMany? = try onnx(many) else { return expectFailure() }
        guard case .unknownOperator(_, "node-y", "evil.example:RunMe")? = try onnx(
            ONNXErrorTests.field(7, ONNXErrorTests.node("RunMe", [], ["y"], domain: "evil.example")))
        else { return expectFailure() }
    }

    @Test func graphs() throws {
        func graph(_ parts: [UInt8]...) throws -> GraphError? { try ONNXErrorTests.error(parts.flatMap { $0 }) as? GraphError }
        typealias T = ONNXErrorTests
        guard case .definedTwice(_, "y")? = try graph(T.input("x"), T.node("Identity", ["x"], ["y"]), T.node("Tanh", ["x"], ["y"])) else {
            return expectFailure()
        }
        guard case .undefinedValue(_, "x", "node-y")? = try graph(T.node("Identity", ["x"], ["y"])) else { return expectFailure() }
        guard case .cycle(_, "node-y")? = try graph(T.node("Identity", ["z"], ["y"]), T.node("Identity", ["y"], ["z"])) else { return expectFailure() }
        guard case .noEmbeddings(_, 1, "node-y")? = try graph(
            T.input("x"), T.tensor("w", [2, 1], T.raw(2)), T.node("Gather", ["w", "x"], ["y"]))
        else { return expectFailure() }
        // Embeddings that nothing reads.
        let begins = [
            T.input("ids"), T.tensor("words", [3, 2], T.raw(6)), T.tensor("positions", [4, 2], T.raw(8)), T.tensor("scale", [2], T.raw(2)),
            T.node("Gather", ["words", "ids"], ["a"]), T.node("Range", [], ["r"]), T.node("Gather", ["positions", "r"], ["b"]),
            T.node("Add", ["a", "b"], ["c"]), T.node("LayerNormalization", ["c", "scale"], ["d"]),
        ].flatMap { $0 }
        guard case .noMatch(_, let progress, "node-d", _, _)? = try graph(begins) else { return expectFailure() }
        #expect(progress.contains("embeddings"))
        // Positions made from the ids.
        let roberta = [
            T.input("ids"), T.tensor("words", [9, 2], T.raw(18)), T.tensor("positions", [4, 2], T.raw(8)), T.tensor("scale", [2], T.raw(2)),
            T.node("Gather", ["words", "ids"], ["a"]), T.node("CumSum", ["ids"], ["r"]), T.node("Gather", ["positions", "r"], ["b"]),
            T.node("Add", ["a", "b"], ["c"]), T.node("LayerNormalization", ["c", "scale"], ["d"]),
        ].flatMap { $0 }
        guard case .noMatch(_, _, _, "positions that are counted from 0", _)? = try graph(roberta) else { return expectFailure() }
    }

    @Test func tooManyNodes() throws {
        var builder = GraphBuilder(path: "many", format: "test")
        try builder.input("x")
        do throws(GraphError) {
            for i in 0...GraphBuilder.maxNodes { try builder.node(.tanh, name: "", inputs: ["x"], outputs: ["\(i)"]) }
            Issue.record("not refused")
        } catch {
            guard case .tooManyNodes = error else { return expectFailure() }
        }
    }

    private func expectFailure(_ line: Int = #line) { Issue.record("another error, or none, before line \(line)") }
}
