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
    private var truth = [Int8]()
    private var confusion: (reference: ConfusionMatrix, candidate: ConfusionMatrix)?
    private var values: (truth: [Double], reference: [Double], candidate: [Double]) = ([], [], [])
    private var agreeing = 0
    private var labelled = 0
    private var errors: [Float] = []
    private var truncated = 0

    /// Tokens that both models see at a time.
    private static let batchTokens = 512

    /// Throws where the two are not the same model.
    package init(reference: Contender, candidate: Contender, kernel: Kernel, threads: Int) throws(ComparisonError) {
        try reference.requireSame(as: candidate)
        self.reference = reference
        self.candidate = candidate
        do {
            referenceSession = try Session(weights: reference.weights, kernel: kernel, threads: threads)
            candidateSession = try Session(weights: candidate.weights, kernel: kernel, threads: threads)
        } catch { throw .runtime(error) }
        let steps = reference.weights.configuration.appliedLayers
        report.byIteration = Array(repeating: Discrepancy(), count: steps)
        report.referencePath = reference.path
        report.candidatePath = candidate.path
        report.referenceBytes = reference.bytes
        report.candidateBytes = candidate.bytes
        report.kernel = kernel.name
        if let classifier = reference.weights.classifier, reference.weights.pooler != nil, !isRegression {
            confusion = (ConfusionMatrix(classes: classifier.rows), ConfusionMatrix(classes: classifier.rows))
        }
    }

    private var isRegression: Bool { reference.problemType == "regression" }
    private var classifies: Bool { reference.weights.classifier != nil && reference.weights.pooler != nil }
    private var labels: [String] { reference.labels.isEmpty ? candidate.labels : reference.labels }

    /// Reads the file to its end. `progress` gets bytes read and all bytes.
    package mutating func run(_ data: DataFile, progress: (Int, Int) -> Void) throws(ComparisonError) -> DriftReport {
        let start = platform_now()
        var data = data
        report.dataPath = data.path
        var batch: [(example: Example, input: EncoderInput)] = []
        var tokens = 0
        while true {
            let example: Example?
            do { example = try data.next() } catch { throw .data(error) }
            if let example {
                let input = try encoderInput(example, data.path)
                batch.append((example, input))
                tokens += input.ids.count
            }
            if example == nil || tokens >= Comparison.batchTokens {
                if !batch.isEmpty { try compare(batch, data.path) }
                progress(data.bytesRead, data.byteCount)
                batch.removeAll(keepingCapacity: true)
                tokens = 0
            }
            if example == nil { break }
        }
        guard report.examples > 0 else { throw .data(.empty(path: data.path)) }
        report.seconds = platform_now() - start
        return finished()
    }

    /// Texts that lost tokens to the model's length.
    package var truncatedTexts: Int { truncated }

    private mutating func encoderInput(_ example: Example, _ path: String) throws(ComparisonError) -> EncoderInput {
        let (input, isTruncated) = try reference.encoderInput(example, path, tokenizer: candidate.tokenizer ?? reference.tokenizer)
        if isTruncated { truncated += 1 }
        return input
    }

    private mutating func compare(_ batch: [(example: Example, input: EncoderInput)], _ path: String) throws(ComparisonError) {
        let inputs = batch.map(\.input)
        let steps = HiddenSteps()
        do throws(RuntimeError) {
            referenceSession.observer = { steps.record($0) }
            try referenceSession.encode(inputs)
            candidateSession.observer = { steps.compare($0) }
            try candidateSession.encode(inputs)
        } catch { throw .runtime(error) }
        for (step, pair) in steps.pairs.enumerated() where step < report.byIteration.count {
            pair.add(to: &report.byIteration[step])
        }
        for (index, item) in batch.enumerated() {
            var hidden = Discrepancy()
            for row in referenceSession.rows(of: index) {
                hidden.add(candidateSession.hidden(row: row), reference: referenceSession.hidden(row: row))
                report.hidden.add(candidateSession.hidden(row: row), reference: referenceSession.hidden(row: row))
                report.tokens += 1
            }
            report.examples += 1
            try judge(index, item.example, hidden, path)
        }
    }

    /// Logits, labels and the worst examples.
    private mutating func judge(_ index: Int, _ example: Example, _ hidden: Discrepancy, _ path: String) throws(ComparisonError) {
        guard classifies, let a = logits(referenceSession, index), let b = logits(candidateSession, index) else {
            worst.add(WorstExample(
                line: example.line, text: text(example), label: example.label, reference: "",
                candidate: "error " + DecimalText.fixed(hidden.relativeL2, digits: 4), error: hidden.relativeL2, flipped: false))
            return
        }
        var discrepancy = report.logits ?? Discrepancy()
        discrepancy.add(b, reference: a)
        report.logits = discrepancy
        let error = zip(a, b).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        errors.append(error)
        let (x, y) = (largest(a), largest(b))
        if !isRegression, x == y { agreeing += 1 }
        if let label = example.label {
            if isRegression {
                guard let value = DecimalText.double(label) else {
                    throw .data(.wrongType(path: path, line: example.line, member: "label", expected: "a number"))
                }
                values.truth.append(value)
                values.reference.append(Double(a[0]))
                values.candidate.append(Double(b[0]))
            } else {
                let target = try labelIndex(label, example.line, path, count: a.count)
                labelled += 1
                confusion?.reference.add(truth: target, predicted: x)
                confusion?.candidate.add(truth: target, predicted: y)
                truth.append(Int8((x == target ? 1 : 0) - (y == target ? 1 : 0)))
            }
        }
        worst.add(WorstExample(
            line: example.line, text: text(example), label: example.label, reference: answer(a), candidate: answer(b),
            error: Double(error), flipped: !isRegression && x != y))
    }

    private func logits(_ session: Session, _ index: Int) -> [Float]? {
        guard let classifier = session.weights.classifier, let pooled = session.pooled(of: index) else { return nil }
        return session.apply(classifier, vector: pooled)
    }

    private func largest(_ values: [Float]) -> Int {
        values.indices.max { values[$0] < values[$1] } ?? 0
    }

    private func labelIndex(_ label: String, _ line: Int, _ path: String, count: Int) throws(ComparisonError) -> Int {
        if let index = labels.firstIndex(where: { $0.utf8.elementsEqual(label.utf8) }), index < count { return index }
        if let index = Int(label), (0..<count).contains(index) { return index }
        let known = labels.isEmpty ? "0 to \(count - 1)" : labels.joined(separator: ", ") + " or 0 to \(count - 1)"
        throw .data(.unknownLabel(path: path, line: line, label: label, known: known))
    }

    private func answer(_ logits: [Float]) -> String {
        if isRegression { return DecimalText.fixed(Double(logits[0]), digits: 4) }
        let index = largest(logits)
        let name = index < labels.count ? labels[index] : String(index)
        return name + " (" + logits.map { DecimalText.fixed(Double($0), digits: 2) }.joined(separator: ", ") + ")"
    }

    private func text(_ example: Example) -> String {
        switch example.input {
        case .text(let text, let pair):
            String(decoding: text, as: UTF8.self) + (pair.map { " | " + String(decoding: $0, as: UTF8.self) } ?? "")
        case .ids(let ids, _):
            "ids " + ids.prefix(24).map { String($0) }.joined(separator: " ") + (ids.count > 24 ? " ..." : "")
        }
    }

    private mutating func finished() -> DriftReport {
        report.worst = worst.examples
        if classifies, !isRegression {
            report.agreement = 100 * Double(agreeing) / Double(report.examples)
            report.flips = report.examples - agreeing
        }
        if let confusion, labelled > 0 {
            var accuracy = DriftReport.Metric(
                name: "accuracy", reference: 100 * confusion.reference.accuracy, candidate: 100 * confusion.candidate.accuracy)
            accuracy.dropInterval = Statistics.bootstrapMean(truth.map { 100 * Double($0) })
            accuracy.mcNemar = Statistics.mcNemar(
                onlyReference: truth.count { $0 > 0 }, onlyCandidate: truth.count { $0 < 0 })
            report.metrics = [
                accuracy,
                DriftReport.Metric(
                    name: "macro F1", reference: 100 * confusion.reference.macroF1, candidate: 100 * confusion.candidate.macroF1),
                DriftReport.Metric(
                    name: "Matthews", reference: 100 * confusion.reference.matthews, candidate: 100 * confusion.candidate.matthews),
            ]
        }
        if !values.truth.isEmpty {
            for (name, of) in [("Pearson", Correlation.pearson), ("Spearman", Correlation.spearman)] {
                if let a = of(values.truth, values.reference), let b = of(values.truth, values.candidate) {
                    report.metrics.append(DriftReport.Metric(name: name, reference: 100 * a, candidate: 100 * b))
                }
            }
        }
        let top = Double(errors.max() ?? 0)
        if top > 0 {
            report.histogramTop = top
            report.histogram = [Int](repeating: 0, count: 24)
            for error in errors { report.histogram[min(23, Int(Double(error) / top * 24))] += 1 }
        }
        return report
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
