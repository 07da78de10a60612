import AlbitCommands
import AlbitText
import TestData
import Testing

@Suite struct LineRequestTests {
    private func request(_ line: String) throws(Fault) -> LineRequest { try LineRequest(line: Array(line.utf8)) }

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
        (#"{"txt": "a"}"#, FaultCode.requestUnknownName, "'txt'"),
        (#"{"text": "a", "text": "b"}"#, .requestNamedTwice, "'text'"),
        (#"{"text": 1}"#, .requestWrongType, "'text' of the request is not a string"),
        (#"{"ids": []}"#, .requestWrongType, "'ids' of the request is not a list of whole numbers"),
        (#"{"ids": [1.5]}"#, .requestWrongType, "'ids' of the request is not a list of whole numbers"),
        (#"{"ids": [3000000000]}"#, .requestWrongType, "'ids' of the request is not a list of whole numbers"),
        (#"{"ids": "1 2"}"#, .requestWrongType, "'ids' of the request is not a list of whole numbers"),
        (#"{"ids": [1], "text": "a"}"#, .requestWrongType, "'ids' of the request is not possible beside 'text'"),
        (#"{"ids": [1], "pair": "a"}"#, .requestWrongType, "'pair' of the request is not possible beside 'ids'"),
        (#"{}"#, .requestNeitherTextNorIds, "'ids'"),
        (#"{"pair": "a"}"#, .requestNeitherTextNorIds, "'ids'"),
    ])
    func whatIsWrongIsNamed(_ line: String, _ code: FaultCode, _ name: String) {
        #expect(fault { try request(line) }.isA(code, name))
    }

    @Test func brokenJSONAndBrokenUTF8AreErrors() {
        #expect(fault { try request(#"{"text": ""#) }.isA(.jsonUnexpectedEnd, "the request, byte 10 of the JSON"))
        #expect(fault { try request(String(repeating: "{\"text\":", count: 100_000)) }.isA(.jsonTooDeep))
        #expect(fault { try LineRequest(line: [0x61, 0xff]) }.isA(.requestNotUTF8))
        #expect(fault { try LineRequest(line: [0xed, 0xa0, 0x80]) }.isA(.requestNotUTF8))
    }
}
