import AlbitServer
import Testing

/// What a request's JSON may be, and how numbers are written.
@Suite struct JSONTests {
    private func read(_ text: String) throws -> JSON { try JSONReader.read(Array(text.utf8)) }

    @Test(arguments: [
        #"{"a":[1,2.5,-3e2,true,null,"x\n\u00e9\ud83d\ude42"]}"#, "[]", "{}", " \"\" ", "0", "-0",
        "12345678901234567890",
    ]) func whatIsRead(_ text: String) throws { _ = try read(text) }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"a\nb\"", "1 2", "{\"a\":1,\"a\":2}", "1e999", "NaN",
        String(repeating: "[", count: 100_000),
    ]) func whatIsRefused(_ text: String) { #expect(throws: JSONFault.self) { try read(text) } }

    @Test func bytesThatAreNotUTF8() {
        for byte: UInt8 in [0xFF, 0xC0, 0x80] {
            #expect(throws: JSONFault.self) { try JSONReader.read([0x22, byte, 0x22]) }
        }
    }

    @Test func escapesAreRead() throws {
        #expect(try read(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude42""#).string == "\"\\/\u{8}\u{c}\n\r\té🙂")
    }

    /// Over all exponents and some fractions: the text of a float reads back as the same float.
    @Test func floatsReadBackEqual() throws {
        for exponent in UInt32(0)..<255 {
            for fraction in [UInt32(0), 1, 0x2AAAAA, 0x555555, 0x7FFFFF] {
                for sign in [UInt32(0), 1] {
                    let value = Float(bitPattern: sign << 31 | exponent << 23 | fraction)
                    let text = JSON.floats([value]).text.dropFirst().dropLast()
                    #expect(Float(text)?.bitPattern == value.bitPattern)
                    // Clients read doubles and round them.
                    #expect(Double(text).map { Float($0).bitPattern } == value.bitPattern)
                }
            }
        }
    }

    @Test func whatIsWrittenReadsBack() throws {
        let value = JSON.object([("a\"\u{1}\u{7f}\n🙂", .array([.integer(-1), .bool(false), .null, .string("\\")]))])
        #expect(try JSONReader.read(value.bytes) == value)
    }
}
