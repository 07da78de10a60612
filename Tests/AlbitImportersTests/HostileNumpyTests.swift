import AlbitModel
import AlbitText
import TestData
import Testing

@testable import AlbitImporters

/// `.npy` and `.npz` files that are wrong, each with its own error: goldens come from strangers too.
@Suite struct HostileNumpyTests {
    private func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private func npy(_ header: String, data: [UInt8] = [], major: UInt8 = 1, length: Int? = nil) -> [UInt8] {
        [0x93] + Array("NUMPY".utf8) + [major, 0] + little(length ?? header.utf8.count, major == 1 ? 2 : 4)
            + Array(header.utf8) + data
    }

    private func failure(_ bytes: [UInt8]) -> FaultCode? {
        do {
            _ = try NumpyArray(bytes, path: "golden.npy")
            return nil
        } catch {
            #expect(error.description.contains("golden.npy"))
            return error.code
        }
    }

    private func header(_ type: String = "<f4", order: String = "False", shape: String) -> String {
        "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
    }

    @Test func arrays() {
        #expect(failure(npy(header(shape: "(1,)"), data: [0, 0, 128, 63])) == nil)
        #expect(failure([]) == .fileOutside)
        #expect(failure(Array("NUMPY is not here".utf8)) == .numpyNotNumpy)
        #expect(failure(npy(header(shape: "(1,)"), length: 60_000)) == .fileOutside)
        #expect(failure(npy(header(shape: "(1,)"), major: 2, length: 0x7FFF_FFFF)) == .fileOutside)
        #expect(failure(npy("")) == .numpyBadHeader)
        #expect(failure(npy("{'descr': '<f4'}")) == .numpyBadHeader)
        #expect(failure(npy(header(shape: "(a,)"))) == .numpyBadHeader)
        #expect(failure(npy(header(shape: "(-1,)"))) == .numpyBadHeader)
        #expect(failure(npy(header(shape: "(4294967296, 4294967296)"))) == .numpyBadHeader)
        #expect(failure(npy(header(shape: "(99999999999999999999,)"))) == .numpyBadHeader)
        #expect(failure(npy(header(order: "True", shape: "(2, 2)"), data: little(0, 16))) == .numpyFortranOrder)
        #expect(failure(npy(header(">f4", shape: "(1,)"), data: little(0, 4))) == .numpyUnknownType)
        #expect(failure(npy(header("|O", shape: "(1,)"), data: little(0, 8))) == .numpyUnknownType)
        #expect(failure(npy(header("<c8", shape: "(1,)"), data: little(0, 8))) == .numpyUnknownType)
        #expect(failure(npy(header(shape: "(1000000000000,)"), data: little(0, 8))) == .numpyTruncated)
        #expect(failure(npy(header(shape: "(3,)"), data: little(0, 8))) == .numpyTruncated)
    }

    /// Damage inside an archive is noticed by its checksum.
    @Test func archives() throws {
        let path = try #require(Zoo.rows.compactMap(\.golden).first)
        let whole = try TestData.bytes(atPath: Zoo.directory + "/" + path)
        let archive = try NumpyArchive(MemoryBytes(whole, path: "golden.npz"))
        let name = try #require(archive.names.first)
        #expect(try archive.array(name) != nil)
        #expect(try archive.array("not there") == nil)
        // A byte changed: an error, or a field that nobody reads and the same numbers.
        func values(_ bytes: [UInt8]) throws -> [[UInt64]] {
            let archive = try NumpyArchive(MemoryBytes(bytes, path: "golden.npz"))
            return try archive.names.map { try archive.array($0)?.values.map(\.bitPattern) ?? [] }
        }
        let expected = try values(whole)
        var refused = 0
        for place in stride(from: 0, to: whole.count, by: 31) {
            var damaged = whole
            damaged[place] ^= 0x41
            do {
                #expect(try values(damaged) == expected, "byte \(place)")
            } catch {
                #expect(error is Fault)
                refused += 1
            }
        }
        #expect(refused > whole.count / 62)
        for cut in [1, 21, 22, 100, whole.count / 2, whole.count - 1] {
            #expect(throws: (any Error).self, "\(cut) bytes less") {
                let archive = try NumpyArchive(MemoryBytes(Array(whole[..<(whole.count - cut)]), path: "golden.npz"))
                for name in archive.names { _ = try archive.array(name) }
            }
        }
    }
}
