import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// Labels of texts or of pairs of texts, or one number each.
final class ClassificationScore: TaskScore {
    private let isRegression: Bool
    private var confusion: ConfusionMatrix
    private var values: (truth: [Double], found: [Double]) = ([], [])

    init(_ model: Contender, labels: [String], isRegression: Bool) {
        self.isRegression = isRegression
        confusion = ConfusionMatrix(classes: model.weights.classifier?.rows ?? 0)
        super.init(model, labels: labels)
    }

    override func answer(_ prepared: PreparedExample, _ session: Session, first: Int, _ path: String) throws(Fault) -> TaskAnswer {
        guard let classifier = session.weights.classifier, let pooled = session.pooled(of: first) else { return TaskAnswer() }
        let logits = session.apply(classifier, vector: pooled)
        let example = prepared.example
        if isRegression {
            if let label = example.label {
                guard let value = DecimalText.double(label) else {
                    throw Fault(.dataWrongType, in: path, at: "line \(example.line)", "'label' is not a number")
                }
                values.truth.append(value)
                values.found.append(Double(logits[0]))
            }
            return TaskAnswer(logits: logits, text: DecimalText.fixed(Double(logits[0]), digits: 4))
        }
        let found = TaskScore.largest(logits)
        if let label = example.label {
            let target = try index(of: label, example.line, path, count: logits.count)
            confusion.add(truth: target, predicted: found)
            marks.append(found == target ? 1 : 0)
        }
        return TaskAnswer(
            logits: logits, units: [found],
            text: name(found) + " (" + logits.map { DecimalText.fixed(Double($0), digits: 2) }.joined(separator: ", ") + ")")
    }

    override var metrics: [(name: String, value: Double)] {
        if isRegression {
            return [("Pearson", Correlation.pearson), ("Spearman", Correlation.spearman)].compactMap { (name, of) in
                of(values.truth, values.found).map { (name, 100 * $0) }
            }
        }
        guard confusion.total > 0 else { return [] }
        return [("accuracy", 100 * confusion.accuracy), ("macro F1", 100 * confusion.macroF1), ("Matthews", 100 * confusion.matthews)]
    }

    private func index(of label: String, _ line: Int, _ path: String, count: Int) throws(Fault) -> Int {
        if let index = labels.firstIndex(where: { $0.utf8.elementsEqual(label.utf8) }), index < count { return index }
        if let index = Int(label), (0..<count).contains(index) { return index }
        let known = labels.isEmpty ? "0 to \(count - 1)" : labels.joined(separator: ", ") + " or 0 to \(count - 1)"
        throw Fault(.dataUnknownLabel, in: path, at: "line \(line)", "has label '\(label)', the model knows \(known)")
    }
}
