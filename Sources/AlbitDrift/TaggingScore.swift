import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// A tag for each word: that of its first token, "O" where the model's length left it out.
final class TaggingScore: TaskScore {
    private var match = EntityMatch()
    private var right = 0
    private var words = 0

    override func answer(_ prepared: PreparedExample, _ session: Session, first: Int, _ path: String) throws(Fault) -> TaskAnswer {
        guard let classifier = session.weights.classifier else { return TaskAnswer() }
        let example = prepared.example
        let width = classifier.rows
        let logits = session.apply(classifier, rows: session.rows(of: first))
        var answer = TaskAnswer(logits: logits)
        guard case .text(let text, _) = example.input, let encoding = prepared.encodings.first else {
            answer.units = stride(from: 0, to: logits.count, by: width).map { TaskScore.largest(logits[$0..<($0 + width)]) }
            return answer
        }
        let outside = labels.firstIndex(of: "O") ?? 0
        var token = 0
        for word in TaggingScore.words(text) {
            while token < encoding.count, encoding.segments[token] != 0 || Int(encoding.ends[token]) <= word.lowerBound { token += 1 }
            guard token < encoding.count, Int(encoding.starts[token]) < word.upperBound else {
                answer.units.append(outside)
                continue
            }
            answer.units.append(TaskScore.largest(logits[(token * width)..<((token + 1) * width)]))
        }
        let tags = answer.units.map(name)
        answer.text = tags.joined(separator: " ")
        guard let truth = example.tags else { return answer }
        guard truth.count == tags.count else {
            throw Fault(
                .dataWrongType, in: path, at: "line \(example.line)",
                "'tags' is not a tag for each of \(tags.count) words")
        }
        let before = match
        match.add(truth: truth, predicted: tags)
        counts.append((
            Int32(match.correct - before.correct), Int32(match.predicted - before.predicted), Int32(match.expected - before.expected)))
        words += tags.count
        right += zip(truth, tags).count { $0.utf8.elementsEqual($1.utf8) }
        return answer
    }

    override var metrics: [(name: String, value: Double)] {
        guard words > 0 else { return [] }
        return [
            ("entity F1", 100 * match.f1), ("precision", 100 * match.precision), ("recall", 100 * match.recall),
            ("tag accuracy", 100 * Double(right) / Double(words)),
        ]
    }

    /// Byte ranges of the words between spaces.
    private static func words(_ text: [UInt8]) -> [Range<Int>] {
        text.split(separator: 0x20).map { $0.startIndex..<$0.endIndex }
    }
}
