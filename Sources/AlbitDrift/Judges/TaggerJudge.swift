import AlbitRuntime
import AlbitTasks
import AlbitText

/// A tag for each word of a sentence: that of its first token, "O" for a word without one. Long sentences are read in
/// windows, as `tag` reads them.
struct TaggerJudge: HeadJudge {
    let tasks: (reference: TokenClassification, candidate: TokenClassification)
    let head = MeasuredHead.tags
    let contexts: (reference: TaskContext, candidate: TaskContext)
    private let reading: LabelReading
    private let labels: [String]
    private var record: TagRecord

    init(reference: TaskContext, candidate: TaskContext, _ settings: JudgeSettings) throws(Fault) {
        tasks = (try TokenClassification(reference), try TokenClassification(candidate))
        contexts = (reference, candidate)
        labels = tasks.reference.grouping.labels
        reading = LabelReading(names: labels, count: labels.count, values: settings.labelValues)
        record = TagRecord(labels: labels)
    }

    func plan(
        _ example: DataExample, _ task: TokenClassification, _ context: TaskContext, in file: String
    ) throws(Fault) -> WindowedText {
        try context.requireTokenizer(example, in: file)
        return try task.prepare(text(of: example, in: file))
    }

    mutating func judge(
        _ example: DataExample, _ plans: (reference: WindowedText, candidate: WindowedText), _ reference: [[Float]],
        _ candidate: [[Float]], in file: String
    ) throws(Fault) -> JudgedPair {
        let parts = TaggerJudge.words(of: example)
        let outside = labels.firstIndex(of: "O") ?? 0
        func tags(
            _ task: TokenClassification, _ plan: WindowedText, _ readings: [[Float]]
        ) throws(Fault) -> [String] {
            try task.answer(plan, readings).labels(of: parts).map { labels[$0 ?? outside] }
        }
        let (a, b) = (
            try tags(tasks.reference, plans.reference, reference), try tags(tasks.candidate, plans.candidate, candidate)
        )
        var truth: [String]?
        if let written = example.truth {
            guard case .tags(let values) = written else { throw example.truthIsNot("a tag for each word", in: file) }
            var names: [String] = []
            for value in values { names.append(labels[try reading.tag(value, in: file, at: example.place)]) }
            truth = names
        }
        record.add(truth: truth, reference: a, candidate: b)
        return JudgedPair(
            reference: JudgedPair.Side(logits: Array(reference.joined()), text: a.joined(separator: " ")),
            candidate: JudgedPair.Side(logits: Array(candidate.joined()), text: b.joined(separator: " ")),
            isSame: record.isSame(a, b),
            truth: truth?.joined(separator: " "))
    }

    func figures() -> HeadFigures { record.figures }

    private func text(of example: DataExample, in file: String) throws(Fault) -> [UInt8] {
        switch example.input {
        case .words(let words): return Array(words.joined(separator: [0x20]))
        case .text(let text, pair: nil): return text
        default: throw example.isNot("words, or a text", in: file)
        }
    }

    /// Byte ranges of the words in the text that is read.
    private static func words(of example: DataExample) -> [Range<Int>] {
        switch example.input {
        case .words(let words):
            var start = 0
            return words.map { word in
                defer { start += word.count + 1 }
                return start..<(start + word.count)
            }
        case .text(let text, _): return text.split(separator: 0x20).map { $0.startIndex..<$0.endIndex }
        default: return []
        }
    }
}
