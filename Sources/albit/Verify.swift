import AlbitCommands
import AlbitDrift
import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers
import ArgumentParser
import CPlatform

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how far a model is from its original, on real data.",
        discussion: """
            The reference is any checkpoint, run in float32, or another Albit file. With a limit it is a gate: exit 1 \
            and the reason where it does not hold.

            \(HelpExample.onSample(#"quantize $model -o candidate.gguf"#, #"verify $model candidate.gguf --data $model/eval.tsv --max-drop 0.3"#))
            """)

    @Argument(help: "The reference: a checkpoint, or an Albit file.", completion: .file())
    var reference: String

    @Argument(help: "The candidate; left out with --golden, which then judges the one model.", completion: .file())
    var candidate: String?

    @Option(name: .long, help: "Outputs that another program computed: .npz with hidden_0, logits_0, hidden_1 ...", completion: .file())
    var golden: String?

    @Option(name: .long, help: "TSV or CSV with a header, or JSON lines (text, pair, label; ids; words, tags; question, context, answer), CoNLL, SQuAD.", completion: .file())
    var data: String

    @Option(name: .long, help: "Most points that the task metric may drop.")
    var maxDrop: Double?

    @Option(name: .long, help: "Least percentage of equal labels.")
    var minAgreement: Double?

    @Option(name: .long, help: "Largest relative error of the last hidden state.")
    var maxError: Double?

    @Option(name: .long, help: "Write the report as one HTML page.", completion: .file())
    var report: String?

    @Option(name: .long, help: "Write the limits as JUnit XML.", completion: .file())
    var junit: String?

    @Flag(name: .long, help: "Replace report and JUnit file where they exist.")
    var force = false

    @OptionGroup var computing: RunArguments
    @OptionGroup var source: SourceArguments

    func run() throws {
        let threads = computing.options.threads == 0 ? ThreadPool.availableCPUs : computing.options.threads
        let kernel = try computing.kernel.isEmpty ? Kernel.best : Kernel(named: computing.kernel)
        // Opened and dropped: a long comparison must not end with "is there already".
        for path in [report, junit] { if let path { _ = try OutputFile(path: path, overwrite: force) } }
        let result = try golden.map { path in
            if candidate != nil {
                throw Fault(.optionsConflict, "verify takes one model with --golden, or two without")
            }
            return try GoldenComparison.run(
                source.load(reference, isCompared: true), golden: NumpyArchive(path: path), data: DataFile(path: data), kernel: kernel, threads: threads)
        } ?? compare(kernel, threads)
        let output = Output()
        try output.line(computing.json ? result.json() : result.text)
        try output.flush()
        let limits = DriftLimits(maxDrop: maxDrop, minAgreement: minAgreement, maxError: maxError)
        if let report { try write(result.page(limits: limits, command: command), to: report) }
        if let junit { try write(result.junit(limits: limits), to: junit) }
        let violations = limits.violations(result)
        if !violations.isEmpty { throw Fault(.verifyOverLimit, violations.joined(separator: "; ")) }
    }

    private func compare(_ kernel: Kernel, _ threads: Int) throws -> DriftReport {
        guard let candidate else { throw Fault(.argumentsMissing, "verify needs a candidate, or --golden FILE.npz") }
        var comparison = try Comparison(
            reference: source.load(reference, isCompared: true), candidate: source.load(candidate, isCompared: true), kernel: kernel, threads: threads)
        let bar = Progress("comparing")
        var result = try comparison.run(DataFile(path: data)) { bar.update($0, of: $1) }
        bar.finish()
        if report != nil {
            let bar = Progress("measuring sites")
            result.sensitivity = try comparison.sensitivity { bar.update($0, of: $1) }
            bar.finish()
            result.provenance = ["# " + Version.text] + (try [candidate, data].map { "# " + (try Self.digest($0)) + "  " + $0 })
        }
        if comparison.truncatedTexts > 0 {
            Message.warn("\(comparison.truncatedTexts) texts are longer than the model takes; their ends were left out")
        }
        return result
    }

    /// SHA-256 of a file, as sha256sum prints it; "(a directory)" for one.
    private static func digest(_ path: String) throws -> String {
        if path.withCString({ platform_kind($0) }) == 2 { return "(a directory)" }
        let file = try MappedFile(path: path)
        return withExtendedLifetime(file) { SHA256.hexDigest(of: file.bytes) }
    }

    private func write(_ text: String, to path: String) throws {
        let file = try OutputFile(path: path, overwrite: force)
        try file.write([UInt8](text.utf8))
        try file.finish()
    }

    /// The command line that gives the same figures.
    private var command: String {
        var words = ["albit", "verify", reference] + [candidate].compactMap { $0 } + ["--data", data]
        if let golden { words += ["--golden", golden] }
        if let maxDrop { words += ["--max-drop", "\(maxDrop)"] }
        if let minAgreement { words += ["--min-agreement", "\(minAgreement)"] }
        if let maxError { words += ["--max-error", "\(maxError)"] }
        return words.map { word in
            let plain = word.utf8.allSatisfy {
                $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || "-_./=:,".utf8.contains($0)
            }
            return plain && !word.isEmpty ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }
}
