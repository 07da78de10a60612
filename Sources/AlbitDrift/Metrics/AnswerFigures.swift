/// Exact match and F1 over questions, as the SQuAD 2.0 script reports them: in total, of questions that have an answer,
/// and of those that have none. Shares, not percent.
package struct AnswerFigures: Sendable {
    /// Sums over one kind of question.
    package struct Part: Sendable {
        package private(set) var count = 0
        private var exactSum = 0.0
        private var f1Sum = 0.0

        mutating func add(exact: Double, f1: Double) {
            count += 1
            exactSum += exact
            f1Sum += f1
        }

        /// nil without questions.
        package var exact: Double? { count > 0 ? exactSum / Double(count) : nil }
        package var f1: Double? { count > 0 ? f1Sum / Double(count) : nil }
    }

    package private(set) var total = Part()
    package private(set) var withAnswer = Part()
    package private(set) var withoutAnswer = Part()

    package init() {}

    /// Adds a question. `answers` are those that the data allow: none, or only empty ones, where the text holds none;
    /// the prediction "" says the same. Returns what the question is worth.
    @discardableResult
    package mutating func add(_ prediction: String, answers: [String]) -> (exact: Double, f1: Double) {
        let exact = AnswerMatch.exact(prediction, answers: answers)
        let f1 = AnswerMatch.f1(prediction, answers: answers)
        total.add(exact: exact, f1: f1)
        // The script sorts by whether answers are listed, before it normalizes them.
        if answers.contains(where: { !$0.isEmpty }) {
            withAnswer.add(exact: exact, f1: f1)
        } else {
            withoutAnswer.add(exact: exact, f1: f1)
        }
        return (exact, f1)
    }
}
