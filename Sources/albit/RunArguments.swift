import AlbitCommands
import ArgumentParser

/// What every command that computes takes.
struct RunArguments: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, one object per answer.")
    var json = false

    @Option(name: .long, help: "Threads to use. (default: the CPUs this process may use)")
    var threads: Int?

    @Option(name: .long, help: "Kernel to use: scalar, avx2, avxvnni, avx512vnni, neon, sdot, smmla. (default: the best this CPU runs)",
        completion: .list(kernelNames))
    var kernel = ""

    var options: RunOptions { RunOptions(json: json, threads: threads ?? 0, kernel: kernel) }

    func validate() throws {
        if let threads, !(0...1024).contains(threads) { throw ValidationError("--threads is \(threads), expected 1 to 1024.") }
    }
}

/// What `--kernel` may name on some machine; the run time says which of them this one runs.
let kernelNames = ["scalar", "avx2", "avxvnni", "avx512vnni", "neon", "sdot", "smmla"]
