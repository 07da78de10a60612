import HTTPTypes

/// A path, what it takes and gives, and what answers it.
package struct Route: Sendable {
    package let method: HTTPRequest.Method
    package let path: String
    package let dialect: Dialect
    package let summary: String
    /// What the body of a request holds; nil for GET.
    package let request: [Field]?
    package let answer: Schema
    package var contentType = "application/json"
    /// Whether it is answered without a key.
    package var isOpen = false
    package let handler: @Sendable (Exchange) async throws -> Reply

    /// A route that takes JSON.
    package init(
        post path: String, _ dialect: Dialect, _ summary: String, _ request: [Field], _ answer: Schema,
        _ handler: @escaping @Sendable (Exchange) async throws -> Reply
    ) {
        (method, self.path, self.dialect, self.summary) = (.post, path, dialect, summary)
        (self.request, self.answer, self.handler) = (request + Route.everywhere(dialect), answer, handler)
    }

    /// A route that only tells something.
    package init(
        get path: String, _ dialect: Dialect, _ summary: String, _ answer: Schema,
        contentType: String = "application/json", isOpen: Bool = false,
        _ handler: @escaping @Sendable (Exchange) async throws -> Reply
    ) {
        (method, self.path, self.dialect, self.summary) = (.get, path, dialect, summary)
        (request, self.answer, self.handler) = (nil, answer, handler)
        (self.contentType, self.isOpen) = (contentType, isOpen)
    }

    /// What every request may hold.
    private static func everywhere(_ dialect: Dialect) -> [Field] {
        let truncate = Field(
            "truncate", .boolean, "Cut texts that are longer than the model takes; the answer then tells.")
        guard dialect == .embeddingsInference else { return [truncate] }
        return [
            Field("model", .string, "Name of one of the models; the first without it."), truncate,
        ]
    }

    /// Statuses that it may answer with.
    package var statuses: [HTTPResponse.Status] {
        let kinds: [Refusal.Kind] =
            request == nil
            ? (isOpen ? [.wrongMethod, .machine] : [.unauthorized, .wrongMethod, .machine])
            : Refusal.Kind.allCases.filter { $0 != .noSuchRoute }
        var statuses: [HTTPResponse.Status] = [.ok]
        for kind in kinds {
            let status = Refusal(kind, "").status(dialect)
            if !statuses.contains(status) { statuses.append(status) }
        }
        return statuses.sorted { $0.code < $1.code }
    }
}

/// What a handler answers.
package struct Reply: Sendable {
    package enum Body: Sendable {
        case json(JSON)
        case text(String)
    }
    package let body: Body

    package init(_ json: JSON) { body = .json(json) }
    package init(text: String) { body = .text(text) }
}
