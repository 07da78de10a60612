import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers
import CPlatform

/// Runs a data file through two models and tells how far the candidate is from the reference. Memory does not grow
/// with the number of examples, but for a byte each that the bootstrap needs.
package struct Comparison {
    private let reference: Contender
    private let candidate: Contender
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

    /// Throws where the two are not the same model.
    package init(reference: Contender, candidate: Contender, kernel: Kernel, threads: Int) throws(Fault) {
        try reference.requireSame(as: candidate)
        self.reference = reference
        self.candidate = candidate
        self.kernel = kernel
        self.threads = threads
        referenceSession = try Session(weights: reference.weights, kernel: kernel, threads: threads)
        candidateSession = try Session(weights: candidate.weights, kernel: kernel, threads: threads)
        let steps = reference.weights.configuration.appliedLayers
        report.byIteration = Array(repeating: Discrepancy(), count: steps)
        report.referencePath = reference.path
        report.candidatePath = candidate.path
        report.referenceBytes = reference.bytes
        report.candidateBytes = candidate.bytes
        report.referenceMemory = reference.memory
        report.candidateMemory = candidate.memory
        report.kernel = kernel.name
    }

    /// Reads the file to its end. `progress` gets bytes read and all bytes.
    package mutating func run(_ data: DataFile, progress: (Int, Int) -> Void) throws(Fault) -> DriftReport {
        let start = platform_now()
        var data = data
        report.dataPath = data.path
        let task = try DriftTask(reference, data)
        report.output = task == .embedding ? "vector" : "logit"
        let labels = reference.labels.isEmpty ? candidate.labels : reference.labels
        let scores = (task.score(reference, labels: labels), task.score(candidate, labels: labels))
        let tokenizer = candidate.tokenizer ?? reference.tokenizer
        var batch = ExampleBatch()
        while true {
            let example = try data.next()
            if let example {
                let prepared = try scores.0.prepare(example, data.path, tokenizer: tokenizer)
                if prepared.isTruncated { truncated += 1 }
                batch.add(prepared)
            }
            if example == nil || batch.isFull {
                if !batch.items.isEmpty { try compare(batch, scores, task, data.path) }
                progress(data.bytesRead, data.byteCount)
                batch = ExampleBatch()
            }
            if example == nil { break }
        }
        guard report.examples > 0 else { throw Fault(.dataEmpty, in: data.path, "holds no example") }
        report.seconds = platform_now() - start
        finish(scores, task)
        return report
    }

    /// Measures what each site of the candidate adds to the error, on the first sequences of the data that ran.
    package func sensitivity(progress: (Int, Int) -> Void) throws(Fault) -> SiteSensitivity? {
        return try SiteSensitivity.measure(
            reference: reference.weights, candidate: candidate.weights, inputs: sample.inputs, kernel: kernel, threads: threads,
            progress: progress)
    }

    /// Texts that lost tokens to the model's length.
    package var truncatedTexts: Int { truncated }

    private mutating func compare(
        _ batch: ExampleBatch, _ scores: (TaskScore, TaskScore), _ task: DriftTask, _ path: String
    ) throws(Fault) {
        let steps = HiddenSteps()
        referenceSession.observer = { steps.record($0) }
        try referenceSession.encode(batch.inputs)
        candidateSession.observer = { steps.compare($0) }
        try candidateSession.encode(batch.inputs)
        for input in batch.inputs where sample.tokens < SiteSensitivity.sampleTokens {
            sample.inputs.append(input)
            sample.tokens += input.ids.count
        }
        for (step, pair) in steps.pairs.enumerated() where step < report.byIteration.count {
            pair.add(to: &report.byIteration[step])
        }
        for item in batch.items {
            var hidden = Discrepancy()
            for sequence in item.first..<(item.first + item.prepared.inputs.count) {
                for row in referenceSession.rows(of: sequence) {
                    hidden.add(candidateSession.hidden(row: row), reference: referenceSession.hidden(row: row))
                    report.hidden.add(candidateSession.hidden(row: row), reference: referenceSession.hidden(row: row))
                    report.tokens += 1
                }
            }
            report.examples += 1
            let a = try scores.0.answer(item.prepared, referenceSession, first: item.first, path)
            let b = try scores.1.answer(item.prepared, candidateSession, first: item.first, path)
            judge(item.prepared.example, a, b, hidden, task)
        }
    }

    /// Logits, answers and the worst examples.
    private mutating func judge(_ example: Example, _ a: TaskAnswer, _ b: TaskAnswer, _ hidden: Discrepancy, _ task: DriftTask) {
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
        worst.add(WorstExample(
            line: example.line, text: text(example), label: example.label ?? example.answers?.first ?? example.tags?.joined(separator: " "),
            reference: isAnswer ? a.text : "", candidate: isAnswer ? b.text : "error " + DecimalText.fixed(error, digits: 4), error: error,
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

    private mutating func finish(_ scores: (TaskScore, TaskScore), _ task: DriftTask) {
        report.worst = worst.examples
        if agreement.units > 0 {
            report.agreement = 100 * Double(agreement.equal) / Double(agreement.units)
            report.flips = agreement.flips
            report.unit = task == .tagging ? "sentence" : task == .answering ? "answer" : task == .maskedWords ? "text" : "label"
        }
        report.metrics = zip(scores.0.metrics, scores.1.metrics).map {
            DriftReport.Metric(name: $0.name, reference: $0.value, candidate: $1.value, isPercent: $0.name != "pseudo-perplexity")
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
                            UnsafeBufferPointer(rebasing: candidate[range]), reference: UnsafeBufferPointer(rebasing: reference[range]))
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
            rows.append(contentsOf: UnsafeBufferPointer(start: observation.rows + row * observation.stride, count: observation.columns))
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
