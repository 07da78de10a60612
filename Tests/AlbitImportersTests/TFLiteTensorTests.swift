import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitImporters

/// The zoo's TFLite file with one of its tensors changed in each test: three int32 numbers of a shape.
@Suite struct TFLiteTensorTests {
    private let good: [UInt8]
    /// The tensor's table, and the place of its buffer's table among those of the model.
    private let tensor: Int
    private let buffer: Int
    private let firstCode: Int

    init() throws {
        let bytes = try TestData.bytes(atPath: Zoo.directory + "/tflite/hf_seqcls_f32.tflite")
        func integer(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        func target(_ offset: Int) -> Int { offset + integer(offset) }
        let root = target(0)
        let graph = target(target(TFLiteTensorTests.place(root, 2, in: bytes)) + 4)
        let tensors = target(TFLiteTensorTests.place(graph, 0, in: bytes))
        let found = (0..<integer(tensors)).first { index in
            let table = target(tensors + 4 + 4 * index)
            return bytes[TFLiteTensorTests.place(table, 1, in: bytes)] == 2
                && integer(TFLiteTensorTests.place(table, 2, in: bytes)) > 0
                && integer(target(TFLiteTensorTests.place(table, 0, in: bytes)) + 4) == 3
        }
        let table = target(tensors + 4 + 4 * (try #require(found)))
        let number = integer(TFLiteTensorTests.place(table, 2, in: bytes))
        good = bytes
        tensor = table
        buffer = target(TFLiteTensorTests.place(root, 4, in: bytes)) + 4 + 4 * number
        firstCode = target(target(TFLiteTensorTests.place(root, 1, in: bytes)) + 4)
    }

    /// Where a field of a table lies; the table's own place for one that is left out.
    private static func place(_ table: Int, _ field: Int, in bytes: [UInt8]) -> Int {
        let back = (0..<4).reduce(0) { $0 | Int(bytes[table + $1]) << (8 * $1) }
        let slot = table - Int(Int32(truncatingIfNeeded: back)) + 4 + 2 * field
        return table + (Int(bytes[slot]) | Int(bytes[slot + 1]) << 8)
    }

    private static func put(_ value: Int, _ count: Int, at offset: Int, in bytes: inout [UInt8]) {
        for i in 0..<count { bytes[offset + i] = UInt8(truncatingIfNeeded: value >> (8 * i)) }
    }

    private func failure(_ change: (inout [UInt8]) -> Void) throws -> Fault? {
        var bytes = good
        change(&bytes)
        let path = try TestData.temporaryDirectory() + "/model.tflite"
        try Data(bytes).write(to: URL(filePath: path))
        return fault { try Importer.open(path: path) }
    }

    /// Appends a table whose fields have these sizes and values (0: left out), and points `reference` at it.
    private func append(_ fields: [(size: Int, value: Int)], at reference: Int, to bytes: inout [UInt8]) -> Int {
        while bytes.count % 8 != 4 { bytes.append(0) }
        let vtable = bytes.count
        let head = 4 + 2 * fields.count
        var content: [UInt8] = []
        var slots: [Int] = []
        for (size, value) in fields {
            slots.append(size == 0 ? 0 : 4 + content.count)
            content += (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        for number in [head, 4 + content.count] + slots {
            bytes += [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
        }
        while bytes.count % 8 != 4 { bytes.append(0) }
        let table = bytes.count
        bytes += [UInt8](repeating: 0, count: 4) + content
        Self.put(table - vtable, 4, at: table, in: &bytes)
        Self.put(table - reference, 4, at: reference, in: &bytes)
        return table
    }

    @Test func anUnknownType() throws {
        let found = try failure { $0[Self.place(tensor, 1, in: good)] = 77 }
        #expect(found.isA(.tfliteUnknownType, "77"), "\(String(describing: found))")
    }

    /// The slot of the sparsity names the place of the quantization, which is a table too.
    @Test func aSparseTensor() throws {
        let found = try failure { bytes in
            let back = (0..<4).reduce(0) { $0 | Int(bytes[tensor + $1]) << (8 * $1) }
            let slots = tensor - Int(Int32(truncatingIfNeeded: back)) + 4
            Self.put(Self.place(tensor, 4, in: good) - tensor, 2, at: slots + 2 * 6, in: &bytes)
        }
        #expect(found.isA(.tfliteSparse), "\(String(describing: found))")
    }

    @Test func aScaleThatIsNoNumber() throws {
        let found = try failure { bytes in
            let reference = Self.place(tensor, 4, in: good)
            let table = append([(0, 0), (0, 0), (4, 4)], at: reference, to: &bytes)
            // A vector of one float, NaN, behind the table.
            Self.put(bytes.count - (table + 4), 4, at: table + 4, in: &bytes)
            bytes += [1, 0, 0, 0, 0, 0, 0xC0, 0x7F]
        }
        #expect(found.isA(.tfliteBadScale, "not all finite"), "\(String(describing: found))")
    }

    /// In files above 2 GB buffers lie behind the tables.
    @Test func aBufferBehindTheEnd() throws {
        let found = try failure { bytes in
            _ = append([(0, 0), (8, 1 << 33), (8, 12)], at: buffer, to: &bytes)
        }
        #expect(found.isA(.tfliteOutside, "12", "\(1 << 33)"), "\(String(describing: found))")
    }

    /// The first operator becomes QUANTIZE.
    @Test func quantizedActivations() throws {
        let found = try failure { bytes in
            bytes[Self.place(firstCode, 0, in: good)] = 114
            Self.put(114, 4, at: Self.place(firstCode, 3, in: good), in: &bytes)
        }
        #expect(found.isA(.tfliteIntegerActivations), "\(String(describing: found))")
    }
}
