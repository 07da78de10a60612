import AlbitRuntime
import AlbitTasks
import AlbitText

/// Labels, sets of labels, or one number of texts and pairs of texts.
struct ClassifierJudge: HeadJudge {
    private enum Record {
        case label(LabelRecord)
        case labels(LabelSetRecord)
        case value(ValueRecord)
    }

    let tasks: (reference: SequenceClassification, candidate: SequenceClassification)
    let contexts: (reference: TaskContext, candidate: TaskContext)
    private let threshold: Float
    private let reading: LabelReading
    private var record: Record
    /// Pairs by their first text, where one output may be a ranking of documents.
    private var queries = PairQueries()

    init(reference: TaskContext, candidate: TaskContext, _ settings: JudgeSettings) throws(Fault) {
        tasks = (try SequenceClassification(reference), try SequenceClassification(candidate))
        contexts = (reference, candidate)
        threshold = settings.threshold
        let labels = tasks.reference.labels
        reading = LabelReading(names: labels, count: labels.count, values: settings.labelValues)
        // One output is a number where the checkpoint does not tell; its scores as a label say nothing.
        let isOneUntold = labels.count == 1 && reference.model.card.problemType == nil
        switch isOneUntold ? .regression : tasks.reference.problemType {
        case .singleLabel: record = .label(LabelRecord(classes: labels.count, names: labels))
        case .multiLabel: record = .labels(LabelSetRecord(names: labels))
        case .regression:
            guard labels.count == 1 else {
                throw Fault(
                    .comparisonNoHead, in: reference.model.path,
                    "a regression of \(labels.count) outputs has no one number to measure",
                    advice:
                        """
                        say --problem-type multi_label_classification or single_label_classification where that is meant
                        """
                )
            }
            record = .value(ValueRecord(isCosine: false))
        }
    }

    var head: MeasuredHead {
        switch record {
        case .label: .label
        case .labels: .labels
        case .value: queries.areRankings ? .ranking : .value
        }
    }

    func plan(
        _ example: DataExample, _ task: SequenceClassification, _ context: TaskContext, in file: String
    ) throws(Fault) -> EncodedText {
        try context.sequence(example, in: file)
    }

    mutating func judge(
        _ example: DataExample, _ plans: (reference: EncodedText, candidate: EncodedText), _ reference: [[Float]],
        _ candidate: [[Float]], in file: String
    ) throws(Fault) -> JudgedPair {
        let (a, b) = (
            try tasks.reference.answer(plans.reference, reference),
            try tasks.candidate.answer(plans.candidate, candidate)
        )
        var pair = JudgedPair()
        (pair.reference.logits, pair.candidate.logits) = (a.logits, b.logits)
        var truth: ExampleLabel?
        if let written = example.truth {
            guard case .label(let label) = written else { throw example.truthIsNot("a label", in: file) }
            truth = label
            pair.truth = label.text
        }
        switch record {
        case .label(var record):
            guard let left = a.label, let right = b.label else { return pair }
            var index: Int?
            if let truth {
                guard case .one(let value) = truth else { throw example.truthIsNot("one label", in: file) }
                index = try reading.index(of: value, in: file, at: example.place)
                pair.truth = index.map { tasks.reference.labels[$0] }
            }
            record.add(truth: index, reference: left, candidate: right)
            self.record = .label(record)
            pair.isSame = left == right
            pair.reference.text = words([left], a.logits)
            pair.candidate.text = words([right], b.logits)
        case .labels(var record):
            let (left, right) = (
                LabelSets.labels(a.scores, threshold: threshold), LabelSets.labels(b.scores, threshold: threshold)
            )
            var set: [Int]?
            if let truth, let flags = try reading.set(of: truth, in: file, at: example.place) {
                set = flags.indices.filter { flags[$0] }
                pair.truth = names(set ?? [])
            }
            record.add(truth: set, reference: left, candidate: right)
            self.record = .labels(record)
            pair.isSame = left == right
            pair.reference.text = words(left, a.logits)
            pair.candidate.text = words(right, b.logits)
        case .value(var record):
            var number: Double?
            if let truth {
                guard case .one(let value) = truth else { throw example.truthIsNot("a number", in: file) }
                number = try LabelReading.number(value, in: file, at: example.place)
            }
            let (left, right) = (Double(a.logits[0]), Double(b.logits[0]))
            record.add(truth: number, reference: left, candidate: right)
            self.record = .value(record)
            if case .text(let text, _?) = example.input {
                queries.add(text, truth: number, reference: left, candidate: right)
            }
            pair.reference.text = DecimalText.fixed(left, digits: 4)
            pair.candidate.text = DecimalText.fixed(right, digits: 4)
        }
        return pair
    }

    func figures() -> HeadFigures {
        switch record {
        case .label(let record): record.figures
        case .labels(let record): record.figures
        case .value(let record): queries.areRankings ? queries.record.figures : record.figures
        }
    }

    private func names(_ labels: [Int]) -> String {
        labels.isEmpty ? "no label" : labels.map { tasks.reference.labels[$0] }.joined(separator: ", ")
    }

    private func words(_ labels: [Int], _ logits: [Float]) -> String {
        names(labels) + " (" + logits.prefix(8).map { DecimalText.fixed(Double($0), digits: 2) }.joined(separator: ", ")
            + (logits.count > 8 ? " ..." : "") + ")"
    }
}

/// Documents of queries: pairs whose first texts repeat and whose truths are 0 and 1.
struct PairQueries {
    private var places: [[UInt8]: Int] = [:]
    private var queries: [(relevant: Set<Int>, reference: [Double], candidate: [Double])] = []
    private var areBinary = true

    mutating func add(_ query: [UInt8], truth: Double?, reference: Double, candidate: Double) {
        guard let truth, truth == 0 || truth == 1 else {
            areBinary = false
            return
        }
        let place = places[query] ?? queries.count
        if place == queries.count {
            places[query] = place
            queries.append(([], [], []))
        }
        if truth == 1 { queries[place].relevant.insert(queries[place].reference.count) }
        queries[place].reference.append(reference)
        queries[place].candidate.append(candidate)
    }

    /// Whether there is a query with relevant documents and others.
    var areRankings: Bool {
        areBinary && queries.contains { !$0.relevant.isEmpty && $0.relevant.count < $0.reference.count }
    }

    var record: RankingRecord {
        var record = RankingRecord()
        for query in queries {
            record.add(relevant: query.relevant, reference: query.reference, candidate: query.candidate)
        }
        return record
    }
}
