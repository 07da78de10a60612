import AlbitText
import Testing

/// Golden values: Scripts/make-text-golden.py (Python's float, %-formatting, hashlib and zlib).
@Suite struct TextTests {
    let golden: JSONValue

    init() throws { golden = try GoldenFile.json("text/golden.json") }

    func rows(_ name: String) throws -> [[JSONValue]] { try #require(golden[name]?.array).compactMap(\.array) }

    @Test func decimalsAreNearest() throws {
        let rows = try rows("decimals")
        #expect(rows.count >= 500)
        for row in rows {
            let text = try #require(row[0].string)
            let bits = try #require(row[1].string.flatMap { UInt64($0, radix: 16) })
            #expect(DecimalText.double(text)?.bitPattern == bits, "\(text)")
        }
    }

    @Test(arguments: ["", "-", ".", "1e", "1e+", "1x", "e5", "1.2.3"]) func notDecimals(_ text: String) {
        #expect(DecimalText.double(text) == nil)
    }

    @Test func fixedDigitsAreThoseOfC() throws {
        for row in try rows("fixed") {
            let bits = try #require(row[0].string.flatMap { UInt64($0, radix: 16) })
            let digits = try #require(row[1].integer)
            #expect(DecimalText.fixed(Double(bitPattern: bits), digits: digits) == row[2].string)
        }
        #expect(DecimalText.fixed(.nan, digits: 2) == "nan")
        #expect(DecimalText.fixed(1e300, digits: 2) == "1e+300")
    }

    @Test func digestsAtAllBlockBorders() throws {
        for row in try rows("hashes") {
            let count = try #require(row[0].integer)
            let data = (0..<count).map { UInt8(($0 * 7 + count) & 255) }
            #expect(SHA256.hexDigest(of: data) == row[1].string)
            var plain = SHA256(usesInstructions: false)
            plain.update(data)
            #expect(plain.hexDigest() == row[1].string)
            #expect(data.withUnsafeBytes { CRC32.checksum(of: $0) } == row[2].integer.map(UInt32.init))
            for step in [1, 7, 64, 100] {
                var hash = SHA256()
                var crc = CRC32()
                for start in stride(from: 0, to: count, by: step) {
                    let piece = Array(data[start..<min(count, start + step)])
                    hash.update(piece)
                    crc.update(piece)
                }
                #expect(hash.hexDigest() == row[1].string)
                #expect(crc.checksum == row[2].integer.map(UInt32.init))
            }
        }
    }

    @Test func utf8DecodingEqualsTheStandardLibrary() throws {
        for text in ["a", "é", "▁", "𝔸", "\u{10FFFF}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}"] {
            let bytes = Array(text.utf8)
            let decoded = try #require(bytes.withUnsafeBytes { UTF8Bytes.decode($0, at: 0) })
            #expect(decoded.code == text.unicodeScalars.first?.value)
            #expect(decoded.count == bytes.count)
            var again: [UInt8] = []
            UTF8Bytes.append(decoded.code, to: &again)
            #expect(again == bytes)
            #expect(UTF8Bytes.count(decoded.code) == bytes.count)
        }
        let bad: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x96], [0xC3], [0xC3, 0x28],
        ]
        for bytes in bad { #expect(bytes.withUnsafeBytes { UTF8Bytes.decode($0, at: 0) } == nil) }
    }
}
