import Albit
import Foundation

/// Vectors of texts, as OpenAI and as text-embeddings-inference have it.
enum EmbeddingRoutes {
    static let all = [openAI, embed, embedAll, similarity]

    static let embedFields = [
        Field("inputs", .texts, "A text or several.", required: true),
        Field("normalize", .boolean, "Scale vectors to length 1 (true)."),
        Field("prompt_name", .string, "Name of the model's prompt that goes before every text."),
        Field("truncation_direction", .words(["Left", "Right", "left", "right"]), "Where a text is cut: Right."),
        Field("dimensions", .positive, "Only what the model has."),
    ]

    private static let openAI = Route(
        post: "/v1/embeddings", .openAI, "Vectors of texts, as OpenAI has it.",
        [
            Field("input", .texts, "A text or several; token arrays are refused.", required: true),
            Field("model", .string, "Name of one of the models.", required: true),
            Field("encoding_format", .words(["float", "base64"]), "How vectors are written (float)."),
            Field("dimensions", .positive, "Only what the model has."),
            Field("user", .string, "Not looked at."),
        ],
        .object([
            Field("object", .words(["list"]), "What it is.", required: true),
            Field(
                "data",
                .list(
                    .object([
                        Field("object", .words(["embedding"]), "What it is.", required: true),
                        Field("index", .count, "Place of the text.", required: true),
                        Field(
                            "embedding", .either([.vector, .string]), "Numbers, or little-endian float32 in base64.",
                            required: true),
                    ])), "A vector for each text.", required: true),
            Field("model", .string, "The model.", required: true),
            Field("usage", usageSchema, "What was read.", required: true),
        ])
    ) { exchange in
        let model = try exchange.servedModel()
        let texts = texts(exchange.body["input"])
        let vectors = try await vectors(texts, exchange, model)
        let isBase64 = exchange.body["encoding_format"]?.string == "base64"
        return Reply(
            .object([
                ("object", .string("list")),
                (
                    "data",
                    .array(
                        vectors.enumerated().map { index, vector in
                            .object([
                                ("object", .string("embedding")), ("index", .integer(index)),
                                ("embedding", isBase64 ? .string(base64(vector)) : .floats(vector)),
                            ])
                        })
                ), ("model", .string(model.name)), ("usage", usage(exchange)),
            ]))
    }

    private static let embed = Route(
        post: "/embed", .embeddingsInference, "Vectors of texts.", embedFields, .list(.vector)
    ) { try await embed($0) }

    private static let embedAll = Route(
        post: "/embed_all", .embeddingsInference, "A vector for every token of texts.", embedFields,
        .list(.list(.vector))
    ) { exchange in
        let model = try exchange.servedModel()
        try check(exchange, width: model.albert.hiddenSize)
        guard exchange.body["prompt_name"] == nil else {
            throw Refusal(.invalid, "prompts go before texts that become one vector", parameter: "prompt_name")
        }
        let texts = texts(exchange.body["inputs"])
        exchange.count(texts)
        let states = try await exchange.ask(texts.map { .encode($0) }, of: model)
        return Reply(
            .array(
                states.map { states in .array(states.tokens.indices.map { .floats(Array(states[$0])) }) }))
    }

    private static let similarity = Route(
        post: "/similarity", .embeddingsInference, "How like sentences are to another.",
        [
            Field(
                "inputs",
                .object([
                    Field("source_sentence", .string, "The sentence that others are compared with.", required: true),
                    Field("sentences", .list(.string, atLeast: 1), "The others.", required: true),
                ]), "What is compared.", required: true),
            Field(
                "parameters",
                .object([
                    Field("truncate", .boolean, "As beside the inputs."),
                    Field("truncation_direction", .words(["Left", "Right", "left", "right"]), "Right."),
                    Field("prompt_name", .string, "Not with this route."),
                ]), "Options as text-embeddings-inference has them."),
        ], .vector
    ) { exchange in
        let model = try exchange.servedModel()
        return Reply(.floats(try await similarities(exchange, model)))
    }

    static func similarities(_ exchange: Exchange, _ model: ServedModel) async throws -> [Float] {
        try check(direction: exchange.body["parameters"]?["truncation_direction"])
        guard exchange.body["parameters"]?["prompt_name"] == nil else {
            throw Refusal(.invalid, "sentences are compared with the model's standard prompt", parameter: "parameters")
        }
        let inputs = exchange.body["inputs"]
        let source = inputs?["source_sentence"]?.string ?? ""
        let sentences = texts(inputs?["sentences"])
        exchange.count([source] + sentences)
        return try await exchange.ask([.similarity(of: source, to: sentences)], of: model)[0]
    }

    static func embed(_ exchange: Exchange) async throws -> Reply {
        let model = try exchange.servedModel()
        return Reply(.array(try await vectors(texts(exchange.body["inputs"]), exchange, model).map { .floats($0) }))
    }

    private static func vectors(
        _ texts: [String], _ exchange: Exchange, _ model: ServedModel
    ) async throws -> [[Float]] {
        try check(exchange, width: model.card.embeddingSize)
        let normalized = exchange.body["normalize"]?.bool ?? true
        let prompt = exchange.body["prompt_name"]?.string
        exchange.count(texts)
        return try await exchange.ask(texts.map { .embed($0, normalized: normalized, prompt: prompt) }, of: model)
    }

    private static func check(_ exchange: Exchange, width: Int) throws(Refusal) {
        try check(direction: exchange.body["truncation_direction"])
        if let wanted = exchange.body["dimensions"]?.integer, wanted != width {
            throw Refusal(
                .invalid, "'dimensions' is \(wanted), but the model's vectors have \(width) and cannot be cut",
                parameter: "dimensions")
        }
    }

    static func check(direction: JSON?) throws(Refusal) {
        if direction?.string?.lowercased() == "left" {
            throw Refusal(
                .invalid, "texts are cut at their end only", parameter: "truncation_direction")
        }
    }

    /// A text, or a list of them.
    static func texts(_ value: JSON?) -> [String] {
        value?.string.map { [$0] } ?? value?.array?.compactMap(\.string) ?? []
    }

    private static func base64(_ vector: [Float]) -> String {
        var data = Data(capacity: 4 * vector.count)
        for value in vector { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        return data.base64EncodedString()
    }

    static let usageSchema = Schema.object([
        Field("prompt_tokens", .count, "Tokens that were read.", required: true),
        Field("total_tokens", .count, "The same.", required: true),
        Field("truncated_tokens", .count, "Tokens that were cut off, where texts were cut."),
    ])

    static func usage(_ exchange: Exchange) -> JSON {
        var members: [(String, JSON)] = [
            ("prompt_tokens", .integer(exchange.tokens)), ("total_tokens", .integer(exchange.tokens)),
        ]
        if exchange.truncatedTokens > 0 { members.append(("truncated_tokens", .integer(exchange.truncatedTokens))) }
        return .object(members)
    }
}
