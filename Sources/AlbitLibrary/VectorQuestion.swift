internal import AlbitModel
internal import AlbitRuntime
internal import AlbitTasks
internal import AlbitText

extension Question where Answer == [Float] {
    /// The vector of a text: ``Albert/embed(_:pooling:normalized:prompt:)-(String,_,_,_)``.
    ///
    /// `prompt` is the name of one of ``ModelCard/prompts`` that goes before the text; nil: the model's standard one,
    /// empty: none.
    public static func embed(
        _ text: String, pooling: Pooling? = nil, normalized: Bool? = nil, prompt: String? = nil
    ) -> Question {
        Question(
            TaskText(text),
            of: { context in
                var options = SentenceEmbedding.Options(pooling: pooling?.stored, isNormalized: normalized)
                options.prompt = try context.model.prompt(prompt)
                return try SentenceEmbedding(context, options: options)
            }
        ) { _, vector in vector }
    }

    /// How like the vectors of some texts are to that of another, in their order: their cosine, or what the model's
    /// own card names.
    public static func similarity(of text: String, to others: [String]) -> Question {
        Question(ChoiceQuestion(text, others), of: { try VectorRanking($0) }) { _, scores in scores }
    }
}

extension Question where Answer == [Match] {
    /// Which of some candidates fit a question: ``Albert/match(_:among:top:)``.
    public static func match(_ question: String, among candidates: [String], top: Int = 5) -> Question {
        func matches(_ found: CandidateScores) -> [Match] {
            found.best(top).map {
                Match(index: $0, text: candidates[$0], score: found.scores[$0], rawScore: found.ranks[$0])
            }
        }
        return Question { model, context in
            guard top > 0 else { throw AlbertError(.invalidArgument, "top is \(top), expected 1 or more") }
            let asked = ChoiceQuestion(question, candidates)
            if let pairs = PairRanking(context) {
                return PreparedQuestion(TaskSequences(model, pairs, try pairs.prepare(asked))) { matches($1) }
            }
            let vectors = try VectorRanking(context)
            return PreparedQuestion(TaskSequences(model, vectors, try vectors.prepare(asked))) { _, scores in
                matches(
                    CandidateScores(
                        scores: vectors.similarity == .cosine ? scores.map { max(0, min(1, $0)) } : scores,
                        ranks: scores))
            }
        }
    }

    private init(_ prepare: @escaping (Albert, TaskContext) throws -> PreparedQuestion<Answer>) {
        self.prepare = prepare
    }
}

extension ChoiceQuestion {
    fileprivate init(_ text: String, _ choices: [String]) {
        self.init([UInt8](text.utf8), choices: choices.map { [UInt8]($0.utf8) })
    }
}

/// How like texts are to another, by their vectors.
struct VectorRanking: TextTask {
    let similarity: SimilarityFunction
    private let embedding: SentenceEmbedding

    init(_ context: TaskContext) throws(Fault) {
        similarity = context.model.card.similarity ?? .cosine
        embedding = try SentenceEmbedding(
            context, options: .init(isNormalized: similarity == .cosine ? true : nil))
    }

    var tokensRead: TokensRead { embedding.tokensRead }

    /// The text, then the others.
    func prepare(_ question: ChoiceQuestion) throws(Fault) -> EncodedTexts {
        var texts = [try embedding.prepare(TaskText(question.text))]
        for choice in question.choices { texts.append(try embedding.prepare(TaskText(choice))) }
        return EncodedTexts(texts)
    }

    func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedTexts) throws(Fault) -> [Float] {
        try embedding.answer(plan.texts[index], [embedding.read(sequence, 0, of: plan.texts[index])])
    }

    func answer(_ plan: EncodedTexts, _ vectors: [[Float]]) throws(Fault) -> [Float] {
        vectors.dropFirst().map { SentenceVector.similarity($0, vectors[0], by: similarity) }
    }
}
