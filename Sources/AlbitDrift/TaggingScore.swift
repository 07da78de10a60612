import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// A tag for each word of a sentence: that of its first token, "O" for a word without one.
struct TaggingScore: TaskScore {
    let task: TokenClassification
    private let context: TaskContext
    private var match = EntityMatch()
    private var right = 0
    private var words = 0
    private(set) var counts: [(correct: Int32, predicted: Int32, expected: Int32)] = []

    init(_ context: TaskContext) throws(Fault) {
        self.context = context
        task = try TokenClassification(context)
    }

    func plan(_ example: Example, _ path: String) throws(Fault) -> WindowedText {
        try context.requireTokenizer(example, path)
        return try task.prepare(TaggingScore.text(example))
    }

    mutating func judge(
        _ example: Example, _ plan: WindowedText, _ readings: [[Float]], _ path: String
    ) throws(Fault) -> TaskAnswer {
        let tagged = try task.answer(plan, readings)
        let labels = task.grouping.labels
        let outside = labels.firstIndex(of: "O") ?? 0
        let found = tagged.labels(of: TaggingScore.words(TaggingScore.text(example))).map { $0 ?? outside }
        let tags = found.map { labels[$0] }
        let answer = TaskAnswer(logits: Array(readings.joined()), units: found, text: tags.joined(separator: " "))
        guard let truth = example.tags else { return answer }
        guard truth.count == tags.count else {
            throw Fault(
                .exampleTagCount, in: path, at: "line \(example.line)",
                "'tags' is not a tag for each of \(tags.count) words")
        }
        let before = match
        match.add(truth: truth, predicted: tags)
        counts.append(
            (
                Int32(match.correct - before.correct), Int32(match.predicted - before.predicted),
                Int32(match.expected - before.expected)
            ))
        words += tags.count
        right += zip(truth, tags).count { $0.utf8.elementsEqual($1.utf8) }
        return answer
    }

    var metrics: [(name: String, value: Double)] {
        guard words > 0 else { return [] }
        return [
            ("entity F1", 100 * match.f1), ("precision", 100 * match.precision), ("recall", 100 * match.recall),
            ("tag accuracy", 100 * Double(right) / Double(words)),
        ]
    }

    /// Examples with tags are texts: a data file has no columns of ids beside words.
    private static func text(_ example: Example) -> [UInt8] {
        guard case .text(let text, _) = example.input else { return [] }
        return text
    }

    /// Byte ranges of the words between spaces.
    private static func words(_ text: [UInt8]) -> [Range<Int>] {
        text.split(separator: 0x20).map { $0.startIndex..<$0.endIndex }
    }
}
