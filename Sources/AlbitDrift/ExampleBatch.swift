import AlbitRuntime
import AlbitTasks
import AlbitText

/// Examples that are judged together, with their sequences.
struct ExampleBatch<Score: TaskScore> {
    private(set) var examples: [Example] = []
    private(set) var plans: [Score.Task.Plan] = []

    /// Tokens and sequences that end a batch.
    private static var maxTokens: Int { 512 }

    /// Reads the next examples of a file; nil at its end.
    init?(_ data: inout DataFile, _ score: Score) throws(Fault) {
        var tokens = 0
        while tokens < Self.maxTokens, let example = try data.next() {
            let plan = try score.plan(example, data.path)
            for index in 0..<plan.sequenceCount where tokens < Self.maxTokens { tokens += plan.input(index).ids.count }
            examples.append(example)
            plans.append(plan)
        }
        if examples.isEmpty { return nil }
    }
}

/// What a model's task read of each example of a batch.
struct ExampleReadings<Score: TaskScore> {
    private(set) var all: [[Score.Task.Reading]]

    init(_ batch: ExampleBatch<Score>) { all = Array(repeating: [], count: batch.plans.count) }

    mutating func read(
        _ sequence: EncodedSequence, _ place: SequencePlace, of batch: ExampleBatch<Score>, _ task: Score.Task
    ) throws(Fault) {
        all[place.plan].append(try task.read(sequence, place.sequence, of: batch.plans[place.plan]))
    }
}
