import AlbitImporters
import AlbitModel
import AlbitText
import TestData
import Testing

@Suite struct FlaxTests {
    private func failure(_ bytes: [UInt8]) -> Fault? {
        do {
            _ = try Flax.read(MemoryBytes(bytes, path: "test"))
            return nil
        } catch { return error }
    }

    /// `{"w": array}` where the array's payload is given.
    private func file(_ payload: [UInt8]) -> [UInt8] { [0x81, 0xA1, 0x77, 0xC7, UInt8(payload.count), 1] + payload }

    private let float: [UInt8] = [0xA7] + Array("float32".utf8)

    @Test func eachRuleHasItsError() throws {
        let whole = try Flax.read(
            MemoryBytes(file([0x93, 0x91, 1] + float + [0xC4, 4, 0, 0, 0x80, 0x3F]), path: "test"))
        #expect(whole.tensors.map(\.name) == ["w"])
        guard failure([0x81, 0xA1, 0x77]).isA(.flaxTruncated) else {
            Issue.record("truncated")
            return
        }
        guard failure([0xC9, 0xFF, 0xFF, 0xFF, 0xFF, 1]).isA(.flaxValueOutside) else {
            Issue.record("valueOutside")
            return
        }
        guard failure([0xC1]).isA(.flaxUnknownTag) else {
            Issue.record("unknownTag")
            return
        }
        guard failure([UInt8](repeating: 0x91, count: 1000)).isA(.flaxTooDeep) else {
            Issue.record("tooDeep")
            return
        }
        guard failure([0x81, 0x90, 0x01]).isA(.flaxBadName) else {
            Issue.record("badName")
            return
        }
        guard failure([0x82, 0xA1, 0x77, 1, 0xA1, 0x77, 1]).isA(.flaxDuplicateName) else {
            Issue.record("duplicateName")
            return
        }
        guard failure(file([0x92, 0x91, 1] + float)).isA(.flaxBadArray) else {
            Issue.record("badArray")
            return
        }
        guard failure(file([0x93, 0x91, 1, 0xA1, 0x78, 0xC4, 4, 0, 0, 0, 0])).isA(.flaxUnknownType) else {
            Issue.record("unknownType")
            return
        }
        guard failure(file([0x93, 0x91, 2] + float + [0xC4, 4, 0, 0, 0, 0])).isA(.flaxSizeMismatch) else {
            Issue.record("sizeMismatch")
            return
        }
        guard failure([0x80, 0x80]).isA(.flaxTrailingBytes) else {
            Issue.record("trailingBytes")
            return
        }
        let chunked =
            [0x82, 0xB9] + Array("__msgpack_chunked_array__".utf8) + [0xC3, 0xA5] + Array("shape".utf8) + [0x80]
        guard failure(chunked).isA(.flaxBadChunks) else {
            Issue.record("badChunks")
            return
        }
    }

    @Test func refusesTheHostile() {
        let rows = Zoo.rows.filter { $0.path.hasPrefix("bad/msgpack/") }
        #expect(rows.count == 4)
        for row in rows {
            let (error, seconds) = ZooImport.refusal(of: row)
            #expect(error.map { "\($0.code)" }?.hasPrefix("flax") == true, "\(row): \(String(describing: error))")
            #expect(seconds < 2, "\(row)")
        }
    }
}
