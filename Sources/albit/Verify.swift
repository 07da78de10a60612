import AlbitCommands
import AlbitDrift
import AlbitMaking
import AlbitText
import ArgumentParser

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how far a model is from its original, on real data.",
        discussion: """
            The reference is any checkpoint, run in float32, or another Albit file. With a limit it is a gate: exit 1 \
            and the reason where it does not hold.

            \(HelpExample.onSample(
                #"quantize $model -o candidate.gguf"#,
                #"verify $model candidate.gguf --data $model/eval.tsv --max-drop 0.3"#))
            """)

    @Argument(help: "The reference: a checkpoint, or an Albit file.", completion: .file())
    var reference: String

    @Argument(help: "The candidate; left out with --golden, which then judges the one model.", completion: .file())
    var candidate: String?

    @Option(
        name: .long,
        help:
            "Outputs of another program: .npz of Scripts/golden-outputs.py, or hidden_0, logits_0 ... beside --data.",
        completion: .file())
    var golden: String?

    @Option(
        name: .long,
        help:
            """
            TSV or CSV with a header, JSON (text, pair, label; ids; words, tags; question, context, answers; choices), \
            CoNLL, SQuAD.
            """,
        completion: .file())
    var data: String?

    @Option(name: .long, help: "Which columns of the data are for what, as in text=review,label=stars.")
    var columns: String?

    @OptionGroup var limits: LimitArguments
    @OptionGroup var judging: JudgeArguments

    @Option(name: .long, help: "Write the report as one HTML page.", completion: .file())
    var report: String?

    @Option(name: .long, help: "Write the limits as JUnit XML.", completion: .file())
    var junit: String?

    @Flag(name: .long, help: "Replace report and JUnit file where they exist.")
    var force = false

    @OptionGroup var computing: RunArguments
    @OptionGroup var strictness: StrictArguments
    @OptionGroup var source: SourceArguments

    func run() throws {
        guard data != nil || golden != nil else {
            throw Fault(.argumentsMissing, "verify needs --data FILE, or --golden FILE that brings its texts")
        }
        var verification = Verification(reference: reference, candidate: candidate, data: data ?? "")
        verification.golden = golden
        verification.columns = columns
        verification.limits = limits.limits
        verification.settings = judging.settings
        verification.problemType = judging.type
        verification.pagePath = report
        verification.junitPath = junit
        verification.overwrite = force
        verification.source = source.options(strict: strictness.strict)
        verification.compute = computing.choice
        let terminal = TerminalObserver()
        if let proof = try verification.proof(terminal.observer) {
            try Output().print(computing.json ? proof.json() : proof.text)
            return try proof.finish()
        }
        let result = try verification.run(observer: terminal.observer)
        terminal.finish()
        let verdict = verification.verdict(result)
        try Output().print(computing.json ? result.json(verdict) : result.text(verdict))
        try verification.finish(result)
    }
}
