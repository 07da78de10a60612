import AlbitImporters
import AlbitModel
import AlbitText
import TestData
import Testing

@Suite struct KerasTests {
    /// HDF5's checksum is stored in every file of the kind; the zoo has one with chunks under Fletcher-32.
    @Test func findsADamagedChunk() throws {
        let path = Zoo.directory + "/keras/h5_variants/fletcher.h5"
        var bytes = try TestData.bytes(atPath: path)
        let checkpoint = try Keras.read(MemoryBytes(bytes, path: path), base: 0)
        let words = try #require(checkpoint.tensors.first { $0.name.hasSuffix("word_embeddings/weight:0") }?.tensor)
        var value: Float = 0
        try withUnsafeMutablePointer(to: &value) {
            try words.read(0..<1, into: UnsafeMutableBufferPointer(start: $0, count: 1))
        }
        let pattern = withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        let place = try #require(bytes.indices.dropLast(4).first { Array(bytes[$0..<($0 + 4)]) == pattern })
        bytes[place] ^= 1
        let damaged = try Keras.read(MemoryBytes(bytes, path: path), base: 0)
        let tensor = try #require(damaged.tensors.first { $0.name.hasSuffix("word_embeddings/weight:0") }?.tensor)
        let found = fault {
            try withUnsafeMutablePointer(to: &value) {
                try tensor.read(0..<1, into: UnsafeMutableBufferPointer(start: $0, count: 1))
            }
        }
        #expect(found.isA(.hdf5WrongChecksum, "word_embeddings"), "\(String(describing: found))")
    }

    @Test func eachErrorIsReached() throws {
        func failure(_ name: String, _ change: (inout [UInt8]) -> Void = { _ in }) throws -> Fault? {
            var bytes = try TestData.bytes(atPath: Zoo.directory + "/" + name)
            change(&bytes)
            do {
                let checkpoint = try Keras.read(MemoryBytes(bytes, path: name), base: 0)
                for named in checkpoint.tensors {
                    let count = named.tensor.elementCount
                    try withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, count)) {
                        try named.tensor.read(0..<count, into: UnsafeMutableBufferPointer(rebasing: $0[..<count]))
                    }
                }
                return nil
            } catch { return error as? Fault }
        }
        let good = "keras/base-seqcls/tf_model.h5"
        #expect(try failure(good) == nil)
        guard try failure("bad/h5/trunc_half.h5").isA(.hdf5Truncated) else {
            Issue.record("truncated")
            return
        }
        guard try failure("bad/h5/eof_address_huge.h5").isA(.hdf5Truncated) else {
            Issue.record("end of file")
            return
        }
        guard try failure("bad/h5/btree_bad_child.h5").isA(.hdf5Outside) else {
            Issue.record("outside")
            return
        }
        guard try failure("bad/h5/btree_cycle.h5").isA(.hdf5Damaged) else {
            Issue.record("damaged")
            return
        }
        guard try failure(good, { $0[8] = 9 }).isA(.hdf5Unsupported) else {
            Issue.record("unsupported")
            return
        }
        // A chunk that no longer unpacks: every zlib stream of the file gets a wrong first byte.
        let packed: (inout [UInt8]) -> Void = { bytes in
            for i in bytes.indices.dropLast(1) where bytes[i] == 0x78 && [0x5E, 0x9C].contains(bytes[i + 1]) {
                bytes[i] = 0
            }
        }
        let unpacked = try failure("keras/h5_variants/gzip_chunked.h5", packed)
        guard unpacked.isA(.hdf5BadDataset) else {
            Issue.record("badDataset: \(String(describing: unpacked))")
            return
        }
        // Every symbol node's first entry points at the root group: a cycle of groups.
        let cycle: (inout [UInt8]) -> Void = { bytes in
            let root = Array(bytes[64..<72])
            for i in bytes.indices.dropLast(24) where Array(bytes[i..<(i + 4)]) == Array("SNOD".utf8) {
                bytes.replaceSubrange((i + 16)..<(i + 24), with: root)
            }
        }
        guard try failure(good, cycle).isA(.hdf5TooMany) else {
            Issue.record("tooMany")
            return
        }
    }

    @Test func refusesTheHostile() {
        let rows = Zoo.rows.filter { $0.path.hasPrefix("bad/h5/") }
        #expect(rows.count == 4)
        for row in rows {
            let (error, seconds) = ZooImport.refusal(of: row)
            #expect(error.map { "\($0.code)" }?.hasPrefix("hdf5") == true, "\(row): \(String(describing: error))")
            #expect(seconds < 2, "\(row)")
        }
    }
}
