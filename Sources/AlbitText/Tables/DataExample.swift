/// One record of a data file: what a model reads, and what it should answer.
package struct DataExample: Sendable {
    package enum Input: Sendable, Equatable {
        case text([UInt8], pair: [UInt8]?)
        case words([[UInt8]])
        case question([UInt8], context: [UInt8])
        case choices([UInt8], among: [[UInt8]])
        case ids([Int32], typeIds: [Int32]?)
    }

    package enum Truth: Sendable, Equatable {
        case label(ExampleLabel)
        /// A tag for each word.
        case tags([LabelValue])
        /// Right answers; none where the context holds none.
        case answers([[UInt8]])
        /// Which of the choices is right, as written.
        case choice(LabelValue)
    }

    package var input: Input
    /// nil where the record has none.
    package var truth: Truth?
    /// Line of the file, or question of a SQuAD file, from 1.
    package var line: Int
    /// The same for messages: `line 7`.
    package var place: String

    package init(input: Input, truth: Truth? = nil, line: Int, place: String = "") {
        self.input = input
        self.truth = truth
        self.line = line
        self.place = place.isEmpty ? "line " + String(line) : place
    }
}
