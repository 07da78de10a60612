import AlbitText
import TestData
import Testing

@Suite struct JSONTests {
    @Test func parsesEveryKind() throws {
        let value = try JSONValue(
            parsing:
                #"""
                 {"a": [1, -2.5, 1e3, true, false, null], "b": {"c": "x\n\u00e9\ud83d\ude00\/"}, "a": \#
                12345678901234567890} 
                """#
        )
        #expect(value.members?.count == 3)
        #expect(value.duplicateName == "a")
        #expect(value["a"]?.double == 12_345_678_901_234_567_168)
        #expect(value["a"]?.integer == nil)
        #expect(value["b"]?["c"]?.string == "x\né😀/")
        let first = try #require(value.members?[0].value.array)
        #expect(first[0].integer == 1)
        #expect(first[1].double == -2.5)
        #expect(first[2].integer == 1000)
        #expect(first[3].bool == true)
        #expect(first[5].isNull)
    }

    /// U+FA10 is canonically equal to U+585A: as names they must stay apart, and their bytes as they were.
    @Test func stringsKeepTheirBytes() throws {
        let value = try JSONValue(parsing: "{\"\u{FA10}\": 1, \"\u{585A}\": 2, \"e\u{301}\": 3}")
        #expect(value.duplicateName == nil)
        #expect(value["\u{FA10}"]?.integer == 1)
        #expect(value["\u{585A}"]?.integer == 2)
        #expect(value["\u{E9}"] == nil)
        #expect(try JSONValue(parsing: "\"e\u{301}\"").bytes == [0x65, 0xCC, 0x81])
    }

    @Test func duplicatesAmongManyMembers() throws {
        let members = (0..<40).map { "\"k\($0 % 39)\": \($0)" }.joined(separator: ",")
        #expect(try JSONValue(parsing: "{\(members)}").duplicateName == "k0")
    }

    @Test func refusesWhatIsNotJSON() {
        let cases: [(text: String, code: FaultCode, offset: Int?)] = [
            ("", .jsonEmpty, nil), ("  ", .jsonEmpty, nil), ("[1", .jsonUnexpectedEnd, 2),
            ("[1,]", .jsonUnexpectedCharacter, 3),
            ("{1:2}", .jsonUnexpectedCharacter, 1),
            ("{\"a\" 2}", .jsonUnexpectedCharacter, 5),
            ("[1 2]", .jsonUnexpectedCharacter, 3), ("1 2", .jsonTrailingCharacters, 2),
            ("01", .jsonBadNumber, 0), ("-", .jsonBadNumber, 0), ("1.", .jsonBadNumber, 0), ("1e", .jsonBadNumber, 0),
            ("1e999", .jsonNumberTooLarge, 0), ("\"\\x\"", .jsonBadEscape, 1), ("\"\\u12G4\"", .jsonBadEscape, 1),
            ("\"\\ud800\"", .jsonLoneSurrogate, 1), ("\"\\udc00\"", .jsonLoneSurrogate, 1),
            ("\"\\ud800\\u0041\"", .jsonLoneSurrogate, 1), ("\"a\nb\"", .jsonControlCharacter, 2),
            ("\"abc", .jsonUnexpectedEnd, 4),
            ("tru", .jsonUnexpectedEnd, 3), ("trux", .jsonUnexpectedCharacter, 3),
            ("NaN", .jsonUnexpectedCharacter, 0),
        ]
        for (text, code, offset) in cases {
            let place = offset.map { "byte \($0) of the JSON" } ?? ""
            let found = fault { try JSONValue(parsing: text) }
            #expect(found?.code == code && found?.place == place, "\(text): \(String(describing: found))")
        }
        let placed = fault { try JSONValue(parsing: Array("[1 2]".utf8), file: "a.json", place: "line 7") }
        #expect(placed?.file == "a.json" && placed?.place == "line 7, byte 3 of the JSON")
        #expect(fault { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }.isA(.jsonNotUTF8, "1"))
        #expect(fault { try JSONValue(parsing: [0x22, 0x5C, 0x6E, 0xED, 0xA0, 0x80, 0x22]) }.isA(.jsonNotUTF8, "1"))
    }

    @Test func depthIsLimited() throws {
        let fits = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try JSONValue(parsing: fits).array?.count == 1)
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(fault { try JSONValue(parsing: deep) }.isA(.jsonTooDeep, "64", "64"))
        let many =
            [UInt8]("[".utf8)
            + [UInt8](repeating: 0, count: 2 * JSONValue.maxValues).enumerated().map {
                UInt8(ascii: $0.offset % 2 == 0 ? "0" : ",")
            } + [UInt8]("0]".utf8)
        #expect(
            fault { try JSONValue(parsing: many) }.isA(
                .jsonTooMany, "\(2 * JSONValue.maxValues - 1)", "\(JSONValue.maxValues)"))
    }

    @Test func writesWhatItReads() throws {
        var json = JSONWriter()
        json.beginObject()
        json.member("text")
        json.string("a\"\\\n\u{1}\u{7F}é")
        json.member("values")
        json.beginArray()
        json.number(0.1)
        json.number(Float(0.1))
        json.number(Double.nan)
        json.integer(-3)
        json.bool(true)
        json.null()
        json.beginObject()
        json.endObject()
        json.endArray()
        json.endObject()
        #expect(json.text == #"{"text": "a\"\\\n\u0001\u007fé", "values": [0.1, 0.1, null, -3, true, null, {}]}"#)
        var again = JSONWriter()
        again.value(try JSONValue(parsing: json.text))
        #expect(again.text == json.text)
    }

    @Test func indents() throws {
        var json = JSONWriter(indented: true)
        json.value(try JSONValue(parsing: #"{"a":[1,2],"b":[{"c":1},{"d":{}}],"e":[]}"#))
        #expect(
            json.text
                == """
                {
                  "a": [1, 2],
                  "b": [
                    {
                      "c": 1
                    },
                    {
                      "d": {}
                    }
                  ],
                  "e": []
                }
                """
        )
    }
}
