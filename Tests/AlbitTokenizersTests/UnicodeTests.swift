import AlbitText
import Testing

/// Digests over all code points but surrogates, made by Scripts/make-unicode-tables.py with Python's unicodedata.
@Suite struct UnicodeTests {
    let golden: JSONValue

    init() throws { golden = try GoldenFile.json("text/unicode.json") }

    private func digest(_ body: (UInt32, inout [UInt8]) -> Void) -> String {
        var hash = SHA256()
        var line: [UInt8] = []
        for code in UInt32(0)..<0x110000 where code < 0xD800 || code >= 0xE000 {
            body(code, &line)
            line.append(0x0A)
            if line.count > 1 << 16 {
                hash.update(line)
                line.removeAll(keepingCapacity: true)
            }
        }
        hash.update(line)
        return hash.hexDigest()
    }

    @Test(arguments: [true, false]) func decompositions(_ compatibility: Bool) {
        let found = digest { code, line in
            let parts = UnicodeProperties.decomposition(code, compatibility: compatibility)
            for i in 0..<parts.count { UTF8Bytes.append(parts[i], to: &line) }
        }
        #expect(found == golden[compatibility ? "NFKD" : "NFD"]?.string)
    }

    @Test func lowerCase() {
        let found = digest { code, line in
            if code == 0x130 {
                line.append(contentsOf: "i\u{307}".utf8)
            } else {
                UTF8Bytes.append(UnicodeProperties.lower(code), to: &line)
            }
        }
        #expect(found == golden["lower"]?.string)
    }

    @Test func flags() {
        let found = digest { code, line in
            let bits = UnicodeProperties.flags(code).rawValue
            line.append(contentsOf: Hexadecimal.text([UInt8(bits >> 8), UInt8(bits & 255)]).utf8)
        }
        #expect(found == golden["flags"]?.string)
    }

    @Test func decomposedMeansUnchanged() {
        var wrong = 0
        for code in UInt32(0)..<0x30000 {
            for compatibility in [true, false] {
                let parts = UnicodeProperties.decomposition(code, compatibility: compatibility)
                let isUnchanged = parts.count == 1 && parts[0] == code
                if parts.isItself != isUnchanged { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }
}
