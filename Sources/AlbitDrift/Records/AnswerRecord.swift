/// Answers that both models take from contexts, with the true ones where they are known.
package struct AnswerRecord: Sendable {
    /// A part of the context in bytes, and its text; "" and nil for "no answer".
    package struct Span: Sendable {
        package let text: String
        package let range: Range<Int>?

        package init(text: String, range: Range<Int>?) { (self.text, self.range) = (text, range) }
    }

    private var exact: ([Double], [Double]) = ([], [])
    private var f1: ([Double], [Double]) = ([], [])
    private var hasAnswer: [Bool] = []
    private var total = 0
    private var equal = 0
    private var kinds = AnswerKinds<String>()

    package init() {}

    /// `truth`: the answers that are right, none for a question that has no answer; nil where that is not known.
    package mutating func add(truth: [String]?, reference a: Span, candidate b: Span) {
        total += 1
        equal += a.range == b.range ? 1 : 0
        kinds.add(a.text, b.text)
        guard let truth else { return }
        hasAnswer.append(truth.contains { !$0.isEmpty })
        exact.0.append(AnswerMatch.exact(a.text, answers: truth))
        exact.1.append(AnswerMatch.exact(b.text, answers: truth))
        f1.0.append(AnswerMatch.f1(a.text, answers: truth))
        f1.1.append(AnswerMatch.f1(b.text, answers: truth))
    }

    package var figures: HeadFigures {
        var figures = HeadFigures(agreement: HeadFigures.agreement(equal, of: total, unit: "answer"))
        figures.answerKinds = kinds.counts("question")
        figures.labelled = hasAnswer.count
        guard !hasAnswer.isEmpty else {
            figures.noMetric = "no question of the data has an answer to compare with"
            return figures
        }
        figures.metrics = part("", { _ in true })
        if hasAnswer.contains(true), hasAnswer.contains(false) {
            figures.metrics += part("HasAns ", { $0 }) + part("NoAns ", { !$0 })
        }
        return figures
    }

    private func part(_ name: String, _ isIn: (Bool) -> Bool) -> [DriftReport.Metric] {
        let places = hasAnswer.indices.filter { isIn(hasAnswer[$0]) }
        let share = HeadFigures.share(
            name.isEmpty ? "exact match" : name + "exact", reference: places.map { exact.0[$0] > 0 },
            candidate: places.map { exact.1[$0] > 0 })
        return [share]
            + HeadFigures.metrics(
                PairedMeans([
                    PairedMeans.Series(
                        name: name + "F1", reference: places.map { f1.0[$0] }, candidate: places.map { f1.1[$0] })
                ]))
    }
}
