import Albit

/// Which texts fit a question, as text-embeddings-inference, Cohere and Jina have it.
enum RerankRoutes {
    static let all = [rerank, jina, cohere]

    static let fields = [
        Field("query", .string, "The question.", required: true),
        Field("texts", .list(.string, atLeast: 1), "The candidates.", required: true),
        Field("raw_scores", .boolean, "Logits, or similarities as they are, instead of scores (false)."),
        Field("return_text", .boolean, "Give the candidates too (false)."),
        Field("truncation_direction", .words(["Left", "Right", "left", "right"]), "Where a text is cut: Right."),
    ]

    private static let rerank = Route(
        post: "/rerank", .embeddingsInference, "Candidates by how well they fit a question, best first.", fields,
        .list(
            .object([
                Field("index", .count, "Place among the texts.", required: true),
                Field("score", .number, "How well it fits.", required: true),
                Field("text", .string, "The text."),
            ]))
    ) { try await rerank($0) }

    static func rerank(_ exchange: Exchange) async throws -> Reply {
        let model = try exchange.servedModel()
        try EmbeddingRoutes.check(direction: exchange.body["truncation_direction"])
        let matches = try await matches(exchange, EmbeddingRoutes.texts(exchange.body["texts"]), top: nil, model)
        let isRaw = exchange.body["raw_scores"]?.bool ?? false
        let givesText = exchange.body["return_text"]?.bool ?? false
        return Reply(
            .array(
                matches.map { match in
                    var members: [(String, JSON)] = [
                        ("index", .integer(match.index)), ("score", .float(isRaw ? match.rawScore : match.score)),
                    ]
                    if givesText { members.append(("text", .string(match.text))) }
                    return .object(members)
                }))
    }

    private static let documentFields = [
        Field("model", .string, "Name of one of the models.", required: true),
        Field("query", .string, "The question.", required: true),
        Field(
            "documents",
            .list(
                .either([.string, .object([Field("text", .string, "The document.", required: true)])]), atLeast: 1),
            "The candidates.", required: true),
        Field("top_n", .positive, "Candidates to give at most."),
        Field("return_documents", .boolean, "Give the candidates too."),
    ]

    private static let resultFields = [
        Field("index", .count, "Place among the documents.", required: true),
        Field("relevance_score", .number, "How well it fits.", required: true),
        Field("document", .object([Field("text", .string, "The document.", required: true)]), "The document."),
    ]

    private static let jina = Route(
        post: "/v1/rerank", .jina, "Documents by how well they fit a question, as Jina and Cohere 1 have it.",
        documentFields,
        .object([
            Field("id", .string, "Id of the request.", required: true),
            Field("model", .string, "The model.", required: true),
            Field("usage", EmbeddingRoutes.usageSchema, "What was read.", required: true),
            Field("results", .list(.object(resultFields)), "Best first.", required: true),
            Field("meta", metaSchema, "As Cohere has it.", required: true),
        ])
    ) { exchange in
        let model = try exchange.servedModel()
        let results = try await results(exchange, model)
        return Reply(
            .object([
                ("id", .string(exchange.id)), ("model", .string(model.name)),
                ("usage", EmbeddingRoutes.usage(exchange)), ("results", results), ("meta", meta("1")),
            ]))
    }

    private static let cohere = Route(
        post: "/v2/rerank", .cohere, "Documents by how well they fit a question, as Cohere 2 has it.",
        documentFields + [
            Field("max_tokens_per_doc", .positive, "No less than the model takes."),
            Field("priority", .count, "Not looked at."),
        ],
        .object([
            Field("id", .string, "Id of the request.", required: true),
            Field("results", .list(.object(resultFields)), "Best first.", required: true),
            Field("meta", metaSchema, "As Cohere has it.", required: true),
        ])
    ) { exchange in
        let model = try exchange.servedModel()
        if let limit = exchange.body["max_tokens_per_doc"]?.integer, limit < model.albert.maxLength {
            throw Refusal(
                .invalid,
                "'max_tokens_per_doc' is \(limit); the model reads up to \(model.albert.maxLength) tokens, and the "
                    + "server cuts at no other length", parameter: "max_tokens_per_doc")
        }
        let results = try await results(exchange, model)
        return Reply(.object([("id", .string(exchange.id)), ("results", results), ("meta", meta("2"))]))
    }

    private static let metaSchema = Schema.object([
        Field(
            "api_version", .object([Field("version", .string, "Version of the dialect.", required: true)]),
            "Version of the dialect.", required: true),
        Field(
            "billed_units", .object([Field("search_units", .count, "One.", required: true)]), "Nothing is billed.",
            required: true),
    ])

    private static func meta(_ version: String) -> JSON {
        .object([
            ("api_version", .object([("version", .string(version))])),
            ("billed_units", .object([("search_units", .integer(1))])),
        ])
    }

    private static func results(_ exchange: Exchange, _ model: ServedModel) async throws -> JSON {
        let documents = exchange.body["documents"]?.array?.compactMap { $0.string ?? $0["text"]?.string } ?? []
        let matches = try await matches(exchange, documents, top: exchange.body["top_n"]?.integer, model)
        let givesText = exchange.body["return_documents"]?.bool ?? false
        return .array(
            matches.map { match in
                var members: [(String, JSON)] = [
                    ("index", .integer(match.index)), ("relevance_score", .float(match.score)),
                ]
                if givesText { members.append(("document", .object([("text", .string(match.text))]))) }
                return .object(members)
            })
    }

    private static func matches(
        _ exchange: Exchange, _ texts: [String], top: Int?, _ model: ServedModel
    ) async throws -> [Match] {
        let query = exchange.body["query"]?.string ?? ""
        exchange.count([query] + texts)
        return try await exchange.ask([.match(query, among: texts, top: top ?? max(1, texts.count))], of: model)[0]
    }
}
