import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

/// Each way in which a GGUF header can be wrong is refused with its own error.
struct GGUFTests {
    /// Opens bytes as a file; the error if it is refused.
    private func refusal(_ bytes: [UInt8]) throws -> Fault? {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        do throws(Fault) {
            _ = try GGUF(file: MappedFile(path: url.path))
            return nil
        } catch {
            #expect(error.description.contains(url.lastPathComponent), "the message names the file")
            #expect(error.code.exitCode == .input)
            return error
        }
    }

    private func expect(_ bytes: [UInt8], _ matches: (Fault) -> Bool, line: Int = #line) throws {
        let error = try refusal(bytes)
        #expect(error.map(matches) == true, "line \(line): got \(String(describing: error))")
    }

    @Test func readsKeysAndTensors() throws {
        var file = GGUFBytes(tensors: 2, keys: 3)
        file.key("general.architecture", "albert")
        file.key("a.number", 7)
        file.key(
            "a.list", type: 9,
            GGUFBytes.little(UInt32(8)) + GGUFBytes.little(UInt64(2)) + GGUFBytes.string("x") + GGUFBytes.string(""))
        file.tensor("one", shape: [3, 2])
        file.tensor("two", shape: [64], type: 24, offset: 32)
        file.data(96)
        #expect(try refusal(file.bytes) == nil)
    }

    @Test func refusesDamagedHeaders() throws {
        try expect([], { $0.isA(.modelNotGGUF) })
        try expect(GGUFBytes(magic: "GGML").bytes, { $0.isA(.modelNotGGUF) })
        try expect(GGUFBytes(version: 2).bytes, { $0.isA(.modelUnsupportedGGUFVersion, "2") })
        try expect(GGUFBytes(version: 3 << 24).bytes, { $0.isA(.modelBigEndian) })
        try expect(Array(GGUFBytes().bytes.prefix(6)), { $0.isA(.modelTruncated) })
        try expect(Array(GGUFBytes().bytes.prefix(20)), { $0.isA(.modelTruncated) })
        try expect(GGUFBytes(tensors: 1 << 40).bytes, { $0.isA(.modelTooMany, "tensors") })
        try expect(GGUFBytes(keys: .max).bytes, { $0.isA(.modelTooMany, "metadata keys") })
        try expect(GGUFBytes(keys: 1).bytes, { $0.isA(.modelTruncated) })
    }

    @Test func refusesDamagedKeys() throws {
        func with(_ build: (inout GGUFBytes) -> Void, keys: UInt64 = 1) -> [UInt8] {
            var file = GGUFBytes(keys: keys)
            build(&file)
            return file.bytes
        }
        try expect(with { $0.key("", 1) }, { $0.isA(.modelBadKey) })
        try expect(with { $0.raw(GGUFBytes.little(UInt64(1 << 20))) }, { $0.isA(.modelBadKey) })
        try expect(with { $0.raw(GGUFBytes.little(UInt64(2)) + [0xC3, 0x28]) }, { $0.isA(.modelBadKey) })
        try expect(with { $0.key("k", type: 13, []) }, { $0.isA(.modelUnknownValueType, "'k'", "13") })
        try expect(
            with(
                {
                    $0.key("k", 1)
                    $0.key("k", 2)
                }, keys: 2), { $0.isA(.modelDuplicateKey, "'k'") })
        try expect(
            with { $0.key("k", type: 8, GGUFBytes.little(UInt64.max)) }, { $0.isA(.modelTruncated) })
        try expect(
            with { $0.key("k", type: 9, GGUFBytes.little(UInt32(9)) + GGUFBytes.little(UInt64(1))) },
            { $0.isA(.modelNestedArray, "'k'") })
        try expect(
            with { $0.key("k", type: 9, GGUFBytes.little(UInt32(99)) + GGUFBytes.little(UInt64(1))) },
            { $0.isA(.modelUnknownValueType) })
        try expect(
            with { $0.key("k", type: 9, GGUFBytes.little(UInt32(12)) + GGUFBytes.little(UInt64(1) << 62)) },
            { $0.isA(.modelTruncated) })
        try expect(
            with {
                $0.key("k", type: 9, GGUFBytes.little(UInt32(8)) + GGUFBytes.little(UInt64(2)) + GGUFBytes.string("x"))
            },
            { $0.isA(.modelTruncated) })
        for alignment in [0, 1, 3, 24, 1 << 20] as [UInt32] {
            try expect(with { $0.key("general.alignment", alignment) }, { $0.isA(.modelBadAlignment) })
        }
        try expect(with { $0.key("general.alignment", "64") }, { $0.isA(.modelWrongKeyType) })
    }

    @Test func refusesDamagedTensors() throws {
        func with(_ count: UInt64 = 1, data: Int = 64, _ build: (inout GGUFBytes) -> Void) -> [UInt8] {
            var file = GGUFBytes(tensors: count)
            build(&file)
            file.data(data)
            return file.bytes
        }
        try expect(with { $0.tensor("", shape: [1]) }, { $0.isA(.modelBadTensorName) })
        try expect(
            with { $0.tensor(String(repeating: "n", count: 64), shape: [1]) }, { $0.isA(.modelBadTensorName) })
        try expect(
            with(2) {
                $0.tensor("t", shape: [1])
                $0.tensor("t", shape: [1], offset: 32)
            },
            { $0.isA(.modelDuplicateTensor, "'t'") })
        for shape in [[], [0], [1, 2, 3, 4, 5], [1 << 62, 1 << 62], [UInt64.max]] as [[UInt64]] {
            try expect(with { $0.tensor("t", shape: shape) }, { $0.isA(.modelBadShape, "'t'") })
        }
        try expect(with { $0.tensor("t", shape: [1], type: 8) }, { $0.isA(.modelUnsupportedTensorType, "'t'", "8") })
        try expect(with { $0.tensor("t", shape: [17]) }, { $0.isA(.modelTensorOutsideFile) })
        try expect(
            with { $0.tensor("t", shape: [1], offset: 1 << 40) }, { $0.isA(.modelTensorOutsideFile) })
        try expect(
            with { $0.tensor("t", shape: [1], offset: 4) }, { $0.isA(.modelMisalignedTensor, "'t'", "4", "32") })
        try expect(
            with(2) {
                $0.tensor("a", shape: [9])
                $0.tensor("b", shape: [1], offset: 32)
            },
            { $0.isA(.modelOverlappingTensors, "'a'", "'b'") })
    }

    @Test func refusesWhatIsNoAlbitModel() throws {
        func modelError(_ build: (inout GGUFBytes) -> Void, keys: UInt64) throws -> Fault? {
            var file = GGUFBytes(keys: keys)
            build(&file)
            let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf")
            try Data(file.bytes).write(to: url)
            defer { try? FileManager.default.removeItem(at: url) }
            do throws(Fault) { _ = try ModelFile(path: url.path) } catch { return error }
            return nil
        }
        var error = try modelError({ _ in }, keys: 0)
        #expect(error.isA(.modelMissingKey, "'general.architecture'"))
        error = try modelError({ $0.key("general.architecture", "llama") }, keys: 1)
        #expect(error.isA(.modelOtherArchitecture, "'llama'"))
        error = try modelError({ $0.key("general.architecture", "bert") }, keys: 1)
        #expect(error.isA(.modelNotAlbit))
        error = try modelError(
            {
                $0.key("general.architecture", "bert")
                $0.key("albit.format_version", 99)
            }, keys: 2)
        #expect(error.isA(.modelNewerFormat, "99"))
        error = try modelError(
            {
                $0.key("general.architecture", "albert")
                $0.key("albit.format_version", 1)
                $0.key("albit.hidden_act", "swish")
            }, keys: 3)
        #expect(error.isA(.modelBadConfiguration))
    }

    @Test func missingFileIsNamed() {
        #expect(
            fault { try MappedFile(path: "/nonexistent/model.gguf") }.isA(.fileCannotOpen, "/nonexistent/model.gguf"))
    }
}
