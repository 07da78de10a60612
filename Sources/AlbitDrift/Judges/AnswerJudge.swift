import AlbitRuntime
import AlbitTasks
import AlbitText

/// The part of a context that answers a question. Where the data know questions without an answer, as SQuAD 2.0 does,
/// "no answer" may win for every question; where all have one, it may win for none, as `answer` has it by default.
struct AnswerJudge: HeadJudge {
    let tasks: (reference: QuestionAnswering, candidate: QuestionAnswering)
    let head = MeasuredHead.answers
    let contexts: (reference: TaskContext, candidate: TaskContext)
    /// Without and with "no answer".
    private var records = (AnswerRecord(), AnswerRecord())
    private var hasAnswers = false
    private var hasNone = false

    init(reference: TaskContext, candidate: TaskContext, _ settings: JudgeSettings) throws(Fault) {
        tasks = (try QuestionAnswering(reference), try QuestionAnswering(candidate))
        contexts = (reference, candidate)
    }

    func plan(
        _ example: DataExample, _ task: QuestionAnswering, _ context: TaskContext, in file: String
    ) throws(Fault) -> QuestionWindows {
        guard case .question(let question, let passage) = example.input else {
            throw example.isNot("a question and a context", in: file)
        }
        try context.requireTokenizer(example, in: file)
        return try task.prepare(ContextQuestion(question, in: passage))
    }

    mutating func judge(
        _ example: DataExample, _ plans: (reference: QuestionWindows, candidate: QuestionWindows),
        _ reference: [[Float]], _ candidate: [[Float]], in file: String
    ) throws(Fault) -> JudgedPair {
        guard case .question(_, let context) = example.input else { return JudgedPair() }
        let (a, b) = (
            try tasks.reference.answer(plans.reference, reference),
            try tasks.candidate.answer(plans.candidate, candidate)
        )
        func span(_ list: AnswerList, _ allowsNoAnswer: Bool) -> AnswerRecord.Span {
            let range = list.best(allowsNoAnswer: allowsNoAnswer)?.range?.clamped(to: 0..<context.count)
            return AnswerRecord.Span(
                text: range.map { String(decoding: context[$0], as: UTF8.self) } ?? "", range: range)
        }
        var truth: [String]?
        if let written = example.truth {
            guard case .answers(let texts) = written else { throw example.truthIsNot("answers", in: file) }
            let answers = texts.map { String(decoding: $0, as: UTF8.self) }
            if answers.contains(where: { !$0.isEmpty }) { hasAnswers = true } else { hasNone = true }
            truth = answers
        }
        records.0.add(truth: truth, reference: span(a, false), candidate: span(b, false))
        records.1.add(truth: truth, reference: span(a, true), candidate: span(b, true))
        let (left, right) = (span(a, hasNone), span(b, hasNone))
        return JudgedPair(
            reference: JudgedPair.Side(
                logits: Array(reference.joined()), text: left.range == nil ? "no answer" : left.text),
            candidate: JudgedPair.Side(
                logits: Array(candidate.joined()), text: right.range == nil ? "no answer" : right.text),
            isSame: left.range == right.range, truth: truth.map { $0.first { !$0.isEmpty } ?? "no answer" })
    }

    func figures() -> HeadFigures {
        // A file without any answer is a test set, not one of questions that have none.
        guard hasAnswers else {
            var figures = records.0.figures
            figures.metrics = []
            figures.labelled = 0
            figures.noMetric = "no question of the data has an answer to compare with"
            return figures
        }
        return hasNone ? records.1.figures : records.0.figures
    }
}
