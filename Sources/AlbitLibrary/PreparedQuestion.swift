internal import AlbitRuntime
internal import AlbitTasks

/// A question that a model is ready to read: its tokens are counted, nothing is computed yet.
///
/// Whoever serves many users at once takes ``sequences`` of several questions, whatever they ask, has the model read
/// them in one pass (``Albert/read(_:)``), and makes each ``answer(from:)`` when all of its sequences are read. An
/// answer does not depend on what else was in its passes, to the byte.
public struct PreparedQuestion<Answer: Sendable>: @unchecked Sendable {
    /// What the model is to read for this question, in order: one sequence, a window each of a long text, a pair with
    /// each candidate. None where there is nothing to read.
    public let sequences: [PreparedSequence]
    /// For each text of the question that was cut: tokens that ``Albert/maxLength`` leaves out.
    public let truncations: [Int]

    /// Holds a plan and a task, which never change.
    private let answering: ([Any]) throws -> Answer?

    init<Task: TextTask>(
        _ source: TaskSequences<Task>, _ answer: @escaping (Albert, Task.Answer) throws -> Answer
    ) {
        sequences = (0..<source.plan.sequenceCount).map { PreparedSequence(source, $0) }
        truncations = source.plan.truncations.filter { $0 > 0 }
        answering = { values in
            let readings = values.compactMap { $0 as? Task.Reading }
            guard readings.count == values.count else { return nil }
            return try answer(source.owner, source.task.answer(source.plan, readings))
        }
    }

    /// Tokens that the model has to read in all.
    public var tokenCount: Int { sequences.reduce(0) { $0 + $1.tokenCount } }
    /// Tokens that were left out because a text is longer than ``Albert/maxLength``.
    public var truncatedTokens: Int { truncations.reduce(0, +) }

    /// Makes the answer.
    ///
    /// - Parameter readings: What ``Albert/read(_:)`` gave for each of ``sequences``, in their order.
    /// - Returns: The answer, the same bytes however the passes were mixed.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/invalidArgument`` for readings of other sequences.
    public func answer(from readings: [SequenceReading]) throws(AlbertError) -> Answer {
        let areOwn =
            readings.count == sequences.count
            && zip(readings, sequences).allSatisfy { $0.source === $1.source && $0.index == $1.index }
        do {
            if areOwn, let answer = try answering(readings.map(\.value)) { return answer }
        } catch {
            throw AlbertError(error)
        }
        throw AlbertError(
            .invalidArgument,
            "the readings are not those of the question's \(sequences.count) sequences in their order")
    }
}

/// One sequence that a model is to read.
public struct PreparedSequence: @unchecked Sendable {
    /// Its tokens, [CLS] and [SEP] among them.
    public let tokenCount: Int

    /// A task's plan, which never changes.
    let source: any SequenceSource
    let index: Int

    init(_ source: any SequenceSource, _ index: Int) {
        self.source = source
        self.index = index
        tokenCount = source.input(index).ids.count
    }
}

/// What a model kept of a sequence that it read, for ``PreparedQuestion/answer(from:)``.
public struct SequenceReading: @unchecked Sendable {
    let source: any SequenceSource
    let index: Int
    /// What the task reads, which never changes.
    let value: Any
}

/// Sequences of some task.
protocol SequenceSource: AnyObject {
    /// The model that they are made for.
    var owner: Albert { get }
    var tokensRead: TokensRead { get }
    func input(_ index: Int) -> EncoderInput
    func reading(_ sequence: EncodedSequence, _ index: Int) throws -> Any
}

/// The sequences of one question.
final class TaskSequences<Task: TextTask>: SequenceSource {
    let owner: Albert
    let task: Task
    let plan: Task.Plan

    init(_ owner: Albert, _ task: Task, _ plan: Task.Plan) {
        self.owner = owner
        self.task = task
        self.plan = plan
    }

    var tokensRead: TokensRead { task.tokensRead }
    func input(_ index: Int) -> EncoderInput { plan.input(index) }
    func reading(_ sequence: EncodedSequence, _ index: Int) throws -> Any {
        try task.read(sequence, index, of: plan)
    }
}
