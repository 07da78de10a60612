import AlbitRuntime
import AlbitTasks
import AlbitText

/// One line of a data file: what a model reads, and what it should answer.
package struct Example: Sendable {
    package enum Input: Sendable {
        case text([UInt8], pair: [UInt8]?)
        case ids([Int32], typeIds: [Int32]?)
    }

    package var input: Input
    /// As written in the file: an id, a name or a number; nil without one.
    package var label: String?
    /// A tag for each word of the text, words being what stands between spaces.
    package var tags: [String]?
    /// Right answers to a question (the text) about its context (the pair); "" where the context holds none.
    package var answers: [String]?
    /// Line of the file, from 1.
    package var line: Int

    package init(input: Input, label: String?, line: Int) {
        self.input = input
        self.label = label
        self.line = line
    }
}

extension TaskContext {
    /// An example as one sequence. Throws where it is text and there is no tokenizer.
    package func sequence(_ example: Example, _ path: String) throws(Fault) -> EncodedText {
        switch example.input {
        case .ids(let ids, let typeIds): return EncodedText(EncoderInput(ids: ids, typeIds: typeIds))
        case .text(let text, let pair):
            guard model.tokenizer != nil else {
                throw Fault(
                    .dataNeedsTokenizer, in: path, at: "line \(example.line)",
                    "is text, but the model has no tokenizer", advice: "give ids")
            }
            return try sequence(TaskText(text, pair: pair))
        }
    }
}
