import AlbitRuntime
import AlbitTasks
import AlbitText

/// A vector for each of the texts of a row; both texts of a pair have their own.
struct TextVectors: TextTask {
    private let embedding: SentenceEmbedding

    init(_ context: TaskContext, prompt: String? = nil) throws(Fault) {
        // As the model's pipeline has it; lengths tell more where there is none.
        var options = SentenceEmbedding.Options(isNormalized: context.model.card.sentence == nil ? false : nil)
        options.prompt = try context.model.prompt(prompt)
        embedding = try SentenceEmbedding(context, options: options)
    }

    var tokensRead: TokensRead { embedding.tokensRead }

    func prepare(_ texts: [[UInt8]]) throws(Fault) -> EncodedTexts {
        var encoded: [EncodedText] = []
        for text in texts { encoded.append(try embedding.prepare(TaskText(text))) }
        return EncodedTexts(encoded)
    }

    func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedTexts) throws(Fault) -> [Float] {
        try embedding.read(sequence, 0, of: plan.texts[index])
    }

    func answer(_ plan: EncodedTexts, _ readings: [[Float]]) throws(Fault) -> [[Float]] {
        var vectors: [[Float]] = []
        for (text, reading) in zip(plan.texts, readings) { vectors.append(try embedding.answer(text, [reading])) }
        return vectors
    }
}

/// Vectors of texts: how far they move, whether their nearest neighbours stay, and how cosines of pairs go with scores.
struct EmbeddingJudge: HeadJudge {
    let tasks: (reference: TextVectors, candidate: TextVectors)
    let contexts: (reference: TaskContext, candidate: TaskContext)
    private var cosines = ValueRecord(isCosine: true)
    private var queries = PairQueries()
    private var vectors: ([[Float]], [[Float]]) = ([], [])

    /// Vectors that are kept for neighbours.
    private static let maxVectors = 1000

    init(reference: TaskContext, candidate: TaskContext, _ settings: JudgeSettings) throws(Fault) {
        tasks = (
            try TextVectors(reference, prompt: settings.prompt), try TextVectors(candidate, prompt: settings.prompt)
        )
        contexts = (reference, candidate)
    }

    var head: MeasuredHead { queries.areRankings ? .ranking : .embedding }

    func plan(
        _ example: DataExample, _ task: TextVectors, _ context: TaskContext, in file: String
    ) throws(Fault) -> EncodedTexts {
        switch example.input {
        case .ids: return EncodedTexts([try context.sequence(example, in: file)])
        case .text(let text, let pair):
            try context.requireTokenizer(example, in: file)
            return try task.prepare([text] + (pair.map { [$0] } ?? []))
        default: throw example.isNot("a text, a pair of texts, or ids", in: file)
        }
    }

    mutating func judge(
        _ example: DataExample, _ plans: (reference: EncodedTexts, candidate: EncodedTexts), _ reference: [[Float]],
        _ candidate: [[Float]], in file: String
    ) throws(Fault) -> JudgedPair {
        let (a, b) = (
            try tasks.reference.answer(plans.reference, reference),
            try tasks.candidate.answer(plans.candidate, candidate)
        )
        for (left, right) in zip(a, b) where vectors.0.count < EmbeddingJudge.maxVectors {
            vectors.0.append(left)
            vectors.1.append(right)
        }
        var pair = JudgedPair()
        (pair.reference.logits, pair.candidate.logits) = (Array(a.joined()), Array(b.joined()))
        guard a.count == 2, case .text(let query, _) = example.input else { return pair }
        let (left, right) = (Cosine.of(a[0], a[1]) ?? 0, Cosine.of(b[0], b[1]) ?? 0)
        var truth: Double?
        if let written = example.truth {
            guard case .label(.one(let value)) = written else { throw example.truthIsNot("a score", in: file) }
            truth = try LabelReading.number(value, in: file, at: example.place)
            pair.truth = value.text
        }
        cosines.add(truth: truth, reference: left, candidate: right)
        queries.add(query, truth: truth, reference: left, candidate: right)
        pair.reference.text = "cosine " + DecimalText.fixed(left, digits: 4)
        pair.candidate.text = "cosine " + DecimalText.fixed(right, digits: 4)
        return pair
    }

    func figures() -> HeadFigures {
        var figures = queries.areRankings ? queries.record.figures : cosines.figures
        figures.neighbourOverlap = NearestNeighbours.overlap(vectors.0, vectors.1).map { 100 * $0 }
        return figures
    }
}
