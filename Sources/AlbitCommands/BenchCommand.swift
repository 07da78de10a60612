import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import CPlatform

/// `bench`: speed and memory of a model on this machine.
package struct BenchCommand {
    package var run = RunOptions()
    package var sequences: [Int] = []
    package var batches: [Int] = []
    package var threads: [Int] = []
    /// Seconds spent on each row.
    package var seconds = CommandTable.bench.number("seconds")

    package init(run: RunOptions) { self.run = run }

    /// `loadSeconds`: what opening the model took.
    package func run(_ model: Model, loadSeconds: Double, output: Output) throws(Fault) {
        let kernel: Kernel
        var rows: [BenchRow] = []
        let firstAnswer: Double
        kernel = try run.kernel.isEmpty ? .best : Kernel(named: run.kernel)
        let measurement = BenchMeasurement(weights: model.weights, kernel: kernel)
        let first = min(sequences.first ?? 16, model.weights.configuration.maxPositionEmbeddings)
        try Session(weights: model.weights, kernel: kernel, threads: 1).encode([
            measurement.input(length: first, seed: 1)
        ])
        firstAnswer = platform_seconds_since_start()
        let peak = model.weights.isInt8 ? measurement.peak() : 0
        for sequence in sequences {
            for batch in batches {
                for threads in threads {
                    rows.append(
                        try measurement.row(
                            sequence: sequence, batch: batch, threads: threads, seconds: seconds, peak: peak))
                }
            }
        }
        let memory = (peak: platform_memory_kib("VmHWM:"), anonymous: platform_memory_kib("RssAnon:"))
        if run.json {
            try writeJSON(model, rows, loadSeconds, firstAnswer, memory, output)
        } else {
            try writeTable(model, rows, loadSeconds, firstAnswer, memory, output)
        }
        try output.flush()
    }

    private func writeTable(
        _ model: Model, _ rows: [BenchRow], _ loadSeconds: Double, _ firstAnswer: Double,
        _ memory: (peak: Int, anonymous: Int), _ output: Output
    ) throws(Fault) {
        try output.line("sequence  batch  threads      median       p10       p90    GMAC/s  of peak  kernel")
        for row in rows {
            let peak = row.peakFraction.map { DecimalText.fixed($0 * 100, digits: 1) + " %" } ?? "-"
            var line = BenchCommand.right(String(row.sequence), 8)
            line += BenchCommand.right(String(row.batch), 7)
            line += BenchCommand.right(String(row.threads), 9)
            line += BenchCommand.right(DecimalText.fixed(row.medianMs, digits: 2) + " ms", 12)
            line += BenchCommand.right(DecimalText.fixed(row.p10Ms, digits: 2), 10)
            line += BenchCommand.right(DecimalText.fixed(row.p90Ms, digits: 2), 10)
            line += BenchCommand.right(DecimalText.fixed(row.gmacPerSecond, digits: 1), 10)
            line += BenchCommand.right(peak, 9)
            try output.line(line + "  " + row.kernel)
        }
        var line = "load " + DecimalText.fixed(loadSeconds * 1e3, digits: 2) + " ms, first answer "
        line += DecimalText.fixed(firstAnswer * 1e3, digits: 0) + " ms after the process began, peak RSS "
        line += String(memory.peak) + " KiB, anonymous " + String(memory.anonymous) + " KiB"
        if let file = model.file { line += ", file " + String(file.gguf.file.bytes.count) + " bytes" }
        try output.line(line)
    }

    private func writeJSON(
        _ model: Model, _ rows: [BenchRow], _ loadSeconds: Double, _ firstAnswer: Double,
        _ memory: (peak: Int, anonymous: Int), _ output: Output
    ) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        json.member("rows")
        json.beginArray()
        for row in rows {
            json.beginObject()
            json.member("sequence")
            json.integer(row.sequence)
            json.member("batch")
            json.integer(row.batch)
            json.member("threads")
            json.integer(row.threads)
            json.member("kernel")
            json.string(row.kernel)
            json.member("medianMs")
            json.number(row.medianMs)
            json.member("p10Ms")
            json.number(row.p10Ms)
            json.member("p90Ms")
            json.number(row.p90Ms)
            json.member("gmacPerSecond")
            json.number(row.gmacPerSecond)
            json.member("peakFraction")
            if let fraction = row.peakFraction { json.number(fraction) } else { json.null() }
            json.endObject()
        }
        json.endArray()
        json.member("loadMs")
        json.number(loadSeconds * 1e3)
        json.member("firstAnswerMs")
        json.number(firstAnswer * 1e3)
        json.member("peakRssKiB")
        json.integer(memory.peak)
        json.member("anonymousKiB")
        json.integer(memory.anonymous)
        json.member("fileBytes")
        if let file = model.file { json.integer(file.gguf.file.bytes.count) } else { json.null() }
        json.endObject()
        try output.line(json.text)
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}
