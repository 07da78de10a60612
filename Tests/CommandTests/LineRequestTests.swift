import AlbitCommands
import Testing

@Suite struct LineRequestTests {
    private func request(_ line: String) throws(LineRequestError) -> LineRequest { try LineRequest(line: Array(line.utf8)) }

    @Test func plainTextIsTakenAsItIs() throws {
        for text in ["a charming journey", "", " leading", "[1]", "\"quoted\"", "naïve 🙂"] {
            #expect(try request(text) == .text(Array(text.utf8), pair: nil))
        }
    }

    @Test func objectsGiveTextOrIds() throws {
        #expect(try request(#"{"text": "a \"b\" \u00e9"}"#) == .text(Array("a \"b\" é".utf8), pair: nil))
        #expect(try request(#"  {"pair": "{", "text": "a"}"#) == .text([97], pair: [123]))
        #expect(try request(#"{"text": "a", "pair": null}"#) == .text([97], pair: nil))
        #expect(try request(#"{"ids": [2, 48, 3]}"#) == .ids([2, 48, 3], typeIds: nil))
        #expect(try request(#"{"ids": [2, 3], "typeIds": [0, 1]}"#) == .ids([2, 3], typeIds: [0, 1]))
    }

    @Test(arguments: [
        (#"{"txt": "a"}"#, LineRequestError.unknownName("txt")),
        (#"{"text": "a", "text": "b"}"#, .namedTwice("text")),
        (#"{"text": 1}"#, .wrongType(name: "text", expected: "a string")),
        (#"{"ids": []}"#, .wrongType(name: "ids", expected: "a list of whole numbers")),
        (#"{"ids": [1.5]}"#, .wrongType(name: "ids", expected: "a list of whole numbers")),
        (#"{"ids": [3000000000]}"#, .wrongType(name: "ids", expected: "a list of whole numbers")),
        (#"{"ids": "1 2"}"#, .wrongType(name: "ids", expected: "a list of whole numbers")),
        (#"{"ids": [1], "text": "a"}"#, .wrongType(name: "ids", expected: "possible beside 'text'")),
        (#"{"ids": [1], "pair": "a"}"#, .wrongType(name: "pair", expected: "possible beside 'ids'")),
        (#"{}"#, .neitherTextNorIds),
        (#"{"pair": "a"}"#, .neitherTextNorIds),
    ])
    func whatIsWrongIsNamed(_ line: String, _ expected: LineRequestError) {
        #expect(throws: expected) { try request(line) }
    }

    @Test func brokenJSONAndBrokenUTF8AreErrors() {
        #expect(throws: LineRequestError.notJSON(reason: "JSON ends at byte 10 inside a value")) { try request(#"{"text": ""#) }
        #expect(throws: LineRequestError.self) { try request(String(repeating: "{\"text\":", count: 100_000)) }
        #expect(throws: LineRequestError.notUTF8) { try LineRequest(line: [0x61, 0xff]) }
        #expect(throws: LineRequestError.notUTF8) { try LineRequest(line: [0xed, 0xa0, 0x80]) }
    }
}
