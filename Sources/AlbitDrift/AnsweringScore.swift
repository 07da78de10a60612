import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// The part of a context that answers a question.
struct AnsweringScore: TaskScore {
    let task: QuestionAnswering
    private let context: TaskContext
    private var exact = 0.0
    private var f1 = 0.0
    private(set) var marks: [Int8] = []

    init(_ context: TaskContext) throws(Fault) {
        self.context = context
        task = try QuestionAnswering(context)
    }

    func plan(_ example: Example, _ path: String) throws(Fault) -> QuestionWindows {
        try context.requireTokenizer(example, path)
        return try task.prepare(AnsweringScore.question(example))
    }

    mutating func judge(
        _ example: Example, _ plan: QuestionWindows, _ readings: [[Float]], _ path: String
    ) throws(Fault) -> TaskAnswer {
        let found = try task.answer(plan, readings)
        let mayBeEmpty = example.answers?.allSatisfy(\.isEmpty) ?? false
        let range = found.best(allowsNoAnswer: mayBeEmpty)?.range
        let context = AnsweringScore.question(example).context
        var answer = TaskAnswer(logits: Array(readings.joined()))
        answer.text = range.map { String(decoding: context[$0.clamped(to: 0..<context.count)], as: UTF8.self) } ?? ""
        answer.units = range.map { [$0.lowerBound, $0.upperBound] } ?? [-1, -1]
        if let answers = example.answers {
            let hit = AnswerMatch.exact(answer.text, answers: answers)
            exact += hit
            f1 += AnswerMatch.f1(answer.text, answers: answers)
            marks.append(Int8(hit))
        }
        return answer
    }

    var metrics: [(name: String, value: Double)] {
        marks.isEmpty
            ? [] : [("exact match", 100 * exact / Double(marks.count)), ("F1", 100 * f1 / Double(marks.count))]
    }

    /// Examples with a context are texts: a data file has no columns of ids beside questions.
    private static func question(_ example: Example) -> ContextQuestion {
        guard case .text(let question, let context) = example.input else { return ContextQuestion([], in: []) }
        return ContextQuestion(question, in: context ?? [])
    }
}
