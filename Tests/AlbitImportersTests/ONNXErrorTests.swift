import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitImporters

/// One file for each way that an ONNX file or a graph can be wrong.
@Suite struct ONNXErrorTests: WireWriting {
    private typealias Bytes = [UInt8]

    private static func node(_ type: String, _ inputs: [String], _ outputs: [String], domain: String = "") -> [UInt8] {
        field(
            1,
            inputs.flatMap { field(1, $0) } + outputs.flatMap { field(2, $0) } + field(3, "node-" + outputs[0])
                + field(4, type) + field(7, domain))
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
    private static func error(_ graph: [UInt8]...) throws -> Fault? {
        let directory = try TestData.temporaryDirectory()
        try Data(repeating: 0, count: 64).write(to: URL(filePath: directory + "/w.bin"))
        try FileManager.default.createSymbolicLink(atPath: directory + "/link.bin", withDestinationPath: "/etc/passwd")
        let path = directory + "/model.onnx"
        try Data(field(1, integer: 8) + field(7, graph.flatMap { $0 })).write(to: URL(filePath: path))
        return fault { try Importer.open(path: path) }
    }

    @Test func tensors() throws {
        func onnx(_ graph: [UInt8]) throws -> Fault? { try ONNXErrorTests.error(graph) }
        typealias T = ONNXErrorTests
        guard try onnx(T.tensor("", [1], T.raw(1))).isA(.onnxUnnamedTensor) else { return expectFailure() }
        guard try onnx(T.tensor("w", [1], type: 99, T.raw(1))).isA(.onnxUnknownType, "'w'", "99") else {
            return expectFailure()
        }
        guard try onnx(T.tensor("w", [-1], T.raw(1))).isA(.onnxBadShape, "'w'") else { return expectFailure() }
        guard try onnx(T.tensor("w", [Int](repeating: 1, count: 17), T.raw(1))).isA(.onnxBadShape) else {
            return expectFailure()
        }
        guard try onnx(T.tensor("w", [1 << 40, 1 << 40], T.raw(1))).isA(.onnxBadShape, "'w'") else {
            return expectFailure()
        }
        guard try onnx(T.tensor("w", [2], T.raw(1))).isA(.onnxWrongSize, "'w'", "8", "4") else {
            return expectFailure()
        }
        guard try onnx(T.tensor("w", [2], T.field(4, [0, 0, 0, 0]))).isA(.onnxWrongSize, "'w'", "8", "4") else {
            return expectFailure()
        }
        guard try onnx(T.tensor("w", [1], T.raw(1) + T.field(4, [0, 0, 0, 0]))).isA(.onnxSeveralPayloads, "'w'") else {
            return expectFailure()
        }
        guard try onnx(T.tensor("w", [1], T.raw(1) + T.field(3, [8, 0]))).isA(.onnxSegmented, "'w'") else {
            return expectFailure()
        }
        let scattered = [[UInt8]](repeating: T.varint(4 << 3 | 5) + [0, 0, 0, 0], count: 5000).flatMap { $0 }
        guard try onnx(T.tensor("w", [5000], scattered)).isA(.onnxScattered, "'w'") else { return expectFailure() }
        guard try onnx(T.field(15, [8, 0])).isA(.onnxSparse) else { return expectFailure() }
    }

    @Test func externalData() throws {
        func onnx(_ pairs: (String, String)...) throws -> Fault? {
            try ONNXErrorTests.error(ONNXErrorTests.tensor("w", [4], ONNXErrorTests.external(pairs)))
        }
        guard try onnx(("offset", "0")).isA(.onnxNoLocation, "'w'") else { return expectFailure() }
        for location in ["/etc/passwd", "../w.bin", "a/../../w.bin", "link.bin"] {
            guard try onnx(("location", location)).isA(.onnxBadLocation, "'w'", location) else {
                return expectFailure()
            }
        }
        guard try onnx(("location", "other.bin")).isA(.onnxMissingFile, "'w'", "'other.bin'") else {
            return expectFailure()
        }
        guard try onnx(("location", "w.bin"), ("offset", "-1")).isA(.onnxBadExternal, "'w'") else {
            return expectFailure()
        }
        guard try onnx(("location", "w.bin"), ("offset", "60")).isA(.onnxBadExternal, "'w'") else {
            return expectFailure()
        }
        guard try onnx(("location", "./w.bin"), ("length", "8")).isA(.onnxWrongSize, "'w'", "16", "8") else {
            return expectFailure()
        }
    }

    @Test func files() throws {
        let path = try TestData.temporaryDirectory() + "/model.onnx"
        func onnx(_ bytes: [UInt8]) throws -> Fault? {
            try Data(bytes).write(to: URL(filePath: path))
            return fault { try Importer.open(path: path) }
        }
        guard try onnx([]).isA(.onnxNoGraph) else { return expectFailure() }
        guard try onnx([0x3A, 0x7F, 1]).isA(.protobufTruncated) else { return expectFailure() }
        let many = ONNXErrorTests.field(7, ONNXErrorTests.node("Sum", [String](repeating: "x", count: 70000), ["y"]))
        guard try onnx(many).isA(.onnxTooMany) else { return expectFailure() }
        guard
            try onnx(
                ONNXErrorTests.field(7, ONNXErrorTests.node("RunMe", [], ["y"], domain: "evil.example"))
            ).isA(.onnxUnknownOperator, "'node-y'", "evil.example:RunMe")
        else { return expectFailure() }
    }

    @Test func graphs() throws {
        func graph(_ parts: [UInt8]...) throws -> Fault? { try ONNXErrorTests.error(parts.flatMap { $0 }) }
        typealias T = ONNXErrorTests
        guard
            try graph(T.input("x"), T.node("Identity", ["x"], ["y"]), T.node("Tanh", ["x"], ["y"])).isA(
                .graphDefinedTwice, "'y'")
        else {
            return expectFailure()
        }
        guard try graph(T.node("Identity", ["x"], ["y"])).isA(.graphUndefinedValue, "'x'", "'node-y'") else {
            return expectFailure()
        }
        guard try graph(T.node("Identity", ["z"], ["y"]), T.node("Identity", ["y"], ["z"])).isA(.graphCycle, "'node-y'")
        else { return expectFailure() }
        guard
            try graph(
                T.input("x"), T.tensor("w", [2, 1], T.raw(2)), T.node("Gather", ["w", "x"], ["y"])
            ).isA(.graphNoEmbeddings, "1", "'node-y'")
        else { return expectFailure() }
        // Embeddings that nothing reads.
        let begins = [
            T.input("ids"), T.tensor("words", [3, 2], T.raw(6)), T.tensor("positions", [4, 2], T.raw(8)),
            T.tensor("scale", [2], T.raw(2)),
            T.node("Gather", ["words", "ids"], ["a"]), T.node("Range", [], ["r"]),
            T.node("Gather", ["positions", "r"], ["b"]),
            T.node("Add", ["a", "b"], ["c"]), T.node("LayerNormalization", ["c", "scale"], ["d"]),
        ].flatMap { $0 }
        guard try graph(begins).isA(.graphNoMatch, "'node-d'", "embeddings") else { return expectFailure() }
        // Positions made from the ids.
        let roberta = [
            T.input("ids"), T.tensor("words", [9, 2], T.raw(18)), T.tensor("positions", [4, 2], T.raw(8)),
            T.tensor("scale", [2], T.raw(2)),
            T.node("Gather", ["words", "ids"], ["a"]), T.node("CumSum", ["ids"], ["r"]),
            T.node("Gather", ["positions", "r"], ["b"]),
            T.node("Add", ["a", "b"], ["c"]), T.node("LayerNormalization", ["c", "scale"], ["d"]),
        ].flatMap { $0 }
        guard try graph(roberta).isA(.graphNoMatch, "positions that are counted from 0") else { return expectFailure() }
    }

    @Test func tooManyNodes() throws {
        var builder = GraphBuilder(path: "many", format: "test")
        try builder.input("x")
        do throws(Fault) {
            for i in 0...GraphBuilder.maxNodes { try builder.node(.tanh, name: "", inputs: ["x"], outputs: ["\(i)"]) }
            Issue.record("not refused")
        } catch {
            guard error.isA(.graphTooManyNodes) else { return expectFailure() }
        }
    }

    private func expectFailure(_ line: Int = #line) { Issue.record("another error, or none, before line \(line)") }
}
