import AlbitModel
import AlbitRuntime
import AlbitText

/// By how much variants of a model drop on a task, against a reference that is run once.
package final class TaskProbe {
    private let model: Contender
    private let path: String
    private let task: DriftTask
    private let limit: Double
    private let kernel: Kernel
    private let threads: Int
    private let reference: (name: String, value: Double)
    private var last: Double

    /// Throws where the data have no labels for the model's task.
    package init(reference model: Contender, data path: String, limit: Double, kernel: Kernel, threads: Int) throws(Fault) {
        self.model = model
        self.path = path
        self.limit = limit
        self.kernel = kernel
        self.threads = threads
        task = try DriftTask(model, TaskProbe.open(path))
        let metric = try TaskProbe.run(model, model.weights, path, task, kernel, threads)
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
        last = try TaskProbe.run(model, weights, path, task, kernel, threads)?.value ?? 0
        return reference.value - last <= limit
    }

    /// The last figures in words.
    package var found: String {
        reference.name + " drops from " + DecimalText.fixed(reference.value, digits: 2) + " % to " + DecimalText.fixed(last, digits: 2) + " %"
    }

    private static func open(_ path: String) throws(Fault) -> DataFile {
        return try DataFile(path: path)
    }

    private static func run(
        _ model: Contender, _ weights: EncoderWeights, _ path: String, _ task: DriftTask, _ kernel: Kernel, _ threads: Int
    ) throws(Fault) -> (name: String, value: Double)? {
        let score = task.score(model, labels: model.labels)
        var data = try open(path)
        let session = try Session(weights: weights, kernel: kernel, threads: threads)
        var batch = ExampleBatch()
        while true {
            let example = try data.next()
            if let example { batch.add(try score.prepare(example, path, tokenizer: model.tokenizer)) }
            if example == nil || batch.isFull {
                if !batch.items.isEmpty {
                    try session.encode(batch.inputs)
                    for item in batch.items { _ = try score.answer(item.prepared, session, first: item.first, path) }
                }
                batch = ExampleBatch()
            }
            if example == nil { break }
        }
        return score.metrics.first
    }
}

/// Examples whose sequences go through a model together.
struct ExampleBatch {
    private(set) var items: [(prepared: PreparedExample, first: Int)] = []
    private(set) var inputs: [EncoderInput] = []
    private var tokens = 0
    /// Tokens that a model sees at a time.
    private static let mostTokens = 512

    var isFull: Bool { tokens >= ExampleBatch.mostTokens }

    mutating func add(_ prepared: PreparedExample) {
        items.append((prepared, inputs.count))
        inputs += prepared.inputs
        tokens += prepared.inputs.reduce(0) { $0 + $1.ids.count }
    }
}
