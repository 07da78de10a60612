import AlbitCommands
import AlbitDrift
import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers
import ArgumentParser

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how far a model is from its original, on real data.",
        discussion: """
            The reference is any checkpoint, run in float32, or another Albit file. With a limit it is a gate: exit 1 \
            and the reason where it does not hold.

              albit verify CHECKPOINT model.gguf --data dev.tsv --max-drop 0.3
            """)

    @Argument(help: "The reference: a checkpoint, or an Albit file.")
    var reference: String

    @Argument(help: "The candidate.")
    var candidate: String

    @Option(name: .long, help: "TSV or CSV with a header (text, pair, label, or ids), or JSON lines.")
    var data: String

    @Option(name: .long, help: "Most points that the task metric may drop.")
    var maxDrop: Double?

    @Option(name: .long, help: "Least percentage of equal labels.")
    var minAgreement: Double?

    @Option(name: .long, help: "Largest relative error of the last hidden state.")
    var maxError: Double?

    @OptionGroup var computing: RunArguments
    @OptionGroup var source: SourceArguments

    func run() throws {
        let threads = computing.threads == 0 ? ThreadPool.availableCPUs : computing.threads
        let kernel = try computing.kernel.isEmpty ? Kernel.best : Kernel(named: computing.kernel)
        var comparison = try Comparison(
            reference: source.contender(reference), candidate: source.contender(candidate), kernel: kernel, threads: threads)
        let bar = Progress("comparing")
        let report = try comparison.run(DataFile(path: data)) { bar.update($0, of: $1) }
        bar.finish()
        if comparison.truncatedTexts > 0 {
            Message.warn("\(comparison.truncatedTexts) texts are longer than the model takes; their ends were left out")
        }
        let output = Output()
        try output.line(computing.json ? report.json() : report.text)
        try output.flush()
        let violations = DriftLimits(maxDrop: maxDrop, minAgreement: minAgreement, maxError: maxError).violations(report)
        if !violations.isEmpty { throw CommandError.check(violations.joined(separator: "; ")) }
    }
}
