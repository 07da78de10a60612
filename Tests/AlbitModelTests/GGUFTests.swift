import Foundation
import Testing

import AlbitModel

/// Each way in which a GGUF header can be wrong is refused with its own error.
struct GGUFTests {
    /// Opens bytes as a file; the error if it is refused.
    private func refusal(_ bytes: [UInt8]) throws -> ModelFileError? {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        do throws(ModelFileError) {
            _ = try GGUF(file: MappedFile(path: url.path))
            return nil
        } catch {
            #expect(error.description.contains(url.lastPathComponent), "the message names the file")
            #expect(error.failure == .input)
            return error
        }
    }

    private func expect(_ bytes: [UInt8], _ matches: (ModelFileError) -> Bool, line: Int = #line) throws {
        let error = try refusal(bytes)
        #expect(error.map(matches) == true, "line \(line): got \(String(describing: error))")
    }

    @Test func readsKeysAndTensors() throws {
        var file = GGUFBytes(tensors: 2, keys: 3)
        file.key("general.architecture", "albert")
        file.key("a.number", 7)
        file.key("a.list", type: 9, GGUFBytes.little(UInt32(8)) + GGUFBytes.little(UInt64(2)) + GGUFBytes.string("x") + GGUFBytes.string(""))
        file.tensor("one", shape: [3, 2])
        file.tensor("two", shape: [64], type: 24, offset: 32)
        file.data(96)
        #expect(try refusal(file.bytes) == nil)
    }

    @Test func refusesDamagedHeaders() throws {
        try expect([], { if case .notGGUF = $0 { true } else { false } })
        try expect(GGUFBytes(magic: "GGML").bytes, { if case .notGGUF = $0 { true } else { false } })
        try expect(GGUFBytes(version: 2).bytes, { if case .unsupportedGGUFVersion(_, 2) = $0 { true } else { false } })
        try expect(GGUFBytes(version: 3 << 24).bytes, { if case .unsupportedGGUFVersion = $0 { true } else { false } })
        try expect(Array(GGUFBytes().bytes.prefix(6)), { if case .truncated = $0 { true } else { false } })
        try expect(Array(GGUFBytes().bytes.prefix(20)), { if case .truncated = $0 { true } else { false } })
        try expect(GGUFBytes(tensors: 1 << 40).bytes, { if case .tooMany(_, "tensors", _, _) = $0 { true } else { false } })
        try expect(GGUFBytes(keys: .max).bytes, { if case .tooMany(_, "metadata keys", _, _) = $0 { true } else { false } })
        try expect(GGUFBytes(keys: 1).bytes, { if case .truncated = $0 { true } else { false } })
    }

    @Test func refusesDamagedKeys() throws {
        func with(_ build: (inout GGUFBytes) -> Void, keys: UInt64 = 1) -> [UInt8] {
            var file = GGUFBytes(keys: keys)
            build(&file)
            return file.bytes
        }
        try expect(with { $0.key("", 1) }, { if case .badKey = $0 { true } else { false } })
        try expect(with { $0.raw(GGUFBytes.little(UInt64(1 << 20))) }, { if case .badKey = $0 { true } else { false } })
        try expect(with { $0.raw(GGUFBytes.little(UInt64(2)) + [0xC3, 0x28]) }, { if case .badKey = $0 { true } else { false } })
        try expect(with { $0.key("k", type: 13, []) }, { if case .unknownValueType(_, "k", 13) = $0 { true } else { false } })
        try expect(with({ $0.key("k", 1); $0.key("k", 2) }, keys: 2), { if case .duplicateKey(_, "k") = $0 { true } else { false } })
        try expect(
            with { $0.key("k", type: 8, GGUFBytes.little(UInt64.max)) }, { if case .truncated = $0 { true } else { false } })
        try expect(
            with { $0.key("k", type: 9, GGUFBytes.little(UInt32(9)) + GGUFBytes.little(UInt64(1))) },
            { if case .nestedArray(_, "k") = $0 { true } else { false } })
        try expect(
            with { $0.key("k", type: 9, GGUFBytes.little(UInt32(99)) + GGUFBytes.little(UInt64(1))) },
            { if case .unknownValueType = $0 { true } else { false } })
        try expect(
            with { $0.key("k", type: 9, GGUFBytes.little(UInt32(12)) + GGUFBytes.little(UInt64(1) << 62)) },
            { if case .truncated = $0 { true } else { false } })
        try expect(
            with { $0.key("k", type: 9, GGUFBytes.little(UInt32(8)) + GGUFBytes.little(UInt64(2)) + GGUFBytes.string("x")) },
            { if case .truncated = $0 { true } else { false } })
        for alignment in [0, 1, 3, 24, 1 << 20] as [UInt32] {
            try expect(with { $0.key("general.alignment", alignment) }, { if case .badAlignment = $0 { true } else { false } })
        }
        try expect(with { $0.key("general.alignment", "64") }, { if case .wrongKeyType = $0 { true } else { false } })
    }

    @Test func refusesDamagedTensors() throws {
        func with(_ count: UInt64 = 1, data: Int = 64, _ build: (inout GGUFBytes) -> Void) -> [UInt8] {
            var file = GGUFBytes(tensors: count)
            build(&file)
            file.data(data)
            return file.bytes
        }
        try expect(with { $0.tensor("", shape: [1]) }, { if case .badTensorName = $0 { true } else { false } })
        try expect(
            with { $0.tensor(String(repeating: "n", count: 64), shape: [1]) }, { if case .badTensorName = $0 { true } else { false } })
        try expect(
            with(2) { $0.tensor("t", shape: [1]); $0.tensor("t", shape: [1], offset: 32) },
            { if case .duplicateTensor(_, "t") = $0 { true } else { false } })
        for shape in [[], [0], [1, 2, 3, 4, 5], [1 << 62, 1 << 62], [UInt64.max]] as [[UInt64]] {
            try expect(with { $0.tensor("t", shape: shape) }, { if case .badShape(_, "t") = $0 { true } else { false } })
        }
        try expect(with { $0.tensor("t", shape: [1], type: 8) }, { if case .unsupportedTensorType(_, "t", 8) = $0 { true } else { false } })
        try expect(with { $0.tensor("t", shape: [17]) }, { if case .tensorOutsideFile = $0 { true } else { false } })
        try expect(
            with { $0.tensor("t", shape: [1], offset: 1 << 40) }, { if case .tensorOutsideFile = $0 { true } else { false } })
        try expect(
            with { $0.tensor("t", shape: [1], offset: 4) }, { if case .misalignedTensor(_, "t", 4, 32) = $0 { true } else { false } })
        try expect(
            with(2) { $0.tensor("a", shape: [9]); $0.tensor("b", shape: [1], offset: 32) },
            { if case .overlappingTensors(_, "a", "b") = $0 { true } else { false } })
    }

    @Test func refusesWhatIsNoAlbitModel() throws {
        func modelError(_ build: (inout GGUFBytes) -> Void, keys: UInt64) throws -> ModelFileError? {
            var file = GGUFBytes(keys: keys)
            build(&file)
            let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf")
            try Data(file.bytes).write(to: url)
            defer { try? FileManager.default.removeItem(at: url) }
            do throws(ModelFileError) { _ = try ModelFile(path: url.path) } catch { return error }
            return nil
        }
        var error = try modelError({ _ in }, keys: 0)
        #expect({ if case .missingKey(_, "general.architecture")? = error { true } else { false } }())
        error = try modelError({ $0.key("general.architecture", "llama") }, keys: 1)
        #expect({ if case .otherArchitecture(_, "llama")? = error { true } else { false } }())
        error = try modelError({ $0.key("general.architecture", "bert") }, keys: 1)
        #expect({ if case .notAlbit? = error { true } else { false } }())
        error = try modelError({ $0.key("general.architecture", "bert"); $0.key("albit.format_version", 99) }, keys: 2)
        #expect({ if case .newerFormat(_, 99, _)? = error { true } else { false } }())
        error = try modelError(
            {
                $0.key("general.architecture", "albert")
                $0.key("albit.format_version", 1)
                $0.key("albit.hidden_act", "swish")
            }, keys: 3)
        #expect({ if case .badConfiguration? = error { true } else { false } }())
    }

    @Test func missingFileIsNamed() {
        #expect(throws: ModelFileError.self) { try MappedFile(path: "/nonexistent/model.gguf") }
    }
}
