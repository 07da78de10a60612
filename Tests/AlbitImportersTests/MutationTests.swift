import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitImporters

/// Files of the zoo with bytes changed at random (a fixed seed): whatever comes of it, nothing traps, and nothing
/// takes long. Where a format has checksums, they are made right again, so that the damage reaches the parser.
/// `ALBIT_MUTATIONS` sets how many are tried on each file; CI takes the default.
@Suite struct MutationTests {
    /// xorshift64*.
    private struct Generator {
        var state: UInt64
        mutating func next(_ bound: Int) -> Int {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % max(1, bound)
        }
    }

    private static let count = ProcessInfo.processInfo.environment["ALBIT_MUTATIONS"].flatMap(Int.init) ?? 40

    /// One to four changes, half of them among the first 2,000 bytes, where headers are.
    private static func mutate(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
        var result = bytes
        for _ in 0...random.next(4) where !result.isEmpty {
            let place = random.next(2) == 0 ? random.next(min(2000, result.count)) : random.next(result.count)
            switch random.next(7) {
            case 0: result[place] ^= 1 << UInt8(random.next(8))
            case 1: result[place] = [0, 1, 0x7F, 0x80, 0xFF][random.next(5)]
            case 2: result[place] = UInt8(random.next(256))
            case 3:
                for i in place..<min(result.count, place + [2, 4, 8][random.next(3)]) {
                    result[i] = random.next(2) == 0 ? 0xFF : 0
                }
            case 4: result.removeSubrange(place..<min(result.count, place + 1 + random.next(16)))
            case 5: result.insert(contentsOf: result[place..<min(result.count, place + 1 + random.next(16))], at: place)
            default: if random.next(4) == 0 { result.removeSubrange(place...) }
            }
        }
        return result
    }

    /// Files in memory, by name.
    private final class MemoryTree: FileTree {
        let path = "memory"
        let files: [String: [UInt8]]
        init(_ files: [String: [UInt8]]) { self.files = files }
        var names: [String] { files.keys.sorted() }
        func open(_ name: String) throws(Fault) -> (any ByteSource)? { files[name].map { MemoryBytes($0, path: name) } }
    }

    /// Mutates the file `name` and opens `entry`, which is the same where nothing is said.
    private func run(
        _ name: String, _ files: [String: [UInt8]], seed: UInt64, entry: String? = nil,
        repair: (inout [UInt8]) -> Void = { _ in }
    ) throws {
        let original = try #require(files[name])
        var random = Generator(state: seed)
        var survived = 0
        var slowest = Duration.zero
        for _ in 0..<MutationTests.count {
            var all = files
            var mutated = MutationTests.mutate(original, &random)
            repair(&mutated)
            all[name] = mutated
            let start = ProcessorTime.now
            do throws(Fault) {
                let file = MemoryBytes(all[entry ?? name] ?? [], path: entry ?? name)
                try Importer.open(file, name: entry ?? name, tree: MemoryTree(all), options: ImportOptions()).verify()
                survived += 1
            } catch {
                #expect(!error.description.isEmpty)
            }
            slowest = max(slowest, ProcessorTime.now - start)
        }
        #expect(slowest < .seconds(2), "\(name) took \(slowest)")
        print("mutations of \(name): \(MutationTests.count), \(survived) still imported, slowest \(slowest)")
    }

    private func files(_ folder: String, _ names: [String]) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in names { files[name] = try TestData.bytes(atPath: Zoo.directory + "/" + folder + "/" + name) }
        return files
    }

    private func configuration() throws -> [UInt8] {
        try TestData.bytes(atPath: Zoo.directory + "/safetensors/base-model/config.json")
    }

    @Test func safetensors() throws {
        try run("model.safetensors", try files("safetensors/base-qa", ["model.safetensors", "config.json"]), seed: 1)
        try run(
            "config.json", try files("safetensors/base-qa", ["model.safetensors", "config.json"]), seed: 2,
            entry: "model.safetensors")
    }

    @Test func shardIndex() throws {
        let names =
            (1...3).map { "model-0000\($0)-of-00003.safetensors" } + ["model.safetensors.index.json", "config.json"]
        try run("model.safetensors.index.json", try files("safetensors/base-pretraining-sharded", names), seed: 3)
    }

    @Test func torchZip() throws {
        let names = ["pytorch_model.bin", "config.json"]
        try run("pytorch_model.bin", try files("torch/hf441_base-qa", names), seed: 4)
        try run("pytorch_model.bin", try files("torch/zip_proto4", names), seed: 5)
        for name in ["torchscript_seqcls.pt", "export_pretraining.pt2"] {
            var all = try files("torch", [name])
            all["config.json"] = try configuration()
            try run(name, all, seed: 6)
        }
    }

    @Test func torchLegacy() throws {
        try run("pytorch_model.bin", try files("torch/legacy", ["pytorch_model.bin", "config.json"]), seed: 7)
    }

    /// Pickles without the checksum of their zip entry around them.
    @Test func pickle() throws {
        var random = Generator(state: 8)
        for folder in ["torch/nested_dataparallel", "torch/zip_proto4", "torch/parameters"] {
            let archive = try ZipArchive(try FileBytes(path: Zoo.directory + "/" + folder + "/pytorch_model.bin"))
            let entry = try #require(archive.entries.first { $0.name.hasSuffix("/data.pkl") })
            let original = try #require(try archive.allBytes(entry.name, limit: 1 << 20))
            for _ in 0..<(4 * MutationTests.count) {
                var machine = PickleMachine(MutationTests.mutate(original, &random), path: "pickle")
                do {
                    let value = try machine.run()
                    _ = try machine.tensors(in: value)
                } catch { #expect(!error.problem.isEmpty) }
            }
        }
    }

    @Test func msgpack() throws {
        for folder in ["flax/base-seqcls", "flax/chunked"] {
            try run("flax_model.msgpack", try files(folder, ["flax_model.msgpack", "config.json"]), seed: 9)
        }
    }

    @Test func hdf5() throws {
        try run("tf_model.h5", try files("keras/base-seqcls", ["tf_model.h5", "config.json"]), seed: 10)
        for name in ["gzip_chunked.h5", "libver_latest.h5", "fletcher.h5"] {
            var all = try files("keras/h5_variants", [name])
            all["config.json"] = try configuration()
            try run(name, all, seed: 11)
        }
    }

    @Test func bundleIndex() throws {
        let names = ["model.ckpt-best.index", "model.ckpt-best.data-00000-of-00001", "albert_config.json"]
        let all = try files("tf1/partitioned", names)
        try run("model.ckpt-best.index", all, seed: 12)
        // The first block again, its checksum made right: the damage reaches the entries.
        let index = try #require(all["model.ckpt-best.index"])
        let table = try SortedTable(MemoryBytes(index, path: "index"))
        let last = try #require(table.entries.last)
        let restarts = (table.entries.count + 15) / 16
        let end = last.offset + last.count + 4 * restarts + 4
        #expect(index[end] == 0)
        try run("model.ckpt-best.index", all, seed: 13) { bytes in
            guard bytes.count == index.count else { return }
            var crc = CRC32(.castagnoli)
            bytes.withUnsafeBytes { crc.update(UnsafeRawBufferPointer(rebasing: $0[0...end])) }
            for i in 0..<4 { bytes[end + 1 + i] = UInt8(truncatingIfNeeded: crc.masked >> UInt32(8 * i)) }
        }
    }

    @Test func version1() throws {
        try run("model.ckpt", try files("tf1/v1format", ["model.ckpt", "albert_config.json"]), seed: 14)
    }

    @Test func tensorFlowGraphs() throws {
        try run("frozen_base.pb", try files("tf1", ["frozen_base.pb"]), seed: 17)
        let variables = ["variables/variables.index", "variables/variables.data-00000-of-00001"]
        try run("saved_model.pb", try files("keras/tf2_savedmodel_minimal", ["saved_model.pb"] + variables), seed: 18)
    }

    @Test func tflite() throws {
        try run("hf_seqcls_f32.tflite", try files("tflite", ["hf_seqcls_f32.tflite"]), seed: 19)
    }

    @Test func onnx() throws {
        for (seed, name) in [
            "t215/legacy_op14_seqcls.onnx", "t215/dynamo_default_pretraining.onnx",
            "other/tf2onnx_frozen_base_op13.onnx",
            "post/ort_fused_hf441_pretraining_o0.onnx", "post/int8_dynamic_QInt8_seqcls.onnx",
        ].enumerated() {
            try run(
                name, ["": [], name: try TestData.bytes(atPath: Zoo.directory + "/onnx/" + name)],
                seed: UInt64(20 + seed))
        }
    }

    @Test func archives() throws {
        let packed = try files("tf1", ["albert_base.tar.gz"])
        try run("albert_base.tar.gz", packed, seed: 15)
        let stream = InflatedBytes(gzip: MemoryBytes(try #require(packed["albert_base.tar.gz"]), path: "tar.gz"))
        try stream.readToEnd()
        try run("albert_base.tar", ["albert_base.tar": try stream.allBytes(what: "the tar", limit: 1 << 24)], seed: 16)
    }
}
