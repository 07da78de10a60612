import AlbitCommands
import AlbitText
import CPlatform
import Foundation
import TestData
import Testing

@Suite struct LineReaderTests {
    /// What a reader makes of some bytes that come through a pipe in chunks; an overlong line shows as nil.
    private func lines(_ text: String, limit: Int = 1 << 20, chunk: Int = Int.max) -> [String?] {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (readEnd, writeEnd) = (ends[0], ends[1])
        let bytes = Array(text.utf8)
        let writer = Thread {
            var at = 0
            while at < bytes.count {
                let count = min(chunk, bytes.count - at)
                bytes.withUnsafeBytes { _ = platform_write(writeEnd, $0.baseAddress! + at, count) }
                at += count
            }
            close(writeEnd)
        }
        writer.start()
        defer { close(readEnd) }
        var reader = LineReader(descriptor: readEnd, limit: limit)
        var result: [String?] = []
        while true {
            do {
                guard let line = try reader.next() else { return result }
                result.append(String(decoding: line, as: UTF8.self))
            } catch {
                #expect(error.isA(.lineTooLong, "\(result.count + 1)", "\(limit)"))
                result.append(nil)
            }
            #expect(reader.lineNumber == result.count)
        }
    }

    @Test(arguments: [1, 2, 3, 7, Int.max])
    func linesEndWithLineFeedOrCarriageReturnAndLineFeed(_ chunk: Int) {
        #expect(lines("a\nbc\r\n\n\r\nlast", chunk: chunk) == ["a", "bc", "", "", "last"])
        #expect(lines("a\rb\n\r\r\n", chunk: chunk) == ["a\rb", "\r"])
        #expect(lines("last\r", chunk: chunk) == ["last\r"])
        #expect(lines("", chunk: chunk) == [])
        #expect(lines("\n", chunk: chunk) == [""])
    }

    @Test(arguments: [1, 5, Int.max])
    func anOverlongLineIsOneErrorAndTheNextIsRead(_ chunk: Int) {
        let limit = 10
        #expect(lines("0123456789\n0123456789\r\n01234567890\nok", limit: limit, chunk: chunk) == ["0123456789", "0123456789", nil, "ok"])
        #expect(lines(String(repeating: "x", count: 1000) + "\nok\n", limit: limit, chunk: chunk) == [nil, "ok"])
        #expect(lines("ok\n" + String(repeating: "x", count: 1000), limit: limit, chunk: chunk) == ["ok", nil])
        #expect(lines(String(repeating: "x", count: 12), limit: limit, chunk: chunk) == [nil])
    }

    @Test func longLinesAndManyLinesPass() {
        let long = String(repeating: "ä", count: 100_000)
        #expect(lines(long + "\n" + long, chunk: 4096) == [long, long])
        let many = (0..<20_000).map { "line " + String($0) }
        #expect(lines(many.joined(separator: "\n")) == many.map { $0 })
    }

    @Test func aDescriptorThatCannotBeReadIsAnError() {
        var reader = LineReader(descriptor: -1)
        #expect(fault { try reader.next() }.isA(.inputUnreadable, "read failed"))
    }
}
