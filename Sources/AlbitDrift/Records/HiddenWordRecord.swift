/// Guesses of both models at hidden words.
package struct HiddenWordRecord: Sendable {
    /// The best guess in one place, and what the true word is worth where it is known.
    package struct Guess: Sendable {
        package let top: Int
        package let word: MaskedWord?

        package init(top: Int, word: MaskedWord?) { (self.top, self.word) = (top, word) }
    }

    private var texts: [(reference: [MaskedWord], candidate: [MaskedWord])] = []
    private var total = 0
    private var equal = 0
    private var kinds = AnswerKinds<Int>()

    package init() {}

    /// Guesses at the hidden words of one text, as many of both models.
    package mutating func add(reference a: [Guess], candidate b: [Guess]) {
        total += a.count
        equal += zip(a, b).count { $0.top == $1.top }
        for (x, y) in zip(a, b) { kinds.add(x.top, y.top) }
        let known = zip(a, b).compactMap { (x, y) in x.word.flatMap { left in y.word.map { (left, $0) } } }
        if !known.isEmpty { texts.append((known.map { $0.0 }, known.map { $0.1 })) }
    }

    package var figures: HeadFigures {
        var figures = HeadFigures(agreement: HeadFigures.agreement(equal, of: total, unit: "word"))
        figures.answerKinds = kinds.counts("word")
        figures.labelled = texts.count
        guard !texts.isEmpty else {
            figures.noMetric = "the data hold no word whose place can be hidden"
            return figures
        }
        figures.metrics = HeadFigures.metrics(PairedWords(texts))
        return figures
    }
}
