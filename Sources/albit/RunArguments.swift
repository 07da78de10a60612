import AlbitCommands
import AlbitMaking
import AlbitRuntime
import ArgumentParser

/// What every command that computes takes.
struct RunArguments: ParsableArguments {
    @Flag(name: .long, help: .of("json", in: CommandTable.encode))
    var json = false

    @Option(name: .long, parsing: .unconditional, help: .of("threads", in: CommandTable.encode))
    var threads: Int?

    @Option(
        name: .long,
        help: .of("kernel", in: CommandTable.encode),
        completion: .list(Kernel.names))
    var kernel = ""

    var options: RunOptions { RunOptions(json: json, threads: threads ?? 0, kernel: kernel) }

    var choice: ComputeChoice { ComputeChoice(threads: threads ?? 0, kernel: kernel) }

    func validate() throws {
        if let threads, !(0...1024).contains(threads) {
            throw ValidationError("--threads is \(threads), expected 1 to 1024.")
        }
    }
}
