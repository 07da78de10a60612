import AlbitModel
import TestData
import Testing

import AlbitImporters

@Suite struct KerasTests {
    /// HDF5's checksum is stored in every file of the kind; the zoo has one with chunks under Fletcher-32.
    @Test func findsADamagedChunk() throws {
        let path = Zoo.directory + "/keras/h5_variants/fletcher.h5"
        var bytes = try TestData.bytes(atPath: path)
        let checkpoint = try Keras.read(MemoryBytes(bytes, path: path), base: 0)
        let words = try #require(checkpoint.tensors.first { $0.name.hasSuffix("word_embeddings/weight:0") }?.tensor)
        var value: Float = 0
        try withUnsafeMutablePointer(to: &value) { try words.read(0..<1, into: UnsafeMutableBufferPointer(start: $0, count: 1)) }
        let pattern = withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        let place = try #require(bytes.indices.dropLast(4).first { Array(bytes[$0..<($0 + 4)]) == pattern })
        bytes[place] ^= 1
        let damaged = try Keras.read(MemoryBytes(bytes, path: path), base: 0)
        let tensor = try #require(damaged.tensors.first { $0.name.hasSuffix("word_embeddings/weight:0") }?.tensor)
        #expect(throws: HDF5Error.self) {
            try withUnsafeMutablePointer(to: &value) { try tensor.read(0..<1, into: UnsafeMutableBufferPointer(start: $0, count: 1)) }
        }
    }

    @Test func refusesTheHostile() {
        let rows = Zoo.rows.filter { $0.path.hasPrefix("bad/h5/") }
        #expect(rows.count == 4)
        for row in rows {
            let (error, seconds) = ZooImport.refusal(of: row)
            #expect(ZooImport.inner(error) is HDF5Error, "\(row): \(String(describing: error))")
            #expect(seconds < 2, "\(row)")
        }
    }
}
