import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// By how much variants of a model drop on a task, against a reference that is run once.
package final class TaskProbe {
    private let model: Model
    private let path: String
    private let columns: ColumnChoice
    private let task: DriftTask
    private let limit: Double
    private let kernel: Kernel
    private let threads: Int
    private let reference: (name: String, value: Double)
    private var last: Double

    /// Throws where the data have no labels for the model's task.
    package init(
        reference model: Model, data path: String, columns: ColumnChoice = ColumnChoice(), limit: Double, kernel: Kernel,
        threads: Int
    ) throws(Fault) {
        self.model = model
        self.path = path
        self.columns = columns
        self.limit = limit
        self.kernel = kernel
        self.threads = threads
        task = try DriftTask(model.card, DataFile(path: path, columns: columns))
        let metric = try TaskProbe.run(model, model.weights, path, columns, task, kernel, threads)
        guard let metric else {
            throw Fault(
                .comparisonNoTruth, in: path, "has no labels to measure a task metric with",
                advice: "--max-error needs none")
        }
        reference = metric
        last = metric.value
    }

    /// Whether the first metric drops by no more than the limit, in points.
    package func holds(_ weights: EncoderWeights) throws(Fault) -> Bool {
        last = try TaskProbe.run(model, weights, path, columns, task, kernel, threads)?.value ?? 0
        return reference.value - last <= limit
    }

    /// The last figures in words.
    package var found: String {
        reference.name + " drops from " + DecimalText.fixed(reference.value, digits: 2) + " % to "
            + DecimalText.fixed(last, digits: 2) + " %"
    }

    private static func run(
        _ model: Model, _ weights: EncoderWeights, _ path: String, _ columns: ColumnChoice, _ task: DriftTask,
        _ kernel: Kernel, _ threads: Int
    ) throws(Fault) -> (name: String, value: Double)? {
        var pass = ProbePass(
            context: TaskContext(model.with(weights: weights), kernel: kernel),
            session: try Session(weights: weights, kernel: kernel, threads: threads), data: try DataFile(path: path, columns: columns))
        return try task.visit(&pass)
    }
}

/// Runs all examples through a model; the result is the score's first metric.
private struct ProbePass: ScoreVisitor {
    let context: TaskContext
    let session: Session
    var data: DataFile

    mutating func visit<Score: TaskScore>(_ type: Score.Type) throws(Fault) -> (name: String, value: Double)? {
        var score = try Score(context)
        while let examples = try ExampleBatch<Score>(&data, score) {
            var readings = ExampleReadings<Score>(examples)
            var batches = SequenceBatches(examples.plans)
            while let (inputs, places) = batches.next() {
                let batch = try session.encode(inputs, reading: score.task.tokensRead)
                for (index, place) in places.enumerated() {
                    try readings.read(batch[index], place, of: examples, score.task)
                }
            }
            for (index, example) in examples.examples.enumerated() {
                _ = try score.judge(example, examples.plans[index], readings.all[index], data.path)
            }
        }
        return score.metrics.first
    }
}
