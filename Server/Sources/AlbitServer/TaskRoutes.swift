import Albit

/// What no other server of encoders answers: entities, answers, words, order, choices, summaries.
enum TaskRoutes {
    static let all = [tag, answer, fill, order, choose, summarize]

    private static let offsets = Field(
        "offsets", .words(["characters", "bytes"]), "Whether places count code points or UTF-8 bytes (bytes).")

    private static func place(_ exchange: Exchange, in text: String) -> (String.Index) -> JSON {
        let counts = exchange.body["offsets"]?.string == "characters"
        return { index in
            .integer(
                counts
                    ? text.unicodeScalars.distance(from: text.startIndex, to: index)
                    : text.utf8.distance(from: text.startIndex, to: index))
        }
    }

    private static func span(_ range: Range<String.Index>?, _ place: (String.Index) -> JSON) -> [(String, JSON)] {
        [("start", range.map { place($0.lowerBound) } ?? .null), ("end", range.map { place($0.upperBound) } ?? .null)]
    }

    private static let spanFields = [
        Field("text", .string, "The words.", required: true),
        Field("start", .count, "Where they begin; null for no answer."),
        Field("end", .count, "Where they end; null for no answer."),
        Field("score", .number, "0 to 1.", required: true),
    ]

    static let tagFields = [
        Field("inputs", .texts, "A text or several, of any length.", required: true),
        Field("aggregation", .words(Aggregation.allCases.map(\.rawValue)), "How tokens become entities (word)."),
        offsets,
    ]

    private static let entities = Schema.list(
        .object([Field("label", .string, "The label.", required: true)] + spanFields))

    private static let tag = Route(
        post: "/tag", .embeddingsInference, "The entities of texts.", tagFields,
        .either([entities, .list(entities)])
    ) { try await tag($0) }

    static func tag(_ exchange: Exchange) async throws -> Reply {
        let model = try exchange.servedModel()
        let texts = EmbeddingRoutes.texts(exchange.body["inputs"])
        exchange.count(texts)
        let aggregation = exchange.body["aggregation"]?.string.flatMap { Aggregation(rawValue: $0) } ?? .word
        let found = try await exchange.ask(texts.map { .tag($0, aggregation: aggregation) }, of: model)
        let lists = zip(texts, found).map { text, entities in
            let place = place(exchange, in: text)
            return JSON.array(
                entities.map { entity in
                    .object(
                        [("label", .string(entity.label)), ("text", .string(entity.text))] + span(entity.range, place)
                            + [("score", .float(entity.score))])
                })
        }
        return Reply(exchange.body["inputs"]?.string == nil ? .array(lists) : lists[0])
    }

    static let answerFields = [
        Field("question", .string, "The question.", required: true),
        Field("context", .string, "The text that it is about, of any length.", required: true),
        Field("top", .integer(1...1000), "Answers to give at most (1)."),
        Field("allow_no_answer", .boolean, "Whether \"the text does not tell\" may win (false)."),
        offsets,
    ]

    private static let answer = Route(
        post: "/answer", .embeddingsInference, "The part of a text that answers a question.", answerFields,
        .list(.object(spanFields))
    ) { exchange in
        let model = try exchange.servedModel()
        let context = exchange.body["context"]?.string ?? ""
        let question = exchange.body["question"]?.string ?? ""
        exchange.count([question, context])
        let answers = try await exchange.ask(
            [
                .answer(
                    question, in: context, top: exchange.body["top"]?.integer ?? 1,
                    allowsNoAnswer: exchange.body["allow_no_answer"]?.bool ?? false)
            ], of: model)[0]
        let place = place(exchange, in: context)
        return Reply(
            .array(
                answers.map { answer in
                    .object(
                        [("text", .string(answer.text))] + span(answer.range, place) + [("score", .float(answer.score))]
                    )
                }))
    }

    static let fillFields = [
        Field("inputs", .text, "A text with [MASK] in it.", required: true),
        Field("top", .integer(1...1000), "Candidates for each mask (5)."),
    ]

    private static let fill = Route(
        post: "/fill", .embeddingsInference, "Words for each [MASK] of a text.", fillFields,
        .list(
            .list(
                .object([
                    Field("text", .string, "The piece.", required: true),
                    Field("id", .count, "Its id.", required: true),
                    Field("score", .number, "0 to 1.", required: true),
                ])))
    ) { exchange in
        let model = try exchange.servedModel()
        let text = exchange.body["inputs"]?.string ?? ""
        exchange.count([text])
        let masks = try await exchange.ask([.fillMask(text, top: exchange.body["top"]?.integer ?? 5)], of: model)[0]
        return Reply(
            .array(
                masks.map { candidates in
                    .array(
                        candidates.map {
                            .object([
                                ("text", .string($0.text)), ("id", .integer($0.id)), ("score", .float($0.score)),
                            ])
                        })
                }))
    }

    private static let order = Route(
        post: "/order", .embeddingsInference, "How likely a text follows another.",
        [
            Field("first", .string, "What comes before.", required: true),
            Field("second", .string, "What may come next.", required: true),
        ], .object([Field("score", .number, "Probability that they are in order.", required: true)])
    ) { exchange in
        let model = try exchange.servedModel()
        let (first, second) = (exchange.body["first"]?.string ?? "", exchange.body["second"]?.string ?? "")
        exchange.count([first, second])
        let score = try await exchange.ask([.probability(that: second, follows: first)], of: model)[0]
        return Reply(.object([("score", .float(score))]))
    }

    private static let choose = Route(
        post: "/choose", .embeddingsInference, "What goes on with a text best.",
        [
            Field("text", .string, "A question, or the beginning of a text.", required: true),
            Field("choices", .list(.string, atLeast: 1), "What may go on.", required: true),
        ],
        .object([
            Field("index", .count, "Place of the best.", required: true),
            Field("scores", .vector, "Probability of each.", required: true),
        ])
    ) { exchange in
        let model = try exchange.servedModel()
        let text = exchange.body["text"]?.string ?? ""
        let choices = EmbeddingRoutes.texts(exchange.body["choices"])
        exchange.count([text] + choices)
        let choice = try await exchange.ask([.choose(text, among: choices)], of: model)[0]
        return Reply(.object([("index", .integer(choice.index)), ("scores", .floats(choice.scores))]))
    }

    private static let summarize = Route(
        post: "/summarize", .embeddingsInference, "The sentences of a text that say most of it, in its order.",
        [
            Field("text", .string, "The text, up to 4096 sentences.", required: true),
            Field("sentences", .integer(1...4096), "Sentences to keep (one in five)."),
            Field("method", .words(["lexrank", "mmr"]), "How they are chosen (lexrank)."), offsets,
        ], .list(.object(spanFields))
    ) { exchange in
        let model = try exchange.servedModel()
        let text = exchange.body["text"]?.string ?? ""
        exchange.count([text])
        let chosen = try await exchange.ask(
            [
                .summarize(
                    text, sentences: exchange.body["sentences"]?.integer,
                    method: exchange.body["method"]?.string == "mmr" ? .mmr : .lexRank)
            ], of: model)[0]
        let place = place(exchange, in: text)
        return Reply(
            .array(
                chosen.map { sentence in
                    .object(
                        [("text", .string(sentence.text))] + span(sentence.range, place)
                            + [("score", .float(sentence.score))])
                }))
    }
}
