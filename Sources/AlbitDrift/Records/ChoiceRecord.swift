/// Which of several choices both models take, with the right one where it is known: continuations of a text, or the
/// order of two sentences.
package struct ChoiceRecord: Sendable {
    private var right: ([Bool], [Bool]) = ([], [])
    private var total = 0
    private var equal = 0
    private var canDiffer = false
    private let name: String
    private var kinds = AnswerKinds<Int>()

    /// `name` of the metric.
    package init(name: String) { self.name = name }

    /// Indexes below `count`.
    package mutating func add(truth: Int?, reference a: Int, candidate b: Int, of count: Int) {
        total += 1
        equal += a == b ? 1 : 0
        kinds.add(a, b)
        canDiffer = canDiffer || count > 1
        guard let truth else { return }
        right.0.append(a == truth)
        right.1.append(b == truth)
    }

    package var figures: HeadFigures {
        guard canDiffer || total == 0 else {
            var figures = HeadFigures(agreement: .missing("no row has more than one choice"))
            figures.noMetric = "no row has more than one choice"
            return figures
        }
        var figures = HeadFigures(agreement: HeadFigures.agreement(equal, of: total, unit: "choice"))
        figures.answerKinds = kinds.counts("text")
        figures.labelled = right.0.count
        guard !right.0.isEmpty else {
            figures.noMetric = HeadFigures.noTruth()
            return figures
        }
        figures.metrics = [HeadFigures.share(name, reference: right.0, candidate: right.1)]
        return figures
    }
}
