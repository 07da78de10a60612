import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// What both models answered to one example.
struct JudgedPair {
    struct Side {
        /// Compared number by number between the models.
        var logits: [Float] = []
        /// For people.
        var text = ""
    }

    var reference = Side()
    var candidate = Side()
    /// Whether both answer the same; nil where answers are numbers.
    var isSame: Bool?
    /// The right answer, for people.
    var truth: String?
}

/// How a person settles what data and models leave open.
package struct JudgeSettings: Sendable {
    /// Least score of a label in a set of them.
    package var threshold: Float = 0.5
    /// Whether labels of data are numbers or names, where they can be confused.
    package var labelValues: LabelReading.Values?
    /// Name of the prompt that goes before texts whose vectors are compared; nil: the model's standard one.
    package var prompt: String?

    package init(threshold: Float = 0.5, labelValues: LabelReading.Values? = nil, prompt: String? = nil) {
        (self.threshold, self.labelValues, self.prompt) = (threshold, labelValues, prompt)
    }
}

/// Compares two models' answers of one kind, and what they are worth where the truth is known. The answers are those of
/// the task that commands ask too; a judge knows truth and metrics only.
protocol HeadJudge {
    associatedtype Task: TextTask

    init(reference: TaskContext, candidate: TaskContext, _ settings: JudgeSettings) throws(Fault)

    var tasks: (reference: Task, candidate: Task) { get }
    var contexts: (reference: TaskContext, candidate: TaskContext) { get }
    var head: MeasuredHead { get }

    /// The sequences that an example becomes for one of the models. Throws for one that the head cannot be asked.
    func plan(
        _ example: DataExample, _ task: Task, _ context: TaskContext, in file: String
    ) throws(Fault) -> Task.Plan
    /// Counts what both models answer to an example, each to its own tokens of it.
    mutating func judge(
        _ example: DataExample, _ plans: (reference: Task.Plan, candidate: Task.Plan), _ reference: [Task.Reading],
        _ candidate: [Task.Reading], in file: String
    ) throws(Fault) -> JudgedPair
    /// What the answers so far are worth.
    func figures() -> HeadFigures
}

extension TaskContext {
    /// An example as one sequence. Throws where it is text and there is no tokenizer, and for another kind of example.
    func sequence(_ example: DataExample, in file: String) throws(Fault) -> EncodedText {
        switch example.input {
        case .ids(let ids, let typeIds): return EncodedText(EncoderInput(ids: ids, typeIds: typeIds))
        case .text(let text, let pair):
            try requireTokenizer(example, in: file)
            return try sequence(TaskText(text, pair: pair))
        default: throw example.isNot("a text, or ids", in: file)
        }
    }

    /// Throws for a text that the model cannot take.
    func requireTokenizer(_ example: DataExample, in file: String) throws(Fault) {
        guard model.tokenizer == nil else { return }
        throw Fault(
            .dataNeedsTokenizer, in: file, at: example.place, "is text, but the model has no tokenizer",
            advice: "give ids")
    }
}

extension DataExample {
    /// The fault of an example that a head cannot be asked.
    func isNot(_ wanted: String, in file: String) -> Fault {
        Fault(.dataOtherForm, in: file, at: place, "does not hold what the head reads", expected: wanted)
    }

    /// A truth of another kind than the head gives.
    func truthIsNot(_ wanted: String, in file: String) -> Fault {
        Fault(.dataOtherForm, in: file, at: place, "has a truth of another kind", expected: wanted)
    }
}
