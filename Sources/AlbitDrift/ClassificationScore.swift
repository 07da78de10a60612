import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// Labels of texts or of pairs of texts, or one number each.
struct ClassificationScore: TaskScore {
    let task: SequenceClassification
    private let context: TaskContext
    private var confusion: ConfusionMatrix
    private var values: (truth: [Double], found: [Double]) = ([], [])
    private(set) var marks: [Int8] = []

    init(_ context: TaskContext) throws(Fault) {
        self.context = context
        task = try SequenceClassification(context)
        confusion = ConfusionMatrix(classes: task.labels.count)
    }

    func plan(_ example: Example, _ path: String) throws(Fault) -> EncodedText { try context.sequence(example, path) }

    mutating func judge(
        _ example: Example, _ plan: EncodedText, _ readings: [[Float]], _ path: String
    ) throws(Fault) -> TaskAnswer {
        let answer = try task.answer(plan, readings)
        guard let found = answer.label else { return try judge(value: answer, example, path) }
        if let label = example.label {
            let target = try index(of: label, example.line, path)
            confusion.add(truth: target, predicted: found)
            marks.append(found == target ? 1 : 0)
        }
        let logits = answer.logits.map { DecimalText.fixed(Double($0), digits: 2) }.joined(separator: ", ")
        return TaskAnswer(logits: answer.logits, units: [found], text: "\(task.labels[found]) (\(logits))")
    }

    private mutating func judge(value answer: Classification, _ example: Example, _ path: String) throws(Fault)
        -> TaskAnswer
    {
        let found = Double(answer.logits[0])
        if let label = example.label {
            guard let value = DecimalText.double(label) else {
                throw Fault(.labelNotNumber, in: path, at: "line \(example.line)", "'label' is not a number")
            }
            values.truth.append(value)
            values.found.append(found)
        }
        return TaskAnswer(logits: answer.logits, text: DecimalText.fixed(found, digits: 4))
    }

    var metrics: [(name: String, value: Double)] {
        if task.problemType == .regression {
            return [("Pearson", Correlation.pearson), ("Spearman", Correlation.spearman)].compactMap { (name, of) in
                of(values.truth, values.found).map { (name, 100 * $0) }
            }
        }
        guard confusion.total > 0 else { return [] }
        let counts = confusion.byClass
        return [
            ("accuracy", 100 * confusion.accuracy), ("macro F1", 100 * counts.macro(counts.f1, over: counts.present)),
            ("Matthews", 100 * counts.matthews),
        ]
    }

    private func index(of label: String, _ line: Int, _ path: String) throws(Fault) -> Int {
        let count = task.labels.count
        if let index = task.labels.firstIndex(where: { $0.utf8.elementsEqual(label.utf8) }) { return index }
        if let index = Int(label), (0..<count).contains(index) { return index }
        let known = task.labels.joined(separator: ", ") + " or 0 to \(count - 1)"
        throw Fault(.dataUnknownLabel, in: path, at: "line \(line)", "has label '\(label)', the model knows \(known)")
    }
}
