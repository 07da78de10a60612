import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// Compares a model with outputs that another program computed: arrays `hidden_i` ([tokens][hidden size]) and, with a
/// classifier, `logits_i` of an `.npz` file, for example i of the data. Ends where the goldens end.
package enum GoldenComparison {
    package static func run(
        _ model: Model, golden: NumpyArchive, data: DataFile, kernel: Kernel, threads: Int
    ) throws -> DriftReport {
        let session = try Session(weights: model.weights, kernel: kernel, threads: threads)
        let context = TaskContext(model, kernel: kernel)
        var report = DriftReport()
        (report.referencePath, report.candidatePath, report.dataPath) = (golden.path, model.path, data.path)
        (report.candidateBytes, report.kernel) = (model.size.fileBytes, kernel.name)
        var worst = WorstExamples()
        var data = data
        while let example = try data.next(), let expected = try golden.array("hidden_\(report.examples)")?.floats {
            let name = String(report.examples)
            let sequence = try session.encode([context.sequence(example, data.path).input(0)])[0]
            let width = model.weights.configuration.hiddenSize
            let rows = 0..<sequence.count
            try require("hidden_" + name, expected.count, rows.count * width)
            var hidden = Discrepancy()
            for (index, row) in rows.enumerated() {
                expected[(index * width)..<((index + 1) * width)].withUnsafeBufferPointer { reference in
                    sequence.withHidden(row) { found in
                        hidden.add(found, reference: reference)
                        report.hidden.add(found, reference: reference)
                    }
                }
            }
            let head = model.card.head
            if let found = model.allLogits(of: sequence).first(where: { $0.head == head && $0.head.readsPooled })?
                .values,
                let logits = try golden.array("logits_" + name)?.floats
            {
                try require("logits_" + name, logits.count, found.count)
                var discrepancy = report.logits ?? Discrepancy()
                discrepancy.add(found, reference: logits)
                report.logits = discrepancy
            }
            report.examples += 1
            report.tokens += rows.count
            worst.add(
                WorstExample(
                    line: example.line, text: "example " + name, label: nil, reference: "",
                    candidate: "error " + DecimalText.fixed(hidden.relativeL2, digits: 6), error: hidden.relativeL2,
                    flipped: false))
        }
        guard report.examples > 0 else {
            throw Fault(
                .comparisonNoGolden, in: golden.path, "holds no array hidden_0",
                advice: "golden outputs are named hidden_0, logits_0, hidden_1 ...")
        }
        report.worst = worst.examples
        return report
    }

    private static func require(_ name: String, _ found: Int, _ expected: Int) throws(Fault) {
        if found != expected {
            throw Fault(
                .comparisonOtherGoldenShape,
                "golden \(name) has \(found) values, the model's output has \(expected): it is of another "
                    + "model or other inputs")
        }
    }
}
