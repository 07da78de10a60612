import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitImporters

/// Containers that no writer makes, put together by hand: one for each way to be wrong that the zoo does not hold.
@Suite struct DamagedContainerTests: WireWriting {
    private func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private final class Tree: FileTree {
        let path = "memory"
        let files: [String: [UInt8]]
        init(_ files: [String: [UInt8]]) { self.files = files }
        var names: [String] { files.keys.sorted() }
        func open(_ name: String) throws(Fault) -> (any ByteSource)? { files[name].map { MemoryBytes($0, path: name) } }
    }

    /// A header of a global pax record without content, as often as no archive of a checkpoint has members.
    @Test func tarOfTooManyMembers() {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (i, byte) in text.utf8.enumerated() { header[offset + i] = byte }
        }
        put("00000000000", at: 124)
        put("        g", at: 148)
        put("ustar\u{0}00", at: 257)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ", at: 148)
        let bytes = [UInt8]((0...TarArchive.maxMembers).map { _ in header }.joined())
        let found = fault { try TarArchive(MemoryBytes(bytes, path: "many.tar")) }
        #expect(found.isA(.tarTooManyMembers, "many.tar", "\(TarArchive.maxMembers)"))
    }

    /// One stored block of deflate, which holds five bytes, under other sizes.
    @Test func sizesOfDeflate() throws {
        let block: [UInt8] = [1, 5, 0, 0xFA, 0xFF] + Array("hello".utf8)
        func read(_ count: Int, behind: [UInt8] = []) throws -> [UInt8] {
            let stream = InflatedBytes(raw: MemoryBytes(block + behind, path: "zip"), count: count, path: "entry")
            return try stream.bytes(count: count, what: "an entry", limit: 100)
        }
        #expect(try read(5) == Array("hello".utf8))
        #expect(fault { try read(6) }.isA(.deflateEndsEarly, "entry", "5", "6"))
        #expect(fault { try read(6, behind: [0]) }.isA(.deflateEndsEarly, "entry", "5", "6"))
        let short = InflatedBytes(raw: MemoryBytes(block, path: "zip"), count: 4, path: "entry")
        #expect(fault { try short.readToEnd() }.isA(.deflateTooLong, "entry", "4"))
    }

    /// A table of one block, its checksums right.
    private func table(_ block: [UInt8]) -> MemoryBytes {
        func sealed(_ bytes: [UInt8]) -> [UInt8] {
            var crc = CRC32(.castagnoli)
            (bytes + [0]).withUnsafeBytes { crc.update($0) }
            return bytes + [0] + little(Int(crc.masked), 4)
        }
        let data = sealed(block)
        let handle = Self.varint(0) + Self.varint(block.count)
        let index = [0, 1, UInt8(handle.count), 0x7A] + handle + little(0, 4) + little(1, 4)
        let footer = Self.varint(0) + Self.varint(0) + Self.varint(data.count) + Self.varint(index.count)
        return MemoryBytes(
            data + sealed(index) + footer + [UInt8](repeating: 0, count: 40 - footer.count) + SortedTable.magic,
            path: "model.index")
    }

    @Test func tableOfTooManyEntries() {
        let block = [UInt8](repeating: 0, count: 3 * (SortedTable.maxEntries + 1)) + little(0, 4) + little(1, 4)
        #expect(fault { try SortedTable(table(block)) }.isA(.tableTooMany, "model.index", "\(SortedTable.maxEntries)"))
    }

    /// A TensorFlow checkpoint of a header and one entry, with one shard of no bytes.
    private func bundle(header: [UInt8], entry: [UInt8] = []) -> Fault? {
        func record(_ key: [UInt8], _ value: [UInt8]) -> [UInt8] {
            [0] + Self.varint(key.count) + Self.varint(value.count) + key + value
        }
        let block =
            record([], header) + (entry.isEmpty ? [] : record(Array("w".utf8), entry)) + little(0, 4) + little(1, 4)
        return fault {
            try TensorFlowBundle.read(
                table(block), name: "model.index", tree: Tree(["model.data-00000-of-00001": []]))
        }
    }

    @Test func bundles() {
        let header = Self.field(1, integer: 1)
        #expect(bundle(header: Self.field(1, integer: 0)).isA(.bundleBadHeader, "model.index", "0 shards"))
        #expect(bundle(header: header + Self.field(2, integer: 1)).isA(.bundleBadHeader, "big-endian"))
        let dimension = Self.field(2, Self.field(1, integer: 1))
        let deep = (0...ShapeProto.maxRank).flatMap { _ in dimension }
        #expect(
            bundle(header: header, entry: Self.field(1, integer: 1) + Self.field(2, deep))
                .isA(.bundleTooManyDimensions, "\(ShapeProto.maxRank)"))
        // A tensor of two rows, of which a part is announced that is not stored.
        let shape = Self.field(2, Self.field(2, Self.field(1, integer: 2)))
        let slice = Self.field(7, Self.field(1, Self.field(1, integer: 0) + Self.field(2, integer: 1)))
        #expect(
            bundle(header: header, entry: Self.field(1, integer: 1) + shape + slice)
                .isA(.bundleMissingSlice, "'w'"))
    }

    /// A zip archive of stored entries.
    private func zip(_ entries: [(name: String, content: [UInt8])]) -> [UInt8] {
        var data: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in entries {
            var crc = CRC32(.zip)
            content.withUnsafeBytes { crc.update($0) }
            let sizes = little(Int(crc.checksum), 4) + little(content.count, 4) + little(content.count, 4)
            let names = little(name.utf8.count, 2) + little(0, 2)
            directory +=
                little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + little(0, 8) + sizes + names
                + little(0, 10) + little(data.count, 4) + Array(name.utf8)
            data += little(0x0403_4B50, 4) + little(20, 2) + little(0, 8) + sizes + names + Array(name.utf8) + content
        }
        return data + directory + little(0x0605_4B50, 4) + little(0, 4) + little(entries.count, 2)
            + little(entries.count, 2) + little(directory.count, 4) + little(data.count, 4) + little(0, 2)
    }

    @Test func exportsOfTorch() {
        func failure(_ configuration: String) -> Fault? {
            let file = zip([("model/data/weights/model_weights_config.json", Array(configuration.utf8))])
            return fault { try PyTorch.read(zip: MemoryBytes(file, path: "model.pt2")) }
        }
        #expect(failure("{}").isA(.torchBadExport, "model.pt2", "'config' is missing"))
        #expect(failure(#"{"config": {"w": {"path_name": "weight_0"}}}"#).isA(.torchBadExport, "'w'"))
    }

    @Test func headerOfTooManyTensors() {
        let count = Safetensors.maxTensors + 1
        let header = Array(("{" + (0..<count).map { "\"\($0)\":0" }.joined(separator: ",") + "}").utf8)
        let found = fault { try Safetensors.read(MemoryBytes(little(header.count, 8) + header, path: "many")) }
        #expect(found.isA(.safetensorsTooManyTensors, "\(count)", "\(Safetensors.maxTensors)"))
    }

    /// A tensor of a compressed source has to go to a file, and there is no room for one.
    @Test func spillingToNowhere() {
        let found = fault {
            try SpilledTensor.spill(NumberListTensor(shape: [2], values: [1, 2]), in: "/nowhere/at/all")
        }
        #expect(found.isA(.spillCannotWrite, "/nowhere/at/all", "TMPDIR"))
        #expect(FaultCode.spillCannotWrite.exitCode == .machine)
    }

    /// A file that becomes shorter while it is read.
    @Test func fileThatShrinks() throws {
        let path = try TestData.temporaryDirectory() + "/weights"
        try Data(count: 100).write(to: URL(filePath: path))
        let file = try FileBytes(path: path)
        #expect(truncate(path, 10) == 0)
        #expect(fault { try file.bytes(at: 50, count: 10, what: "it", limit: 10) }.isA(.fileReadFailed, path, "50"))
        #expect(FaultCode.fileReadFailed.exitCode == .machine)
    }
}
