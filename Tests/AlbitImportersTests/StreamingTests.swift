import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitImporters

/// What only large models reach: several panels, restart points, spilling.
@Suite struct StreamingTests {
    /// Bytes from a fixed generator, hardly compressible.
    private static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { buffer in
            let words = buffer.bindMemory(to: UInt64.self)
            for i in 0..<words.count {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                words[i] = state
            }
        }
        return bytes
    }

    /// The bytes as `gzip` packs them.
    private static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let path = try TestData.temporaryDirectory() + "/plain"
        try Data(bytes).write(to: URL(filePath: path))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-1", path]
        try process.run()
        process.waitUntilExit()
        return try TestData.bytes(atPath: path + ".gz")
    }

    @Test func readsAnywhereInGzipMembers() throws {
        let plain = StreamingTests.noise(13 << 20)
        // Two members, as `cat a.gz b.gz` makes them, then padding.
        let cut = 7 << 20
        let packed =
            try StreamingTests.gzip(Array(plain[..<cut])) + StreamingTests.gzip(Array(plain[cut...])) + [0, 0, 0, 0]
        let stream = InflatedBytes(gzip: MemoryBytes(packed, path: "noise.gz"))
        try stream.readToEnd()
        #expect(stream.count == plain.count)
        // Forwards, backwards, across the members and across restart points.
        for offset in [0, 5_000_000, 4_999_999, 1, cut - 10, 12_999_000, cut + 100, 8_400_000, 3, plain.count - 1000] {
            let found = try stream.bytes(at: offset, count: 1000, what: "noise", limit: 1000)
            #expect(found == Array(plain[offset..<(offset + 1000)]), "\(offset)")
        }
        #expect(fault { try stream.bytes(at: plain.count - 1, count: 2, what: "noise", limit: 2) }.isA(.fileOutside))
    }

    @Test func damagedGzipIsFound() throws {
        var packed = try StreamingTests.gzip(StreamingTests.noise(100_000))
        packed[packed.count - 6] ^= 1  // The CRC-32 in the trailer.
        #expect(
            fault { try InflatedBytes(gzip: MemoryBytes(packed, path: "noise.gz")).readToEnd() }.isA(.deflateCorrupt))
    }

    /// Floats whose bits are the noise, with the exponent kept small so that none is NaN.
    private static func floats(_ count: Int) -> [UInt8] {
        var bytes = noise(count * 4)
        for i in stride(from: 3, to: bytes.count, by: 4) { bytes[i] = 0x3F }
        return bytes
    }

    private func read(_ tensor: any LazyTensor, blocks: Int) throws -> [Float] {
        var values = [Float](repeating: 0, count: tensor.elementCount)
        try values.withUnsafeMutableBufferPointer { buffer in
            var start = 0
            while start < buffer.count {
                let end = min(buffer.count, start + blocks)
                try tensor.read(start..<end, into: UnsafeMutableBufferPointer(rebasing: buffer[start..<end]))
                start = end
            }
        }
        return values
    }

    @Test func transposesInPanelsAndThroughAFile() throws {
        let rows = 2600
        let columns = 1000
        #expect(rows * columns > TensorView.panelElements)
        let bytes = StreamingTests.floats(rows * columns)
        let plain = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        var expected = [Float](repeating: 0, count: plain.count)
        plain.withUnsafeBufferPointer { from in
            expected.withUnsafeMutableBufferPointer { to in
                for r in 0..<rows { for c in 0..<columns { to[c * rows + r] = from[r * columns + c] } }
            }
        }
        let stored = StoredTensor(
            shape: [rows, columns], dtype: .float32, source: MemoryBytes(bytes, path: "a"), offset: 0)
        let view = try #require(TensorView.transposed(stored))
        #expect(!view.isSpilled)
        #expect(try read(view, blocks: 100_000) == expected)

        let stream = InflatedBytes(gzip: MemoryBytes(try StreamingTests.gzip(bytes), path: "a.gz"))
        try stream.readToEnd()
        var crc = CRC32(.castagnoli)
        bytes.withUnsafeBytes { crc.update($0) }
        func packed(_ checksum: UInt32) throws -> TensorView {
            let tensor = StoredTensor(
                shape: [rows, columns], dtype: .float32, source: stream, offset: 0,
                check: .crc32c(checksum) { Fault(.bundleWrongChecksum, in: "a.gz", "made for this test") })
            return try #require(TensorView.transposed(tensor))
        }
        let spilled = try packed(crc.masked)
        #expect(spilled.isSpilled)
        #expect(try read(spilled, blocks: 77_777) == expected)
        // The checksum ran along with the one pass over the stream.
        #expect(fault { try read(try packed(crc.masked ^ 1), blocks: 100_000) }.isA(.bundleWrongChecksum))
    }

    @Test func joinsPartsAlongAnyAxis() throws {
        func tensor(_ shape: [Int], _ first: Float) throws -> any LazyTensor {
            let values = (0..<shape.reduce(1, *)).map { first + Float($0) }
            return StoredTensor(
                shape: shape, dtype: .float32, source: MemoryBytes(values.withUnsafeBytes { Array($0) }, path: "part"),
                offset: 0)
        }
        let byRows = try #require(
            JoinedTensor(
                shape: [3, 2], axis: 0,
                parts: [.init(start: 2, tensor: tensor([1, 2], 10)), .init(start: 0, tensor: tensor([2, 2], 0))]))
        #expect(try read(byRows, blocks: 4) == [0, 1, 2, 3, 10, 11])
        let byColumns = try #require(
            JoinedTensor(
                shape: [2, 3], axis: 1,
                parts: [.init(start: 0, tensor: tensor([2, 1], 0)), .init(start: 1, tensor: tensor([2, 2], 10))]))
        #expect(try read(byColumns, blocks: 4) == [0, 10, 11, 1, 12, 13])
        #expect(JoinedTensor(shape: [3, 2], axis: 0, parts: [.init(start: 0, tensor: try tensor([2, 2], 0))]) == nil)
        #expect(JoinedTensor(shape: [2, 2], axis: 0, parts: [.init(start: 1, tensor: try tensor([2, 2], 0))]) == nil)
    }

    @Test func viewsStayInsideTheirBase() throws {
        let base = StoredTensor(
            shape: [12], dtype: .float32, source: MemoryBytes([UInt8](repeating: 0, count: 48), path: "a"), offset: 0)
        #expect(TensorView(base, shape: [3, 4], strides: [4, 1]) != nil)
        #expect(TensorView(base, shape: [3, 4], strides: [4, 1], offset: 1) == nil)
        #expect(TensorView(base, shape: [3, 4], strides: [-4, 1]) == nil)
        #expect(TensorView(base, shape: [.max, 4], strides: [4, 1]) == nil)
        #expect(TensorView(base, shape: [2, 2], strides: [.max, 1]) == nil)
        #expect(TensorView(base, shape: [5, 12], strides: [0, 1]) != nil)
    }

    /// Every half-precision value there is, against the conversion of the processor or its library.
    @Test func widensEveryHalf() {
        for bits in UInt16.min...UInt16.max {
            let found = TensorType.widen(bits)
            let expected = Float(Float16(bitPattern: bits))
            #expect(found.bitPattern == expected.bitPattern || found.isNaN && expected.isNaN, "\(bits)")
        }
    }
}
