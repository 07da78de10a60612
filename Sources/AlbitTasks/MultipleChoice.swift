import AlbitModel
import AlbitRuntime
import AlbitText

/// A text, and what may go on with it.
package struct ChoiceQuestion: Sendable, Equatable {
    package let text: [UInt8]
    package let choices: [[UInt8]]

    package init(_ text: [UInt8], choices: [[UInt8]]) {
        self.text = text
        self.choices = choices
    }
}

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
package struct MultipleChoice: TextTask {
    private let context: TaskContext
    private let classifier: Linear

    /// Throws where the model has no such head.
    package init(_ context: TaskContext) throws(Fault) {
        self.context = context
        classifier = try context.model.linear(.multipleChoice, width: 1)
    }

    package var tokensRead: TokensRead { .first }

    package func prepare(_ question: ChoiceQuestion) throws(Fault) -> EncodedTexts {
        try context.pairs(question.text, question.choices)
    }

    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedTexts) throws(Fault) -> Float {
        sequence.pooledLogits(classifier)?.first ?? 0
    }

    package func answer(_ plan: EncodedTexts, _ logits: [Float]) throws(Fault) -> ChoiceAnswer {
        ChoiceAnswer(logits: logits, kernel: context.kernel)
    }
}

extension TaskContext {
    /// A text paired with each of some others. `keepsEmpty`: an empty one stays a second text.
    func pairs(_ text: [UInt8], _ others: [[UInt8]], keepsEmpty: Bool = false) throws(Fault) -> EncodedTexts {
        var texts: [EncodedText] = []
        for other in others { texts.append(try sequence(TaskText(text, pair: other), keepsEmpty: keepsEmpty)) }
        return EncodedTexts(texts)
    }
}
