import AlbitRuntime
import AlbitText

/// The options that every command that computes takes.
package struct RunOptions: Sendable {
    /// One JSON object per answer instead of text.
    package var json = false
    /// 0: the CPUs this process may use.
    package var threads = 0
    /// Empty: the best this CPU runs.
    package var kernel = ""

    package init(json: Bool = false, threads: Int = 0, kernel: String = "") {
        self.json = json
        self.threads = threads
        self.kernel = kernel
    }

    /// From parsed words.
    package init(_ words: CommandLineArguments) throws(Fault) {
        self.init(
            json: words.flag("json"), threads: try words.integer("threads", in: 0...1024) ?? 0,
            kernel: words.value("kernel") ?? "")
    }

    /// A session of these options. Throws for a kernel that is unknown or cannot run here.
    package func session(_ weights: EncoderWeights) throws(Fault) -> Session {
        guard threads >= 0, threads <= 1024 else {
            throw Fault(.optionValue, "--threads is " + String(threads), expected: "1 to 1024")
        }
        return try Session(
            weights: weights, kernel: kernel.isEmpty ? .best : Kernel(named: kernel),
            threads: threads == 0 ? ThreadPool.availableCPUs : threads)
    }
}
