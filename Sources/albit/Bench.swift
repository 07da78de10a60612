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

    @Flag(name: .long, help: .of("kernels", in: CommandTable.bench))
    var kernels = false

    @Option(name: .long, parsing: .unconditional, help: .of("sequence", in: CommandTable.bench))
    var sequence = CommandTable.bench.text("sequence")

    @Option(name: .long, parsing: .unconditional, help: .of("batch", in: CommandTable.bench))
    var batch = CommandTable.bench.text("batch")

    @Option(name: .long, parsing: .unconditional, help: .of("threads", in: CommandTable.bench))
    var threads = CommandTable.bench.text("threads")

    @Option(name: .long, parsing: .unconditional, help: .of("seconds", in: CommandTable.bench))
    var seconds = CommandTable.bench.number("seconds")

    @Option(name: .long, help: .of("kernel", in: CommandTable.bench), completion: .list(Kernel.names))
    var kernel = ""

    @Flag(name: .long, help: .of("json", in: CommandTable.bench))
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
