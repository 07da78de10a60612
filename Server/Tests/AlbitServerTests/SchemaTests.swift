import AlbitServer
import HTTPTypes
import Testing

/// Requests against the schemas that `/openapi.json` shows.
@Suite struct SchemaTests {
    private static let schema = Schema.object([
        Field("inputs", .texts, "Texts.", required: true), Field("top", .integer(1...5), "Some."),
        Field("method", .words(["a", "b"]), "One."),
    ])

    private func message(_ text: String) -> String? {
        do throws(Refusal) {
            guard let value = try? JSONReader.read(Array(text.utf8)) else { return "no JSON" }
            try Self.schema.check(value)
            return nil
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        #"{"inputs":"a"}"#, #"{"inputs":["a",""],"top":5,"method":"b"}"#, #"{"inputs":"","top":null,"method":null}"#,
        #"{"inputs":"a","top":2.0}"#,
    ]) func taken(_ text: String) { #expect(message(text) == nil) }

    @Test(arguments: [
        ("{}", "'inputs' is missing"), (#"{"inputs":null}"#, "'inputs' is missing"),
        (#"{"inputs":[]}"#, "expected"), (#"{"inputs":["a",1]}"#, "'inputs[1]' is a number, expected a string"),
        (#"{"inputs":"a","top":0}"#, "'top' is 0, expected 1 to 5"),
        (#"{"inputs":"a","top":1.5}"#, "'top' is a number, expected a whole number"),
        (#"{"inputs":"a","method":"c"}"#, "'method' is 'c', expected a, b"),
        (#"{"inputs":"a","other":1}"#, "there is no 'other' here, only inputs, top, method"), ("[]", "an object"),
    ]) func refused(_ text: String, _ words: String) throws {
        let said = try #require(message(text))
        #expect(said.contains(words), "\(said)")
    }

    @Test func statusesByDialect() {
        let refusal = Refusal(.tooLong, "513 tokens, 512 at most")
        #expect(refusal.status(.embeddingsInference).code == 422 && refusal.status(.openAI).code == 400)
        #expect(Refusal(.wrongTask, "").status(.cohere).code == 424)
        #expect(Refusal(.full, "").status(.openAI).code == 429)
        #expect(refusal.json(.openAI)["error"]?["code"]?.string == "context_length_exceeded")
        #expect(refusal.json(.embeddingsInference)["error_type"]?.string == "Validation")
        #expect(refusal.json(.cohere)["message"]?.string == refusal.message)
    }

    /// Every refusal has the shape that the description gives it.
    @Test func refusalsAreAsDescribed() throws {
        for dialect in [Dialect.openAI, .embeddingsInference, .cohere, .jina] {
            for kind in Refusal.Kind.allCases {
                try Refusal.schema(dialect).check(Refusal(kind, "x", parameter: "y").json(dialect))
            }
        }
    }
}
