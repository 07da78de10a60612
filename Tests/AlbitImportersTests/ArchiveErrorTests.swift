import AlbitModel
import AlbitText
import TestData
import Testing

@testable import AlbitImporters

/// One broken archive for each way to be wrong that the zoo does not hold.
@Suite struct ArchiveErrorTests {
    private func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    // Zip ----------------------------------------------------------------------------------------------

    /// A zip archive of one entry "a" that holds "hello" (CRC-32 0x3610A686), with fields to break.
    private func zip(
        flags: Int = 0, method: Int = 0, size: Int = 5, name: [UInt8] = [0x61], offset: Int = 0, disk: Int = 0,
        count: Int = 1,
        directorySize: Int? = nil, signature: Int = 0x0201_4B50, crc: Int = 0x3610_A686
    ) -> MemoryBytes {
        let local =
            little(0x0403_4B50, 4) + little(20, 2) + little(flags, 2) + little(method, 2) + little(0, 4)
            + little(0x3610_A686, 4) + little(5, 4) + little(size, 4) + little(name.count, 2) + little(0, 2) + name
        let data = local + Array("hello".utf8)
        let directory =
            little(signature, 4) + little(20, 2) + little(20, 2) + little(flags, 2) + little(method, 2) + little(0, 4)
            + little(crc, 4) + little(5, 4) + little(size, 4) + little(name.count, 2) + little(0, 2) + little(0, 2)
            + little(0, 8) + little(offset, 4) + name
        let end =
            little(0x0605_4B50, 4) + little(disk, 2) + little(disk, 2) + little(count, 2) + little(count, 2)
            + little(directorySize ?? directory.count, 4) + little(data.count, 4) + little(0, 2)
        return MemoryBytes(data + directory + end, path: "test.zip")
    }

    private func zipFailure(_ file: MemoryBytes) -> Fault? {
        do {
            let archive = try ZipArchive(file)
            _ = try archive.allBytes("a", limit: 100)
            try archive.verify("a")
            return nil
        } catch { return error }
    }

    @Test func zip() throws {
        #expect(try ZipArchive(zip()).allBytes("a", limit: 100) == Array("hello".utf8))
        guard zipFailure(zip(disk: 1)).isA(.zipSeveralDisks) else {
            Issue.record("severalDisks")
            return
        }
        guard zipFailure(zip(flags: 1)).isA(.zipEncrypted) else {
            Issue.record("encrypted")
            return
        }
        guard zipFailure(zip(method: 12)).isA(.zipUnknownMethod, "'a'", "12") else {
            Issue.record("unknownMethod")
            return
        }
        guard zipFailure(zip(size: 6)).isA(.zipSizesDiffer) else {
            Issue.record("sizesDiffer")
            return
        }
        guard zipFailure(zip(name: [0xFF])).isA(.zipBadName) else {
            Issue.record("badName")
            return
        }
        guard zipFailure(zip(offset: 3)).isA(.zipNoLocalHeader) else {
            Issue.record("noLocalHeader")
            return
        }
        guard zipFailure(zip(directorySize: 1000)).isA(.zipDirectoryOutside) else {
            Issue.record("directoryOutside")
            return
        }
        guard zipFailure(zip(signature: 7)).isA(.zipBadDirectory) else {
            Issue.record("badDirectory")
            return
        }
        guard zipFailure(zip(crc: 1)).isA(.zipWrongChecksum) else {
            Issue.record("wrongChecksum")
            return
        }
        guard zipFailure(MemoryBytes([0x50, 0x4B], path: "short")).isA(.zipNoEndRecord) else {
            Issue.record("noEndRecord")
            return
        }
    }

    /// zip64 counts stand in a record of their own; the limit is checked before anything is read.
    @Test func zip64CountsAreBounded() {
        let record =
            little(0x0606_4B50, 4) + little(44, 8) + little(0, 20) + little(1 << 40, 8) + little(0, 8) + little(0, 8)
        let locator = little(0x0706_4B50, 4) + little(0, 4) + little(0, 8) + little(1, 4)
        let end =
            little(0x0605_4B50, 4) + little(0, 4) + little(0xFFFF, 2) + little(0xFFFF, 2) + little(0xFFFF_FFFF, 4)
            + little(0xFFFF_FFFF, 4) + little(0, 2)
        guard zipFailure(MemoryBytes(record + locator + end, path: "test.zip")).isA(.zipTooManyEntries) else {
            Issue.record("tooManyEntries")
            return
        }
    }

    // Tar ----------------------------------------------------------------------------------------------

    private func member(
        _ name: String, kind: Character = "0", size: String = "00000000000", body: [UInt8] = [], breaking: Bool = false
    ) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (i, byte) in text.utf8.enumerated() { header[offset + i] = byte }
        }
        put(name, at: 0)
        put(size, at: 124)
        put("        ", at: 148)
        put(String(kind), at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = header.reduce(0) { $0 + Int($1) } + (breaking ? 1 : 0)
        let digits = String(sum, radix: 8)
        put(String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} ", at: 148)
        return header + body + [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
    }

    private func octal(_ value: Int) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: 11 - digits.count) + digits
    }

    private func tarFailure(_ bytes: [UInt8]) -> Fault? {
        do {
            _ = try TarArchive(MemoryBytes(bytes, path: "test.tar"))
            return nil
        } catch { return error }
    }

    @Test func tar() throws {
        let end = [UInt8](repeating: 0, count: 1024)
        let hello = Array("hello".utf8)
        let good = try TarArchive(MemoryBytes(member("a/b", size: octal(5), body: hello) + end, path: "test.tar"))
        #expect(try good.tree("a").open("b")?.allBytes(what: "a member", limit: 10) == hello)
        #expect(good.directories == ["a"])

        guard tarFailure([UInt8](repeating: 7, count: 1024)).isA(.tarNotTar) else {
            Issue.record("notTar")
            return
        }
        guard tarFailure(member("a") + member("b", breaking: true) + end).isA(.tarBadChecksum) else {
            Issue.record("badChecksum")
            return
        }
        guard tarFailure(member("a", size: "0000000000z") + end).isA(.tarBadNumber) else {
            Issue.record("badNumber")
            return
        }
        guard tarFailure(member("../a") + end).isA(.tarUnsafeName) else {
            Issue.record("unsafeName")
            return
        }
        guard tarFailure(member("/a") + end).isA(.tarUnsafeName) else {
            Issue.record("absolute name")
            return
        }
        guard tarFailure(member("a") + member("./a") + end).isA(.tarDuplicateMember) else {
            Issue.record("duplicateMember")
            return
        }
        guard tarFailure(member("a", size: octal(5000))).isA(.tarMemberOutside) else {
            Issue.record("memberOutside")
            return
        }
        guard tarFailure(member("a", kind: "S") + end).isA(.tarSparse) else {
            Issue.record("sparse")
            return
        }
        let pax = Array("99 path=x\n".utf8)
        guard tarFailure(member("p", kind: "x", size: octal(pax.count), body: pax) + end).isA(.tarBadPax) else {
            Issue.record("badPax")
            return
        }
    }

    @Test func paxAndGNUNamesAreRead() throws {
        let end = [UInt8](repeating: 0, count: 1024)
        let long = String(repeating: "d", count: 120) + "/file"
        let record = "\(long.utf8.count + 10) path=\(long)\n"
        let pax = try TarArchive(
            MemoryBytes(
                member("p", kind: "x", size: octal(record.utf8.count), body: Array(record.utf8)) + member("short")
                    + end, path: "t"))
        #expect(Array(pax.members.keys) == [long])
        let gnu = try TarArchive(
            MemoryBytes(
                member("././@LongLink", kind: "L", size: octal(long.utf8.count + 1), body: Array(long.utf8) + [0])
                    + member("short") + end,
                path: "t"))
        #expect(Array(gnu.members.keys) == [long])
        // Base 256: the first bit set, then a big-endian number.
        var header = member("a", size: String(repeating: "0", count: 11))
        header[124] = 0x80
        for i in 125..<135 { header[i] = 0 }
        header[135] = 5
        let sum = header[0..<512].enumerated().reduce(0) {
            $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element))
        }
        for (i, byte)
            in (String(repeating: "0", count: 6 - String(sum, radix: 8).count) + String(sum, radix: 8) + "\u{0} ").utf8
            .enumerated()
        {
            header[148 + i] = byte
        }
        let binary = try TarArchive(
            MemoryBytes(header + Array("hello".utf8) + [UInt8](repeating: 0, count: 507) + end, path: "t"))
        guard case .file(_, 5)? = binary.members["a"] else {
            Issue.record("base 256")
            return
        }
    }

    // Tables -------------------------------------------------------------------------------------------

    /// A table of one data block with raw content; `type` is its compression.
    private func table(_ block: [UInt8], type: UInt8 = 0, handle: [UInt8]? = nil) -> MemoryBytes {
        func sealed(_ bytes: [UInt8], _ type: UInt8) -> [UInt8] {
            var crc = CRC32(.castagnoli)
            (bytes + [type]).withUnsafeBytes { crc.update($0) }
            return bytes + [type] + little(Int(crc.masked), 4)
        }
        let data = sealed(block, type)
        let handle = handle ?? [0, UInt8(block.count)]
        let index = [0, 1, UInt8(handle.count), 0x7A] + handle + little(0, 4) + little(1, 4)
        let footer: [UInt8] = [0, 0, UInt8(data.count), UInt8(index.count)]
        return MemoryBytes(
            data + sealed(index, 0) + footer + [UInt8](repeating: 0, count: 36) + SortedTable.magic, path: "test.index")
    }

    private func tableFailure(_ file: MemoryBytes) -> Fault? {
        do {
            _ = try SortedTable(file)
            return nil
        } catch { return error }
    }

    @Test func tables() throws {
        let block = [0, 1, 1, 0x61, 7, 1, 1, 1, 0x62, 8] + little(0, 4) + little(1, 4)
        let good = try SortedTable(table(block))
        #expect(good.entries.map(\.key) == [Array("a".utf8), Array("ab".utf8)])
        // The same block as one snappy literal.
        let packed = [UInt8(block.count), UInt8((block.count - 1) << 2)] + block
        #expect(try SortedTable(table(packed, type: 1)).entries.count == 2)
        guard tableFailure(table([200, 0, 1], type: 1)).isA(.tableBadSnappy) else {
            Issue.record("badSnappy")
            return
        }
        guard tableFailure(table(block, type: 2)).isA(.tableUnknownCompression) else {
            Issue.record("unknownCompression")
            return
        }
        guard tableFailure(table(block, handle: [0xFF, 0x7F, 1])).isA(.tableBlockOutside) else {
            Issue.record("blockOutside")
            return
        }
        guard tableFailure(table([5, 1, 1, 0x61, 7] + little(0, 4) + little(1, 4))).isA(.tableBadBlock) else {
            Issue.record("badBlock")
            return
        }
        guard tableFailure(table(little(0, 4) + little(1000, 4))).isA(.tableBadBlock) else {
            Issue.record("restarts")
            return
        }
        guard tableFailure(MemoryBytes([], path: "empty")).isA(.tableNoFooter) else {
            Issue.record("noFooter")
            return
        }
        let headless = fault {
            try TensorFlowBundle.read(table(block), name: "test.index", tree: DirectoryTree(path: "."))
        }
        #expect(headless.isA(.bundleNoHeader))
    }

    @Test func wireFormat() {
        func failure(_ bytes: [UInt8]) -> Fault? {
            var wire = WireReader(bytes[...], path: "test")
            do {
                while try wire.field() != nil {}
                return nil
            } catch { return error }
        }
        #expect(failure([8, 1]) == nil)
        guard failure([10, 5, 1]).isA(.protobufTruncated) else {
            Issue.record("truncated")
            return
        }
        guard failure([8] + [UInt8](repeating: 0xFF, count: 11)).isA(.protobufBadVarint) else {
            Issue.record("badVarint")
            return
        }
        guard failure([0x0B]).isA(.protobufBadField) else {
            Issue.record("badField")
            return
        }
    }

    @Test func numpy() throws {
        func array(_ header: String, _ data: [UInt8]) throws -> NumpyArray {
            try NumpyArray(
                [0x93] + Array("NUMPY".utf8) + [1, 0] + little(header.utf8.count, 2) + Array(header.utf8) + data,
                path: "a.npy")
        }
        let good = try array(
            "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }\n", little(7, 4) + little(-1, 4))
        #expect(good.integers == [7, -1])
        #expect(good.shape == [2])
        func failure(_ header: String, _ data: [UInt8]) -> FaultCode? { fault { try array(header, data) }?.code }
        #expect(fault { try NumpyArray([UInt8](repeating: 0, count: 20), path: "a.npy") }.isA(.numpyNotNumpy))
        #expect(failure("{'shape': (2,)}", []) == .numpyBadHeader)
        #expect(failure("{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }", []) == .numpyUnknownType)
        #expect(
            failure("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 2), }", little(0, 16)) == .numpyFortranOrder)
        #expect(failure("{'descr': '<i4', 'fortran_order': False, 'shape': (9,), }", little(0, 8)) == .numpyTruncated)
    }
}
