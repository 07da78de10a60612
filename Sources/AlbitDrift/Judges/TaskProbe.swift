import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// By how much variants of a model drop on a task, against a reference that is run once.
package final class TaskProbe {
    private let model: Model
    private let path: String
    private let columns: ColumnChoice
    private let task: JudgedTask
    private let limit: Double
    private let kernel: Kernel
    private let threads: Int
    private let reference: (name: String, value: Double)
    private var last: Double

    /// `candidate`: what the variants are of; their tokenizer is its own. Throws where the data have no labels for the
    /// model's task.
    package init(
        reference: Model, candidate model: Model, data path: String, columns: ColumnChoice = ColumnChoice(),
        limit: Double,
        kernel: Kernel,
        threads: Int
    ) throws(Fault) {
        self.model = model
        self.path = path
        self.columns = columns
        self.limit = limit
        self.kernel = kernel
        self.threads = threads
        task = try JudgedTask(model.card, ExampleReader(path: path, for: model.card, choice: columns))
        let figures = try TaskProbe.run(reference, reference.weights, path, columns, task, kernel, threads)
        guard figures.noMetric.isEmpty, let metric = figures.metrics.first, let value = metric.reference else {
            throw Fault(
                .comparisonNoTruth, in: path, "has nothing to measure a task metric with: \(figures.noMetric)",
                advice: "--max-error needs no labels")
        }
        self.reference = (metric.name, value)
        last = value
    }

    /// Whether the first metric drops by no more than the limit, in points.
    package func holds(_ weights: EncoderWeights) throws(Fault) -> Bool {
        last =
            try TaskProbe.run(model, weights, path, columns, task, kernel, threads).metrics.first?.candidate
            ?? -.infinity
        return reference.value - last <= limit
    }

    /// The last figures in words.
    package var found: String {
        reference.name + " drops from " + DecimalText.fixed(reference.value, digits: 2) + " % to "
            + DecimalText.fixed(last, digits: 2) + " %"
    }

    private static func run(
        _ model: Model, _ weights: EncoderWeights, _ path: String, _ columns: ColumnChoice, _ task: JudgedTask,
        _ kernel: Kernel, _ threads: Int
    ) throws(Fault) -> HeadFigures {
        var pass = ProbePass(
            context: TaskContext(model.with(weights: weights), kernel: kernel),
            session: try Session(weights: weights, kernel: kernel, threads: threads),
            data: try ExampleReader(path: path, for: model.card, choice: columns))
        return try task.visit(&pass)
    }
}

/// Runs all examples through a model, which is compared with itself.
private struct ProbePass: JudgeVisitor {
    let context: TaskContext
    let session: Session
    let data: ExampleReader

    mutating func visit<Judge: HeadJudge>(_ type: Judge.Type) throws(Fault) -> HeadFigures {
        var judge = try Judge(reference: context, candidate: context, JudgeSettings())
        while let examples = try ExampleBatch<Judge>(data, judge) {
            var readings = ExampleReadings<Judge>(examples)
            var batches = SequenceBatches(examples.plans.map(\.reference))
            while let (inputs, places) = batches.next() {
                let batch = try session.encode(inputs, reading: judge.tasks.reference.tokensRead)
                for (index, place) in places.enumerated() {
                    try readings.read(
                        batch[index], place.sequence, of: place.plan, examples.plans[place.plan].reference,
                        judge.tasks.reference)
                }
            }
            for (index, example) in examples.examples.enumerated() {
                _ = try judge.judge(
                    example, examples.plans[index], readings.all[index], readings.all[index], in: data.path)
            }
        }
        return judge.figures()
    }
}

extension ExampleReader {
    /// The data for a model: labels in columns and lists are those of its card.
    package convenience init(path: String, for card: ModelCard, choice: ColumnChoice = ColumnChoice()) throws(Fault) {
        try self.init(
            path: path, choice: choice, labels: card.labels,
            isMultiLabel: card.head == .sequenceClassification && card.problemType == .multiLabel)
    }
}
