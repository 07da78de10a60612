import Albit

/// Labels of texts and pairs, as text-embeddings-inference has it.
enum PredictRoute {
    static let all = [predict]

    static let fields = [
        Field(
            "inputs",
            .either([.string, .list(.string, atLeast: 1), .list(.list(.string, atLeast: 1), atLeast: 1)]),
            "A text; a list of two is one pair, of one a text; a list of such lists is several.", required: true),
        Field("raw_scores", .boolean, "The logits instead of scores (false)."),
        Field(
            "parameters", .object([Field("top_k", .positive, "Labels to give at most (all).")]),
            "Options as huggingface_hub has them; with them one text too is answered by a list of lists, as it expects."
        ),
        Field("truncation_direction", .words(["Left", "Right", "left", "right"]), "Where a text is cut: Right."),
    ]

    static let labels = Schema.list(
        .object([
            Field("score", .number, "Score of the label.", required: true),
            Field("label", .string, "The label.", required: true),
        ]))

    private static let predict = Route(
        post: "/predict", .embeddingsInference, "Labels of texts, or of pairs of texts.", fields,
        .either([labels, .list(labels)])
    ) { try await predict($0) }

    static func predict(_ exchange: Exchange) async throws -> Reply {
        let model = try exchange.servedModel()
        try EmbeddingRoutes.check(direction: exchange.body["truncation_direction"])
        let inputs = exchange.body["inputs"]
        let isBatch = inputs?.array?.first?.array != nil
        let records =
            isBatch
            ? inputs?.array?.map { EmbeddingRoutes.texts($0) } ?? [] : [EmbeddingRoutes.texts(inputs)]
        for record in records where record.count > 2 {
            throw Refusal(
                .invalid, "a list of \(record.count) texts is no pair; several texts are a list of lists of one each",
                parameter: "inputs")
        }
        exchange.count(records.flatMap { $0 })
        let answers = try await exchange.ask(
            records.map { .classify($0[0], pair: $0.count > 1 ? $0[1] : nil) }, of: model)
        let isRaw = exchange.body["raw_scores"]?.bool ?? false
        let top = exchange.body["parameters"]?["top_k"]?.integer ?? Int.max
        let lists = answers.map { answer in
            let scores = isRaw ? answer.logits : answer.scores
            // Of equal scores the label that comes first in the model stays first.
            return JSON.array(
                scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(top).map {
                    .object([("score", .float(scores[$0])), ("label", .string(model.albert.labels[$0]))])
                })
        }
        return Reply(isBatch || exchange.body["parameters"] != nil ? .array(lists) : lists[0])
    }
}
