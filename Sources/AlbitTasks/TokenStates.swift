import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// The tokens of a text and what the encoder makes of them, for whatever has no task of its own.
package struct TokenStates: Sendable {
    package let encoding: Encoding
    /// The last hidden state [tokens][H].
    package let values: [Float]
    /// SHA-256, in hexadecimal, of `values` as little-endian float32.
    package let digest: String
}

/// Runs the encoder and hands out its states.
package struct TokenStateReading: TextTask {
    private let context: TaskContext

    package init(_ context: TaskContext) { self.context = context }

    package func prepare(_ text: TaskText) throws(Fault) -> EncodedText { try context.sequence(text) }

    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedText) throws(Fault) -> TokenStates {
        TokenStates(encoding: plan.encoding ?? Encoding(), values: sequence.lastHiddenState, digest: sequence.digest)
    }

    package func answer(_ plan: EncodedText, _ states: [TokenStates]) throws(Fault) -> TokenStates { states[0] }
}
