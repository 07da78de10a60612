import Albit

/// What the models are, their tokens, and the route that goes by a model's task.
enum ModelRoutes {
    static let all = [models, info, health, tokenize, root]

    private static let models = Route(
        get: "/v1/models", .openAI, "The models that are served.",
        .object([
            Field("object", .words(["list"]), "What it is.", required: true),
            Field(
                "data",
                .list(
                    .object([
                        Field("id", .string, "The name.", required: true),
                        Field("object", .words(["model"]), "What it is.", required: true),
                        Field("created", .count, "0: a model's file does not tell.", required: true),
                        Field("owned_by", .string, "albit", required: true),
                    ])), "The models.", required: true),
        ])
    ) { exchange in
        Reply(
            .object([
                ("object", .string("list")),
                (
                    "data",
                    .array(
                        exchange.service.shelf.all.map {
                            .object([
                                ("id", .string($0.name)), ("object", .string("model")), ("created", .integer(0)),
                                ("owned_by", .string("albit")),
                            ])
                        })
                ),
            ]))
    }

    private static let info = Route(
        get: "/info", .embeddingsInference, "The models, and the server's limits.",
        .object([
            Field("model_id", .string, "Name of the first model.", required: true),
            Field("model_sha", .string, "Digest of its answers; null for a checkpoint."),
            Field("model_dtype", .words(["int8", "float32"]), "How it computes.", required: true),
            Field("served_model_name", .string, "Name of the first model.", required: true),
            Field("model_type", .map(.anything), "Kind of the first model.", required: true),
            Field("max_concurrent_requests", .count, "Most connections.", required: true),
            Field("max_input_length", .count, "Most tokens of a sequence.", required: true),
            Field("max_batch_tokens", .count, "Most tokens of a pass.", required: true),
            Field("max_batch_requests", .count, "No limit but tokens: null."),
            Field("max_client_batch_size", .count, "No limit but tokens: the most that wait.", required: true),
            Field("auto_truncate", .boolean, "Whether texts are cut where a request does not say.", required: true),
            Field("tokenization_workers", .count, "As many as CPUs: 0.", required: true),
            Field("version", .string, "Version of the server.", required: true),
            Field("models", .list(.anything), "The card of every model.", required: true),
        ])
    ) { exchange in
        let settings = exchange.service.settings
        let model = try exchange.service.shelf.model(nil)
        return Reply(
            .object([
                ("model_id", .string(model.name)), ("model_sha", model.card.digest.map { .string($0) } ?? .null),
                ("model_dtype", .string(model.albert.isQuantized ? "int8" : "float32")),
                ("served_model_name", .string(model.name)), ("model_type", type(model)),
                ("max_concurrent_requests", .integer(settings.maxConnections)),
                ("max_input_length", .integer(model.albert.maxLength)),
                ("max_batch_tokens", .integer(settings.maxBatchTokens)), ("max_batch_requests", .null),
                ("max_client_batch_size", .integer(settings.maxQueueTokens)),
                ("auto_truncate", .bool(settings.truncates)), ("tokenization_workers", .integer(0)),
                ("version", .string(Service.version)), ("models", .array(exchange.service.shelf.all.map(card))),
            ]))
    }

    private static func type(_ model: ServedModel) -> JSON {
        switch model.kind {
        case .classifier, .reranker:
            let names = model.albert.labels
            let labels = JSON.object([
                ("id2label", .object(names.enumerated().map { (String($0), .string($1)) })),
                ("label2id", .object(names.enumerated().map { ($1, .integer($0)) })),
            ])
            return .object([(model.kind == .reranker ? "reranker" : "classifier", labels)])
        case .embedder: return .object([("embedding", .object([("pooling", .string(model.card.pooling))]))])
        default: return .object([(model.card.heads.first ?? "", .object([]))])
        }
    }

    private static func card(_ model: ServedModel) -> JSON {
        let card = model.card
        let drift = card.drift.flatMap { try? JSONReader.read(Array($0.utf8)) }
        return .object([
            ("id", .string(model.name)), ("name", .string(card.name)), ("architecture", .string(card.architecture)),
            ("license", card.license.map { .string($0) } ?? .null),
            ("heads", .array(card.heads.map { .string($0) })), ("labels", .array(card.labels.map { .string($0) })),
            ("routes", .array(model.routes.map { .string($0) })), ("vocabulary", .integer(card.vocabularySize)),
            ("hidden_size", .integer(card.hiddenSize)), ("layers", .integer(card.layers)),
            ("max_length", .integer(card.maxLength)), ("pooling", .string(card.pooling)),
            ("embedding_size", .integer(card.embeddingSize)), ("similarity", .string(card.similarity)),
            ("prompts", .object(card.prompts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            ("score_activation", card.scoreActivation.map { .string($0) } ?? .null),
            ("digest", card.digest.map { .string($0) } ?? .null), ("source", .string(card.source)),
            ("source_digest", .string(card.sourceDigest)), ("file_bytes", .integer(card.fileBytes)),
            ("kernel", .string(model.albert.kernel)), ("drift", drift ?? .null),
        ])
    }

    private static let health = Route(
        get: "/health", .embeddingsInference, "Whether the server answers.",
        .object([Field("status", .words(["ok"]), "ok", required: true)]), isOpen: true
    ) { _ in Reply(.object([("status", .string("ok"))])) }

    private static let tokenize = Route(
        post: "/tokenize", .embeddingsInference, "The tokens of texts, all of them.",
        [
            Field("inputs", .texts, "A text or several.", required: true),
            Field("add_special_tokens", .boolean, "[CLS] and [SEP] too (true)."),
        ],
        .list(
            .list(
                .object([
                    Field("id", .count, "The id.", required: true),
                    Field("text", .string, "The piece.", required: true),
                    Field("special", .boolean, "Whether it is of the frame.", required: true),
                    Field("start", .count, "Where it begins, in code points."),
                    Field("stop", .count, "Where it ends."),
                ])))
    ) { exchange in
        let model = try exchange.servedModel()
        let texts = EmbeddingRoutes.texts(exchange.body["inputs"])
        exchange.count(texts)
        let withFrame = exchange.body["add_special_tokens"]?.bool ?? true
        var lists: [JSON] = []
        for text in texts {
            let tokens = try exchange.refusing(model) { () throws(AlbertError) in
                try model.albert.tokenize(text, whole: true)
            }
            var places = CharacterPlaces(text)
            lists.append(
                .array(
                    tokens.filter { withFrame || $0.range != nil }.map { token in
                        .object([
                            ("id", .integer(token.id)), ("text", .string(token.piece)),
                            ("special", .bool(token.range == nil)),
                            ("start", token.range.map { .integer(places.place($0.lowerBound)) } ?? .null),
                            ("stop", token.range.map { .integer(places.place($0.upperBound)) } ?? .null),
                        ])
                    }))
        }
        return Reply(.array(lists))
    }

    /// Counts code points up to indices that mostly go forward, in one walk over the text.
    private struct CharacterPlaces {
        private let text: String
        private var last: (index: String.Index, count: Int)

        init(_ text: String) {
            self.text = text
            last = (text.startIndex, 0)
        }

        mutating func place(_ index: String.Index) -> Int {
            let index = text.unicodeScalars.index(index, offsetBy: 0)
            last = (index, last.count + text.unicodeScalars.distance(from: last.index, to: index))
            return last.count
        }
    }

    /// The fields of the routes that it stands for, each once and none of them required but the inputs.
    private static let rootFields: [Field] = {
        let inputs = Field(
            "inputs",
            .either([
                .string, .list(.string, atLeast: 1), .list(.list(.string, atLeast: 1), atLeast: 1),
                .object([
                    Field("source_sentence", .string, "As /similarity has it.", required: true),
                    Field("sentences", .list(.string, atLeast: 1), "As /similarity has it.", required: true),
                ]),
            ]), "As the route of the model's task takes it.")
        var fields = [inputs, Field("parameters", .map(.anything), "As /similarity has it.")]
        for field in EmbeddingRoutes.embedFields + PredictRoute.fields + RerankRoutes.fields + TaskRoutes.tagFields
        where !fields.contains(where: { $0.name == field.name }) {
            fields.append(Field(field.name, field.schema, field.about))
        }
        return fields
    }()

    private static let root = Route(
        post: "/", .embeddingsInference,
        "What the model's task answers: /embed, /predict, /rerank or /tag; with sentences to compare, /similarity.",
        rootFields, .anything
    ) { exchange in
        let model = try exchange.servedModel()
        let inputs = exchange.body["inputs"]
        if inputs?["source_sentence"] != nil {
            return Reply(.floats(try await EmbeddingRoutes.similarities(exchange, model)))
        }
        if case .object(let members)? = exchange.body["parameters"],
            let option = members.first(where: { $0.1 != .null && $0.0 != "top_k" })
        {
            throw Refusal(
                .invalid, "there is no 'parameters.\(option.0)' here; options stand beside the inputs",
                parameter: "parameters." + option.0)
        }
        if exchange.body["query"] != nil {
            guard exchange.body["texts"] != nil else { throw missing("texts") }
            return try await RerankRoutes.rerank(exchange)
        }
        guard let inputs else { throw missing(model.kind == .reranker ? "query" : "inputs") }
        switch model.kind {
        case .classifier, .reranker: return try await PredictRoute.predict(exchange)
        case .tagger, .embedder:
            try Schema.texts.check(inputs, at: "inputs")
            return try await model.kind == .tagger ? TaskRoutes.tag(exchange) : EmbeddingRoutes.embed(exchange)
        default:
            throw Refusal(
                .wrongTask, "the model '\(model.name)' answers " + model.routes.joined(separator: ", "))
        }
    }

    private static func missing(_ name: String) -> Refusal {
        Refusal(.invalid, "'\(name)' is missing", parameter: name)
    }
}
