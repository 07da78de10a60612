import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import CPlatform

/// Runs a data file through two models and tells how far the candidate is from the reference. Memory does not grow
/// with the number of examples, but for a byte each that the bootstrap needs.
package struct Comparison {
    private let reference: Model
    private let candidate: Model
    private let referenceSession: Session
    private let candidateSession: Session
    private var report = DriftReport()
    private var worst = WorstExamples()
    private var agreement = (equal: 0, units: 0, flips: 0)
    private var errors: [Float] = []
    private var truncated = 0
    /// The first sequences, for the sensitivity of sites.
    private var sample: (inputs: [EncoderInput], tokens: Int) = ([], 0)
    private let kernel: Kernel
    private let threads: Int

    /// Throws where the two are not the same model. A tokenizer and labels that only one of them has serve both.
    package init(reference: Model, candidate: Model, kernel: Kernel, threads: Int) throws(Fault) {
        try reference.requireSame(as: candidate)
        self.reference = reference.completed(by: candidate)
        self.candidate = candidate.completed(by: reference)
        self.kernel = kernel
        self.threads = threads
        referenceSession = try Session(weights: reference.weights, kernel: kernel, threads: threads)
        candidateSession = try Session(weights: candidate.weights, kernel: kernel, threads: threads)
        let steps = reference.weights.configuration.appliedLayers
        report.byIteration = Array(repeating: Discrepancy(), count: steps)
        report.referencePath = reference.path
        report.candidatePath = candidate.path
        report.referenceBytes = reference.size.fileBytes
        report.candidateBytes = candidate.size.fileBytes
        report.referenceMemory = reference.size.memoryBytes
        report.candidateMemory = candidate.size.memoryBytes
        report.kernel = kernel.name
    }

    /// Reads the file to its end. `progress` gets bytes read and all bytes; what it throws ends the comparison.
    package mutating func run(
        _ data: DataFile, progress: @escaping (Int, Int) throws(Fault) -> Void
    ) throws(Fault) -> DriftReport {
        let start = platform_now()
        report.dataPath = data.path
        let task = try DriftTask(reference.card, data)
        report.output = task == .embedding ? "vector" : "logit"
        var pass = ComparisonPass(comparison: self, task: task, data: data, progress: progress)
        try task.visit(&pass)
        self = pass.comparison
        report.seconds = platform_now() - start
        return report
    }

    /// Measures what each site of the candidate adds to the error, on the first sequences of the data that ran.
    package func sensitivity(progress: (Int, Int) throws(Fault) -> Void) throws(Fault) -> SiteSensitivity? {
        return try SiteSensitivity.measure(
            reference: reference.weights, candidate: candidate.weights, inputs: sample.inputs, kernel: kernel,
            threads: threads,
            progress: progress)
    }

    /// Texts that lost tokens to the model's length.
    package var truncatedTexts: Int { truncated }

    /// Runs all examples through both models.
    fileprivate mutating func run<Score: TaskScore>(
        _ type: Score.Type, _ task: DriftTask, _ data: DataFile, progress: (Int, Int) throws(Fault) -> Void
    ) throws(Fault) {
        var scores = (
            try Score(TaskContext(reference, kernel: kernel)), try Score(TaskContext(candidate, kernel: kernel))
        )
        var data = data
        while let batch = try ExampleBatch<Score>(&data, scores.0) {
            truncated += batch.plans.count { $0.truncations.contains { $0 > 0 } }
            try compare(batch, &scores, task, data.path)
            try progress(data.bytesRead, data.byteCount)
        }
        guard report.examples > 0 else { throw Fault(.dataEmpty, in: data.path, "holds no example") }
        finish(scores, task)
    }

    private mutating func compare<Score: TaskScore>(
        _ examples: ExampleBatch<Score>, _ scores: inout (Score, Score), _ task: DriftTask, _ path: String
    ) throws(Fault) {
        var hidden = [Discrepancy](repeating: Discrepancy(), count: examples.plans.count)
        var readings = (ExampleReadings<Score>(examples), ExampleReadings<Score>(examples))
        var batches = SequenceBatches(examples.plans)
        while let (inputs, places) = batches.next() {
            let steps = HiddenSteps()
            referenceSession.observer = { steps.record($0) }
            let a = try referenceSession.encode(inputs)
            candidateSession.observer = { steps.compare($0) }
            let b = try candidateSession.encode(inputs)
            for input in inputs where sample.tokens < SiteSensitivity.sampleTokens {
                sample.inputs.append(input)
                sample.tokens += input.ids.count
            }
            for (step, pair) in steps.pairs.enumerated() where step < report.byIteration.count {
                pair.add(to: &report.byIteration[step])
            }
            for (index, place) in places.enumerated() {
                for row in a[index].rows {
                    a.withHidden(row: row) { reference in
                        b.withHidden(row: row) { candidate in
                            hidden[place.plan].add(candidate, reference: reference)
                            report.hidden.add(candidate, reference: reference)
                        }
                    }
                    report.tokens += 1
                }
                try readings.0.read(a[index], place, of: examples, scores.0.task)
                try readings.1.read(b[index], place, of: examples, scores.1.task)
            }
        }
        for (index, example) in examples.examples.enumerated() {
            report.examples += 1
            let a = try scores.0.judge(example, examples.plans[index], readings.0.all[index], path)
            let b = try scores.1.judge(example, examples.plans[index], readings.1.all[index], path)
            judge(example, a, b, hidden[index], task)
        }
    }

    /// Logits, answers and the worst examples.
    private mutating func judge(
        _ example: Example, _ a: TaskAnswer, _ b: TaskAnswer, _ hidden: Discrepancy, _ task: DriftTask
    ) {
        var error = hidden.relativeL2
        if !a.logits.isEmpty {
            var discrepancy = report.logits ?? Discrepancy()
            discrepancy.add(b.logits, reference: a.logits)
            report.logits = discrepancy
            if task != .embedding {
                let largest = zip(a.logits, b.logits).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
                errors.append(largest)
                error = Double(largest)
            }
        }
        let equal = zip(a.units, b.units).count { $0 == $1 }
        let isSpan = task == .answering
        agreement.units += isSpan && !a.units.isEmpty ? 1 : a.units.count
        agreement.equal += isSpan && !a.units.isEmpty ? (a.units == b.units ? 1 : 0) : equal
        let flipped = a.units != b.units
        if flipped { agreement.flips += 1 }
        let isAnswer = !a.text.isEmpty || !b.text.isEmpty
        worst.add(
            WorstExample(
                line: example.line, text: text(example),
                label: example.label ?? example.answers?.first ?? example.tags?.joined(separator: " "),
                reference: isAnswer ? a.text : "",
                candidate: isAnswer ? b.text : "error " + DecimalText.fixed(error, digits: 4), error: error,
                flipped: flipped))
    }

    private func text(_ example: Example) -> String {
        switch example.input {
        case .text(let text, let pair):
            String(decoding: text, as: UTF8.self) + (pair.map { " | " + String(decoding: $0, as: UTF8.self) } ?? "")
        case .ids(let ids, _):
            "ids " + ids.prefix(24).map { String($0) }.joined(separator: " ") + (ids.count > 24 ? " ..." : "")
        }
    }

    fileprivate mutating func finish<Score: TaskScore>(_ scores: (Score, Score), _ task: DriftTask) {
        report.worst = worst.examples
        if agreement.units > 0 {
            report.agreement = 100 * Double(agreement.equal) / Double(agreement.units)
            report.flips = agreement.flips
            report.unit =
                task == .tagging ? "sentence" : task == .answering ? "answer" : task == .maskedWords ? "text" : "label"
        }
        report.metrics = zip(scores.0.metrics, scores.1.metrics).map {
            DriftReport.Metric(
                name: $0.name, reference: $0.value, candidate: $1.value, isPercent: $0.name != "pseudo-perplexity")
        }
        if !report.metrics.isEmpty {
            let marks = zip(scores.0.marks, scores.1.marks).map { $0 - $1 }
            if !marks.isEmpty {
                report.metrics[0].dropInterval = Statistics.bootstrapMean(marks.map { 100 * Double($0) })
                report.metrics[0].mcNemar = Statistics.mcNemar(
                    onlyReference: marks.count { $0 > 0 }, onlyCandidate: marks.count { $0 < 0 })
            } else if !scores.0.counts.isEmpty {
                report.metrics[0].dropInterval = Statistics.bootstrapF1Drop(scores.0.counts, scores.1.counts)
            }
        }
        if task == .embedding, let overlap = NearestNeighbours.overlap(scores.0.vectors, scores.1.vectors) {
            report.neighbourOverlap = 100 * overlap
        }
        let top = Double(errors.max() ?? 0)
        if top > 0 {
            report.histogramTop = top
            report.histogram = [Int](repeating: 0, count: 24)
            for error in errors { report.histogram[min(23, Int(Double(error) / top * 24))] += 1 }
        }
    }
}

/// Runs a comparison with the score of its task.
private struct ComparisonPass: ScoreVisitor {
    var comparison: Comparison
    let task: DriftTask
    let data: DataFile
    let progress: (Int, Int) throws(Fault) -> Void

    mutating func visit<Score: TaskScore>(_ type: Score.Type) throws(Fault) {
        try comparison.run(type, task, data, progress: progress)
    }
}

/// Hidden states of both models after every applied layer of one batch.
private final class HiddenSteps {
    struct Pair {
        let width: Int
        var referenceRows: [Float]
        var candidateRows: [Float] = []

        func add(to discrepancy: inout Discrepancy) {
            referenceRows.withUnsafeBufferPointer { reference in
                candidateRows.withUnsafeBufferPointer { candidate in
                    for row in 0..<(width > 0 ? candidate.count / width : 0) {
                        let range = (row * width)..<((row + 1) * width)
                        discrepancy.add(
                            UnsafeBufferPointer(rebasing: candidate[range]),
                            reference: UnsafeBufferPointer(rebasing: reference[range]))
                    }
                }
            }
        }
    }

    private(set) var pairs: [Pair] = []

    private func copy(_ observation: Observation) -> [Float] {
        var rows: [Float] = []
        rows.reserveCapacity(observation.count * observation.columns)
        for row in 0..<observation.count {
            rows.append(
                contentsOf: UnsafeBufferPointer(
                    start: observation.rows + row * observation.stride, count: observation.columns))
        }
        return rows
    }

    func record(_ observation: Observation) {
        guard observation.point == .hidden, observation.step >= 0 else { return }
        pairs.append(Pair(width: observation.columns, referenceRows: copy(observation)))
    }

    func compare(_ observation: Observation) {
        guard observation.point == .hidden, observation.step >= 0, observation.step < pairs.count else { return }
        pairs[observation.step].candidateRows = copy(observation)
    }
}
