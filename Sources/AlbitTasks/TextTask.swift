import AlbitRuntime
import AlbitText

/// A task on text in three pure steps, for commands, library and verification alike: what the model is to read, what is
/// taken of each sequence that it read, and what that makes together. `TaskSession` carries questions through them.
package protocol TextTask {
    /// What is asked: a text, a pair, a question about a context.
    associatedtype Question
    /// The sequences of a question.
    associatedtype Plan: TaskPlan
    /// What is kept of a sequence: logits, a vector.
    associatedtype Reading
    associatedtype Answer

    /// Whose hidden states `read` looks at.
    var tokensRead: TokensRead { get }

    /// Tokens, windows, truncation. Throws for a question that this model cannot be asked.
    func prepare(_ question: Question) throws(Fault) -> Plan
    /// Takes what the answer needs of an encoded sequence, the `index`th of the plan.
    func read(_ sequence: EncodedSequence, _ index: Int, of plan: Plan) throws(Fault) -> Reading
    /// The answer, from the readings of all sequences in their order.
    func answer(_ plan: Plan, _ readings: [Reading]) throws(Fault) -> Answer
}

extension TextTask {
    package var tokensRead: TokensRead { .all }
}

/// The sequences that a question becomes. They are made one by one: those of a long text in windows would fill more
/// memory than the text.
package protocol TaskPlan {
    var sequenceCount: Int { get }
    /// For each text of the question that may be cut: tokens that the model's length leaves out.
    var truncations: [Int] { get }
    func input(_ index: Int) -> EncoderInput
}

/// The sequences of some plans, in batches that fill the kernels' tiles and matter little in memory.
package struct SequenceBatches<Plan: TaskPlan> {
    /// Tokens that a batch holds, about.
    private static var batchTokens: Int { 512 }

    private let plans: [Plan]
    private var plan = 0
    private var sequence = 0

    package init(_ plans: [Plan]) { self.plans = plans }

    /// The next sequences with the plans that they belong to; nil after the last one.
    package mutating func next() -> (inputs: [EncoderInput], places: [SequencePlace])? {
        var inputs: [EncoderInput] = []
        var places: [SequencePlace] = []
        var tokens = 0
        while plan < plans.count {
            guard sequence < plans[plan].sequenceCount else {
                plan += 1
                sequence = 0
                continue
            }
            let input = plans[plan].input(sequence)
            if !inputs.isEmpty, tokens + input.ids.count > Self.batchTokens { break }
            inputs.append(input)
            places.append(SequencePlace(plan: plan, sequence: sequence))
            tokens += input.ids.count
            sequence += 1
        }
        return inputs.isEmpty ? nil : (inputs, places)
    }
}

/// Which sequence of which plan.
package struct SequencePlace {
    package let plan: Int
    package let sequence: Int
}
