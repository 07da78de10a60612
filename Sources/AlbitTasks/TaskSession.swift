import AlbitModel
import AlbitRuntime
import AlbitText

/// Carries questions through tasks: prepares them, encodes their sequences batch by batch, and collects the answers.
/// Used from one thread at a time.
package final class TaskSession {
    package let context: TaskContext
    package let session: Session
    /// Texts that were cut so far, and the tokens they lost.
    package private(set) var truncatedTexts = 0
    package private(set) var truncatedTokens = 0
    /// For each question of the last call of `answers`: tokens that were left out.
    package private(set) var truncations: [Int] = []
    /// Texts seen so far.
    private var textCount = 0
    private let isStrict: Bool

    /// `maxLength`: see `TaskContext`. `strict` refuses texts that are longer instead of cutting them. Throws for a
    /// model that takes no text.
    package init(_ model: Model, session: Session, maxLength: Int? = nil, strict: Bool = false) throws(Fault) {
        _ = try model.requireTokenizer()
        context = TaskContext(model, kernel: session.kernel, maxLength: maxLength)
        self.session = session
        isStrict = strict
    }

    package var model: Model { context.model }

    /// Answers to questions, in their order.
    package func answers<Task: TextTask>(of task: Task, to questions: [Task.Question]) throws(Fault) -> [Task.Answer] {
        var plans: [Task.Plan] = []
        truncations = []
        for question in questions {
            let plan = try prepare(question, for: task)
            truncations.append(plan.truncations.reduce(0, +))
            plans.append(plan)
        }
        var readings = [[Task.Reading]](repeating: [], count: plans.count)
        var batches = SequenceBatches(plans)
        while let (inputs, places) = batches.next() {
            let batch = try session.encode(inputs, reading: task.tokensRead)
            for (index, place) in places.enumerated() {
                readings[place.plan].append(try task.read(batch[index], place.sequence, of: plans[place.plan]))
            }
        }
        var answers: [Task.Answer] = []
        for (plan, readings) in zip(plans, readings) { answers.append(try task.answer(plan, readings)) }
        return answers
    }

    /// The answer to one question.
    package func answer<Task: TextTask>(of task: Task, to question: Task.Question) throws(Fault) -> Task.Answer {
        try answers(of: task, to: [question])[0]
    }

    /// Prepares a question and counts what it loses. Throws for a loss where that is refused.
    package func prepare<Task: TextTask>(_ question: Task.Question, for task: Task) throws(Fault) -> Task.Plan {
        let plan = try task.prepare(question)
        for tokens in plan.truncations {
            textCount += 1
            guard tokens > 0 else { continue }
            guard !isStrict else {
                throw Fault(
                    .taskTooLong,
                    "text " + String(textCount) + " is " + String(tokens) + " tokens longer than the "
                        + String(context.maxLength) + " that the model takes",
                    advice: "shorten it, or leave out --strict")
            }
            truncatedTexts += 1
            truncatedTokens += tokens
        }
        return plan
    }
}
