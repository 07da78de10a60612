import AlbitCommands
import AlbitRuntime
import AlbitText
import ArgumentParser
import CPlatform

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure speed and memory on this machine.",
        discussion: HelpExample.onSample("bench $model --sequence 16,128 --threads 1,2 --seconds 0.2"))

    @Argument(help: "An Albit file, or a checkpoint that is then run in float32.", completion: .file())
    var model: String?

    @Flag(name: .long, help: "List the kernels and their speed on this machine, without a model.")
    var kernels = false

    @Option(name: .long, parsing: .unconditional, help: "Sequence lengths, separated by commas.")
    var sequence = "16,128,512"

    @Option(name: .long, parsing: .unconditional, help: "Batch sizes, separated by commas.")
    var batch = "1"

    @Option(name: .long, parsing: .unconditional, help: "Thread counts, separated by commas.")
    var threads = "1"

    @Option(name: .long, parsing: .unconditional, help: "Seconds spent on each row.")
    var seconds = 1.0

    @Option(name: .long, help: "Kernel to use. (default: the best this CPU runs)", completion: .list(Kernel.names))
    var kernel = ""

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var source: SourceArguments

    func run() throws {
        if kernels {
            guard model == nil else { throw Fault(.optionsConflict, "bench takes a model or --kernels, not both") }
            return try KernelListing(json: json).run(output: Output())
        }
        guard let model else { throw Fault(.argumentsMissing, "bench needs a model, or --kernels") }
        let start = platform_now()
        let loaded = try source.load(model)
        let loadSeconds = platform_now() - start
        var command = BenchCommand(run: RunOptions(json: json, kernel: kernel))
        command.sequences = try TokenList.parse(sequence, option: "--sequence").map { Int($0) }
        command.batches = try TokenList.parse(batch, option: "--batch").map { Int($0) }
        command.threads = try TokenList.parse(threads, option: "--threads").map { Int($0) }
        command.seconds = seconds
        guard (command.sequences + command.batches + command.threads).allSatisfy({ (1...4096).contains($0) }) else {
            throw Fault(.optionValue, "--sequence, --batch and --threads take numbers from 1 to 4096")
        }
        try command.run(loaded, loadSeconds: loadSeconds, output: Output())
    }
}
