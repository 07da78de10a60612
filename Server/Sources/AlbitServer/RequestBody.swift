import HTTPTypes
import Hummingbird
import NIOCore

/// The body of a request: read up to a limit, and checked.
enum RequestBody {
    /// The bytes. Throws for more than `limit` of them, and for a body that is not JSON by its own word.
    static func read(_ request: Request, limit: Int) async throws -> [UInt8] {
        let type = request.headers[.contentType] ?? ""
        // Browsers send JSON to other places only after asking whether they may, and this server says no.
        guard type.split(separator: ";").first?.lowercased() == "application/json" else {
            throw Refusal(
                .wrongType, "the content type is '\(type)', expected application/json")
        }
        let tooLarge = Refusal(
            .tooLarge, "the body is longer than the \(limit) bytes that this server takes; send it in parts")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= limit else { throw tooLarge }
            bytes += buffer.readableBytesView
        }
        return bytes
    }

    /// The object that the bytes are, as the fields have it.
    static func json(_ bytes: [UInt8], _ fields: [Field], _ dialect: Dialect) throws(Refusal) -> JSON {
        let json: JSON
        do throws(JSONFault) {
            json = try JSONReader.read(bytes)
        } catch {
            throw Refusal(.malformed, "the body is no JSON: \(error.message), at byte \(error.offset)")
        }
        if dialect == .openAI, let input = json["input"], holdsNumbers(input) {
            throw Refusal(
                .invalid,
                "'input' holds token ids, which are another tokenizer's; send text (langchain-openai: "
                    + "OpenAIEmbeddings(check_embedding_ctx_length=False))", parameter: "input")
        }
        try Schema.object(fields).check(json)
        return json
    }

    private static func holdsNumbers(_ input: JSON) -> Bool {
        guard let first = input.array?.first else { return false }
        return first.integer != nil || first.array?.first?.integer != nil
    }
}

/// The name that a request has in the log and in its answer.
enum RequestName {
    static let field = HTTPField.Name("x-request-id")!

    /// What the client calls it, where that is short and plain; else a new one.
    static func of(_ headers: HTTPFields) -> String {
        if let given = headers[field], (1...64).contains(given.utf8.count),
            given.utf8.allSatisfy({ 0x21..<0x7F ~= $0 && $0 != UInt8(ascii: "\"") })
        {
            return given
        }
        return String(UInt64.random(in: 0...UInt64.max), radix: 16)
    }
}
