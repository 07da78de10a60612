import AlbitRuntime
import AlbitTasks
import AlbitText

/// Whether two texts stand in their order, or the second is the next one.
struct OrderJudge: HeadJudge {
    /// As Hugging Face numbers the outputs.
    private static let names = ["in order", "swapped"]

    let tasks: (reference: SentenceOrder, candidate: SentenceOrder)
    let head = MeasuredHead.order
    let contexts: (reference: TaskContext, candidate: TaskContext)
    private let reading: LabelReading
    private var record = ChoiceRecord(name: "order accuracy")

    init(reference: TaskContext, candidate: TaskContext, _ settings: JudgeSettings) throws(Fault) {
        tasks = (try SentenceOrder(reference), try SentenceOrder(candidate))
        contexts = (reference, candidate)
        reading = LabelReading(names: OrderJudge.names, count: 2, values: settings.labelValues)
    }

    func plan(
        _ example: DataExample, _ task: SentenceOrder, _ context: TaskContext, in file: String
    ) throws(Fault) -> EncodedText {
        if case .text(_, pair: nil) = example.input { throw example.isNot("two texts", in: file) }
        return try context.sequence(example, in: file)
    }

    mutating func judge(
        _ example: DataExample, _ plans: (reference: EncodedText, candidate: EncodedText), _ reference: [[Float]],
        _ candidate: [[Float]], in file: String
    ) throws(Fault) -> JudgedPair {
        let (a, b) = (
            try tasks.reference.answer(plans.reference, reference),
            try tasks.candidate.answer(plans.candidate, candidate)
        )
        let (left, right) = (a.inOrder ? 0 : 1, b.inOrder ? 0 : 1)
        var truth: Int?
        if let written = example.truth {
            guard case .label(.one(let value)) = written else {
                throw example.truthIsNot("0 for in order, 1 for swapped", in: file)
            }
            truth = try reading.index(of: value, in: file, at: example.place)
        }
        record.add(truth: truth, reference: left, candidate: right, of: 2)
        return JudgedPair(
            reference: JudgedPair.Side(logits: a.logits, text: OrderJudge.names[left]),
            candidate: JudgedPair.Side(logits: b.logits, text: OrderJudge.names[right]), isSame: left == right,
            truth: truth.map { OrderJudge.names[$0] })
    }

    func figures() -> HeadFigures { record.figures }
}
