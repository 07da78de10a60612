import AlbitModel
import AlbitText
import AlbitTokenizers

/// Which of several endings or answers fits a text best.
package struct ChoiceAnswer: Sendable, Equatable {
    /// Place of the best choice, from 0; nil without choices.
    package let index: Int?
    /// Softmax over the choices.
    package let scores: [Float]
    package let logits: [Float]

    package init(logits: [Float], kernel: Kernel) {
        self.logits = logits
        scores = Scores.softmax(logits, kernel: kernel)
        index = Scores.largest(logits[...])
    }
}

/// `AlbertForMultipleChoice`: one score from the pooled output of every pair of text and choice.
package struct MultipleChoice {
    package let tasks: TaskSession
    private let classifier: Linear

    package init(_ tasks: TaskSession) throws(Fault) {
        self.tasks = tasks
        classifier = try tasks.require(tasks.session.weights.classifier, .multipleChoice, width: 1)
    }

    package func choose(_ text: [UInt8], among choices: [[UInt8]]) throws(Fault) -> ChoiceAnswer {
        var encodings: [Encoding] = []
        for choice in choices { encodings.append(try tasks.tokenize(TaskText(text, pair: choice))) }
        var logits: [Float] = []
        var encoded = tasks.encoded(encodings, reading: .first)
        while let (_, sequence) = try encoded.next() {
            logits.append(contentsOf: tasks.session.apply(classifier, vector: try tasks.pooled(sequence)))
        }
        return ChoiceAnswer(logits: logits, kernel: tasks.kernel)
    }
}
