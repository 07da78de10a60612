import HTTPTypes

/// Why a request is not answered. Each dialect says it in its own shape.
package struct Refusal: Error, Sendable {
    /// What kind of thing is wrong.
    package enum Kind: String, Sendable, CaseIterable {
        /// No JSON.
        case malformed
        /// Not what the route takes.
        case invalid
        /// More tokens than the model, or the server, takes.
        case tooLong
        case unauthorized
        case noSuchRoute, wrongMethod, unknownModel
        /// The model was not trained for this.
        case wrongTask
        case tooLarge, wrongType, tooSlow, full, stopping, machine, clientGone
    }

    package let kind: Kind
    package let message: String
    /// The member of the request that it is about.
    package var parameter: String?
    /// Seconds after which the same request may be answered.
    package var retryAfter: Int?
    /// Methods that the route has.
    package var allowed: [String] = []

    package init(_ kind: Kind, _ message: String, parameter: String? = nil, retryAfter: Int? = nil) {
        self.kind = kind
        self.message = message
        self.parameter = parameter
        self.retryAfter = retryAfter
    }
}

/// Whose requests and answers a route speaks.
package enum Dialect: Sendable {
    case openAI, embeddingsInference, cohere, jina
}

extension Refusal {
    package func status(_ dialect: Dialect) -> HTTPResponse.Status {
        switch kind {
        case .malformed: .badRequest
        case .invalid, .tooLong: dialect == .embeddingsInference ? .unprocessableContent : .badRequest
        case .unauthorized: .unauthorized
        case .noSuchRoute, .unknownModel: .notFound
        case .wrongMethod: .methodNotAllowed
        case .wrongTask: .init(code: 424, reasonPhrase: "Failed Dependency")
        case .tooLarge: .contentTooLarge
        case .wrongType: .unsupportedMediaType
        case .tooSlow: .requestTimeout
        case .full: .tooManyRequests
        case .stopping, .machine, .clientGone: .serviceUnavailable
        }
    }

    /// The body of the answer.
    package func json(_ dialect: Dialect) -> JSON {
        switch dialect {
        case .openAI:
            .object([
                (
                    "error",
                    .object([
                        ("message", .string(message)), ("type", .string(openAIType)),
                        ("param", parameter.map { .string($0) } ?? .null), ("code", .string(openAICode)),
                    ])
                )
            ])
        case .embeddingsInference:
            .object([("error", .string(message)), ("error_type", .string(errorType))])
        case .cohere: .object([("message", .string(message))])
        case .jina: .object([("detail", .string(message)), ("message", .string(message))])
        }
    }

    private var openAIType: String {
        switch kind {
        case .unauthorized: "authentication_error"
        case .full: "rate_limit_error"
        case .stopping, .machine, .clientGone: "server_error"
        default: "invalid_request_error"
        }
    }

    private var openAICode: String {
        switch kind {
        case .tooLong: "context_length_exceeded"
        case .unknownModel: "model_not_found"
        case .unauthorized: "invalid_api_key"
        case .full: "rate_limit_exceeded"
        default: kind.rawValue
        }
    }

    /// The words that text-embeddings-inference has for it.
    private var errorType: String {
        switch kind {
        case .wrongTask: "Backend"
        case .full: "Overloaded"
        case .stopping, .machine, .clientGone: "Unhealthy"
        default: "Validation"
        }
    }

    /// The body's schema.
    package static func schema(_ dialect: Dialect) -> Schema {
        switch dialect {
        case .openAI:
            .object([
                Field(
                    "error",
                    .object([
                        Field("message", .string, "What is wrong, and what to do.", required: true),
                        Field("type", .string, "Kind of error.", required: true),
                        Field("param", .string, "The member it is about."),
                        Field("code", .string, "Kind of error, more closely.", required: true),
                    ]), "The error.", required: true)
            ])
        case .embeddingsInference:
            .object([
                Field("error", .string, "What is wrong, and what to do.", required: true),
                Field("error_type", .string, "Kind of error.", required: true),
            ])
        case .cohere: .object([Field("message", .string, "What is wrong, and what to do.", required: true)])
        case .jina:
            .object([
                Field("detail", .string, "What is wrong, and what to do.", required: true),
                Field("message", .string, "The same, as Cohere names it.", required: true),
            ])
        }
    }
}
