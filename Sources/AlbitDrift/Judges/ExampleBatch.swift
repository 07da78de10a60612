import AlbitRuntime
import AlbitTasks
import AlbitText

/// Examples that are judged together, with the sequences that each model makes of them.
struct ExampleBatch<Judge: HeadJudge> {
    typealias Plans = (reference: Judge.Task.Plan, candidate: Judge.Task.Plan)

    private(set) var examples: [DataExample] = []
    private(set) var plans: [Plans] = []
    /// Places of examples that both models read as the same pieces, and of the others.
    private(set) var alike: [Int] = []
    private(set) var otherwise: [Int] = []

    /// Tokens and sequences that end a batch.
    private static var maxTokens: Int { 512 }

    /// Reads the next examples of a file; nil at its end. `shared`: what the vocabularies have in common; nil: all.
    init?(_ data: ExampleReader, _ judge: Judge, _ shared: SharedPieces? = nil) throws(Fault) {
        var tokens = 0
        while tokens < Self.maxTokens, let example = try data.next() {
            let plan = try judge.plan(example, judge.tasks.reference, judge.contexts.reference, in: data.path)
            var other = plan
            if let shared {
                other = try judge.plan(
                    shared.candidate(example, in: data.path), judge.tasks.candidate, judge.contexts.candidate,
                    in: data.path)
            }
            for index in 0..<plan.sequenceCount where tokens < Self.maxTokens { tokens += plan.input(index).ids.count }
            if shared?.isSame(plan, other) ?? true { alike.append(plans.count) } else { otherwise.append(plans.count) }
            examples.append(example)
            plans.append((plan, other))
        }
        if examples.isEmpty { return nil }
    }
}

/// What a model's task read of each example of a batch.
struct ExampleReadings<Judge: HeadJudge> {
    private(set) var all: [[Judge.Task.Reading]]

    init(_ batch: ExampleBatch<Judge>) { all = Array(repeating: [], count: batch.plans.count) }

    /// Takes what a model read of one of the sequences of example `index`.
    mutating func read(
        _ sequence: EncodedSequence, _ place: Int, of index: Int, _ plan: Judge.Task.Plan, _ task: Judge.Task
    ) throws(Fault) {
        all[index].append(try task.read(sequence, place, of: plan))
    }
}
