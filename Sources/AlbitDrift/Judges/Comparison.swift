import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import CPlatform

/// Runs a data file through two models and tells how far the candidate is from the reference. Memory grows with the
/// number of examples by what their answers take, not by texts and outputs.
package struct Comparison {
    private let reference: Model
    private let candidate: Model
    private let referenceSession: Session
    private let candidateSession: Session
    private let settings: JudgeSettings
    private var report = DriftReport()
    private var worst = WorstExamples()
    private var flips = 0
    private var judged = 0
    private var errors: [Float] = []
    private var truncated = 0
    /// What the vocabularies have in common; nil where they are one.
    private let shared: SharedPieces?
    /// The first sequences as each model reads them, for the sensitivity of sites.
    private var sample: (reference: [EncoderInput], candidate: [EncoderInput], tokens: Int) = ([], [], 0)
    private let kernel: Kernel
    private let threads: Int

    /// Throws where the two are not the same model. A tokenizer and labels that only one of them has serve both.
    package init(
        reference: Model, candidate: Model, settings: JudgeSettings = JudgeSettings(), kernel: Kernel, threads: Int
    ) throws(Fault) {
        shared = try reference.requireSame(as: candidate)
        if shared != nil { report.pieces = (reference.tokenizer?.count ?? 0, candidate.tokenizer?.count ?? 0) }
        self.reference = reference.completed(by: candidate)
        self.candidate = candidate.completed(by: reference)
        self.settings = settings
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

    /// Reads the data to their end. `progress` gets bytes read and all bytes. Throws for data that the head cannot be
    /// measured on.
    package mutating func run(
        _ data: ExampleReader, progress: @escaping (Int, Int) throws(Fault) -> Void
    ) throws(Fault) -> DriftReport {
        let start = platform_now()
        report.dataPath = data.path
        let task = try JudgedTask(reference.card, data)
        var pass = ComparisonPass(comparison: self, data: data, progress: progress)
        try task.visit(&pass)
        self = pass.comparison
        report.unusedColumns = data.unusedColumns(isTruthRead: task != .words, ofPairsOnly: task == .vectors)
        report.seconds = platform_now() - start
        return report
    }

    /// Measures what each site of the candidate adds to the error, on the first sequences of the data that ran.
    package func sensitivity(progress: (Int, Int) throws(Fault) -> Void) throws(Fault) -> SiteSensitivity? {
        try SiteSensitivity.measure(
            reference: reference.weights, candidate: candidate.weights, inputs: sample.reference,
            candidateInputs: sample.candidate, kernel: kernel, threads: threads,
            progress: progress)
    }

    /// Texts that lost tokens to the model's length.
    package var truncatedTexts: Int { truncated }

    /// Runs all examples through both models.
    fileprivate mutating func run<Judge: HeadJudge>(
        _ type: Judge.Type, _ data: ExampleReader, progress: (Int, Int) throws(Fault) -> Void
    ) throws(Fault) {
        var judge = try Judge(
            reference: TaskContext(reference, kernel: kernel), candidate: TaskContext(candidate, kernel: kernel),
            settings)
        while let batch = try ExampleBatch<Judge>(data, judge, shared) {
            truncated += batch.plans.reduce(0) { $0 + $1.reference.truncations.count { $0 > 0 } }
            try compare(batch, &judge, data.path)
            if let all = data.table.stream.byteCount { try progress(data.table.stream.bytesTaken, all) }
        }
        guard report.examples > 0 else { throw Fault(.dataEmpty, in: data.path, "holds no example") }
        report.head = judge.head
        report.figures = judge.figures()
        report.flips = judged > 0 ? flips : nil
        // Whether "no answer" may win is known at the end only.
        if judge.head == .answers, case .measured(let found) = report.figures.agreement {
            report.flips = found.total - found.equal
        }
        finish()
    }

    private mutating func compare<Judge: HeadJudge>(
        _ examples: ExampleBatch<Judge>, _ judge: inout Judge, _ path: String
    ) throws(Fault) {
        var hidden = [Discrepancy](repeating: Discrepancy(), count: examples.plans.count)
        var readings = (ExampleReadings<Judge>(examples), ExampleReadings<Judge>(examples))
        let alike = examples.alike
        var batches = SequenceBatches(alike.map { examples.plans[$0].reference })
        while let (inputs, places) = batches.next() {
            let own =
                shared == nil ? inputs : places.map { examples.plans[alike[$0.plan]].candidate.input($0.sequence) }
            let steps = HiddenSteps()
            referenceSession.observer = { steps.record($0) }
            let a = try referenceSession.encode(inputs)
            candidateSession.observer = { steps.compare($0) }
            let b = try candidateSession.encode(own)
            for (input, other) in zip(inputs, own) where sample.tokens < SiteSensitivity.sampleTokens {
                sample.reference.append(input)
                sample.candidate.append(other)
                sample.tokens += input.ids.count
            }
            for (step, pair) in steps.pairs.enumerated() where step < report.byIteration.count {
                pair.add(to: &report.byIteration[step])
            }
            for (index, place) in places.enumerated() {
                let example = alike[place.plan]
                for row in a[index].rows {
                    a.withHidden(row: row) { reference in
                        b.withHidden(row: row) { candidate in
                            hidden[example].add(candidate, reference: reference)
                            report.hidden.add(candidate, reference: reference)
                        }
                    }
                    report.tokens += 1
                }
                let plans = examples.plans[example]
                try readings.0.read(a[index], place.sequence, of: example, plans.reference, judge.tasks.reference)
                try readings.1.read(b[index], place.sequence, of: example, plans.candidate, judge.tasks.candidate)
            }
        }
        try read(examples, \.reference, referenceSession, judge.tasks.reference, &readings.0)
        try read(examples, \.candidate, candidateSession, judge.tasks.candidate, &readings.1)
        report.cutOtherwise += examples.otherwise.count
        for (index, example) in examples.examples.enumerated() {
            report.examples += 1
            let pair = try judge.judge(
                example, examples.plans[index], readings.0.all[index], readings.1.all[index], in: path)
            add(example, pair, hidden[index])
        }
    }

    /// What one model answers to examples that the other reads as other pieces: their hidden states have no
    /// counterparts.
    private mutating func read<Judge: HeadJudge>(
        _ examples: ExampleBatch<Judge>, _ side: KeyPath<ExampleBatch<Judge>.Plans, Judge.Task.Plan>,
        _ session: Session, _ task: Judge.Task, _ readings: inout ExampleReadings<Judge>
    ) throws(Fault) {
        let others = examples.otherwise
        guard !others.isEmpty else { return }
        session.observer = nil
        var batches = SequenceBatches(others.map { examples.plans[$0][keyPath: side] })
        while let (inputs, places) = batches.next() {
            let encoded = try session.encode(inputs)
            for (index, place) in places.enumerated() {
                let example = others[place.plan]
                try readings.read(
                    encoded[index], place.sequence, of: example, examples.plans[example][keyPath: side], task)
            }
            if session === referenceSession { report.tokens += inputs.reduce(0) { $0 + $1.ids.count } }
        }
    }

    /// Logits, and the worst examples.
    private mutating func add(_ example: DataExample, _ pair: JudgedPair, _ hidden: Discrepancy) {
        var error = hidden.relativeL2
        let (a, b) = (pair.reference.logits, pair.candidate.logits)
        if !a.isEmpty {
            var discrepancy = report.logits ?? Discrepancy()
            discrepancy.add(b, reference: a)
            report.logits = discrepancy
            let largest = zip(a, b).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            errors.append(largest)
            error = Double(largest)
        }
        if let isSame = pair.isSame {
            judged += 1
            flips += isSame ? 0 : 1
        }
        let isAnswer = !pair.reference.text.isEmpty || !pair.candidate.text.isEmpty
        worst.add(
            WorstExample(
                line: example.line, text: example.shown, label: pair.truth,
                reference: isAnswer ? pair.reference.text : "",
                candidate: isAnswer ? pair.candidate.text : "error " + DecimalText.fixed(error, digits: 4),
                error: error,
                flipped: pair.isSame == false))
    }

    private mutating func finish() {
        report.worst = worst.examples
        let largest = Double(errors.max() ?? 0)
        guard largest > 0, largest.isFinite else { return }
        let top = PageChart.axis(largest, isCount: false).end
        report.histogramTop = top
        report.histogram = [Int](repeating: 0, count: 24)
        for error in errors where error.isFinite { report.histogram[min(23, Int(Double(error) / top * 24))] += 1 }
    }
}

/// Runs a comparison with the judge of its task.
private struct ComparisonPass: JudgeVisitor {
    var comparison: Comparison
    let data: ExampleReader
    let progress: (Int, Int) throws(Fault) -> Void

    mutating func visit<Judge: HeadJudge>(_ type: Judge.Type) throws(Fault) {
        try comparison.run(type, data, progress: progress)
    }
}

extension DataExample {
    /// The input for people.
    var shown: String {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        return switch input {
        case .text(let first, let pair): text(first) + (pair.map { " | " + text($0) } ?? "")
        case .words(let words): text(Array(words.joined(separator: [0x20])))
        case .question(let question, let context): text(question) + " | " + text(context)
        case .choices(let stem, let choices): text(stem) + " | " + choices.map(text).joined(separator: " / ")
        case .ids(let ids, _):
            "ids " + ids.prefix(24).map { String($0) }.joined(separator: " ") + (ids.count > 24 ? " ..." : "")
        }
    }
}
