import AlbitCommands
import ArgumentParser

/// What every command that computes takes.
struct RunArguments: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, one object per answer.")
    var json = false

    @Option(name: .long, help: "Threads to use. (default: the CPUs this process may use)")
    var threads = 0

    @Option(name: .long, help: "Kernel to use: scalar, avx2, avxvnni, avx512vnni, neon, sdot, smmla. (default: the best this CPU runs)")
    var kernel = ""

    var options: RunOptions { RunOptions(json: json, threads: threads, kernel: kernel) }

    func validate() throws {
        guard (0...1024).contains(threads) else { throw ValidationError("--threads is \(threads), expected 1 to 1024.") }
    }
}
