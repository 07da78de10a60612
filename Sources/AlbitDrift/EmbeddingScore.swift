import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// One vector a text; judged by cosines and by whether its nearest neighbours stay the same.
struct EmbeddingScore: TaskScore {
    let task: SentenceEmbedding
    private let context: TaskContext
    private(set) var vectors: [[Float]] = []

    /// Vectors that are kept for neighbours.
    private static let maxVectors = 1000

    init(_ context: TaskContext) throws(Fault) {
        self.context = context
        task = try SentenceEmbedding(context, options: .init(isNormalized: false))
    }

    func plan(_ example: Example, _ path: String) throws(Fault) -> EncodedText {
        guard case .text(let text, let pair) = example.input else { return try context.sequence(example, path) }
        try context.requireTokenizer(example, path)
        return try task.prepare(TaskText(text, pair: pair))
    }

    mutating func judge(
        _ example: Example, _ plan: EncodedText, _ readings: [[Float]], _ path: String
    ) throws(Fault) -> TaskAnswer {
        let vector = try task.answer(plan, readings)
        if vectors.count < EmbeddingScore.maxVectors { vectors.append(SentenceVector.normalized(vector)) }
        return TaskAnswer(logits: vector)
    }
}
