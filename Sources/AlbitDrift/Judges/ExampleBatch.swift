import AlbitRuntime
import AlbitTasks
import AlbitText

/// Examples that are judged together, with their sequences.
struct ExampleBatch<Judge: HeadJudge> {
    private(set) var examples: [DataExample] = []
    private(set) var plans: [Judge.Task.Plan] = []

    /// Tokens and sequences that end a batch.
    private static var maxTokens: Int { 512 }

    /// Reads the next examples of a file; nil at its end.
    init?(_ data: ExampleReader, _ judge: Judge) throws(Fault) {
        var tokens = 0
        while tokens < Self.maxTokens, let example = try data.next() {
            let plan = try judge.plan(example, in: data.path)
            for index in 0..<plan.sequenceCount where tokens < Self.maxTokens { tokens += plan.input(index).ids.count }
            examples.append(example)
            plans.append(plan)
        }
        if examples.isEmpty { return nil }
    }
}

/// What a model's task read of each example of a batch.
struct ExampleReadings<Judge: HeadJudge> {
    private(set) var all: [[Judge.Task.Reading]]

    init(_ batch: ExampleBatch<Judge>) { all = Array(repeating: [], count: batch.plans.count) }

    mutating func read(
        _ sequence: EncodedSequence, _ place: SequencePlace, of batch: ExampleBatch<Judge>, _ task: Judge.Task
    ) throws(Fault) {
        all[place.plan].append(try task.read(sequence, place.sequence, of: batch.plans[place.plan]))
    }
}
