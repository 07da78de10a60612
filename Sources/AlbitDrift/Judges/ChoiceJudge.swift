import AlbitRuntime
import AlbitTasks
import AlbitText

/// Which of several texts goes on with one.
struct ChoiceJudge: HeadJudge {
    let tasks: (reference: MultipleChoice, candidate: MultipleChoice)
    let head = MeasuredHead.choice
    let contexts: (reference: TaskContext, candidate: TaskContext)
    private let values: LabelReading.Values?
    private var record = ChoiceRecord(name: "accuracy")

    init(reference: TaskContext, candidate: TaskContext, _ settings: JudgeSettings) throws(Fault) {
        tasks = (try MultipleChoice(reference), try MultipleChoice(candidate))
        contexts = (reference, candidate)
        values = settings.labelValues
    }

    func plan(
        _ example: DataExample, _ task: MultipleChoice, _ context: TaskContext, in file: String
    ) throws(Fault) -> EncodedTexts {
        guard case .choices(let text, let choices) = example.input else {
            throw example.isNot("a text and its choices", in: file)
        }
        try context.requireTokenizer(example, in: file)
        return try task.prepare(ChoiceQuestion(text, choices: choices))
    }

    mutating func judge(
        _ example: DataExample, _ plans: (reference: EncodedTexts, candidate: EncodedTexts), _ reference: [Float],
        _ candidate: [Float], in file: String
    ) throws(Fault) -> JudgedPair {
        let (a, b) = (
            try tasks.reference.answer(plans.reference, reference),
            try tasks.candidate.answer(plans.candidate, candidate)
        )
        guard case .choices(_, let choices) = example.input, let left = a.index, let right = b.index else {
            return JudgedPair()
        }
        var truth: Int?
        if let written = example.truth {
            guard case .choice(let value) = written else {
                throw example.truthIsNot("the number of a choice", in: file)
            }
            truth = try index(of: value, choices, in: file, at: example.place)
        }
        record.add(truth: truth, reference: left, candidate: right, of: choices.count)
        func words(_ index: Int) -> String { String(decoding: choices[index], as: UTF8.self) }
        return JudgedPair(
            reference: JudgedPair.Side(logits: a.logits, text: words(left)),
            candidate: JudgedPair.Side(logits: b.logits, text: words(right)),
            isSame: left == right, truth: truth.map(words))
    }

    func figures() -> HeadFigures { record.figures }

    /// A number from 0, a letter from A, or the choice itself.
    private func index(
        of value: LabelValue, _ choices: [[UInt8]], in file: String, at place: String
    ) throws(Fault) -> Int? {
        if let number = value.integer {
            if number == -1 { return nil }
            if number >= 0, number < choices.count { return number }
        } else {
            let bytes = Array(value.text.utf8)
            if let same = choices.firstIndex(of: bytes) { return same }
            if bytes.count == 1, let letter = bytes.first, letter >= 0x41, Int(letter) - 0x41 < choices.count {
                return Int(letter) - 0x41
            }
            if bytes.isEmpty { return nil }
        }
        throw Fault(
            .dataUnknownLabel, in: file, at: place, "has label '\(value.text)'",
            expected: "the number of a choice, 0 to \(choices.count - 1)")
    }
}
