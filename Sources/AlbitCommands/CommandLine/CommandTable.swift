import AlbitRuntime
import AlbitText

/// The run-time commands that both programs have, as the board program parses them.
package enum CommandTable {
    package static let all = TaskCommands.specifications + [tokenize, encode, inspect, bench, selfTest, serveLines]

    private static let json = OptionSpecification("json", "Print JSON, one object per answer")
    private static let threads = OptionSpecification(
        "threads", value: "N", "Threads to use", otherwise: "the CPUs this process may use")
    private static let kernel = OptionSpecification(
        "kernel", value: "NAME",
        "Kernel to use: " + Kernel.names.joined(separator: ", "), otherwise: "the best this CPU runs")
    static let computing = [json, threads, kernel]

    package static let tokenize = CommandSpecification(
        "tokenize", arguments: "MODEL [TEXT ...]", count: 1...Int.max,
        "Print the ids, pieces and offsets of texts, given or a line each on standard input",
        options: [
            OptionSpecification("pair", value: "TEXT", "Second text of a pair with each text"),
            OptionSpecification("offsets", value: "UNIT", "What offsets count: bytes or characters", fallback: "bytes"),
            OptionSpecification("bare", "Leave out [CLS] and [SEP]"),
            OptionSpecification("null", "Texts on standard input end with a zero byte instead of a line end"),
            OptionSpecification("pretokenized", "Texts are words with a blank between two, each taken by itself"),
            OptionSpecification("json", "Print JSON, one object per text"),
        ])

    package static let encode = CommandSpecification(
        "encode", arguments: "MODEL [TEXT ...]", count: 1...Int.max,
        "Print the encoder's outputs and their digest, for ids or texts",
        options: [
            OptionSpecification("ids", value: "\"ID ...\"", "Token ids, separated by spaces or commas"),
            OptionSpecification("type-ids", value: "\"ID ...\"", "Token types, as many as ids"),
            OptionSpecification("mask", value: "\"0|1 ...\"", "1 for tokens that exist, 0 for padding, as many as ids"),
            OptionSpecification("strict", "Refuse a text that is too long instead of cutting it"),
            OptionSpecification("prompt", value: "NAME", "The model's prompt to put before texts", otherwise: "none"),
            OptionSpecification("full", "Print hidden states, pooled output and logits too"),
        ] + computing)

    package static let inspect = CommandSpecification(
        "inspect", arguments: "MODEL", count: 1...1, "Tell what is in a model file",
        options: [OptionSpecification("tensors", "List every tensor"), OptionSpecification("json", "Print JSON")])

    package static let bench = CommandSpecification(
        "bench", arguments: "MODEL | --kernels", count: 0...1, "Measure speed and memory on this machine",
        options: [
            OptionSpecification("kernels", "List the kernels and their speed on this machine, without a model"),
            OptionSpecification(
                "sequence", value: "N,...", "Sequence lengths, separated by commas", fallback: "16,128,512"),
            OptionSpecification("batch", value: "N,...", "Batch sizes, separated by commas", fallback: "1"),
            OptionSpecification("threads", value: "N,...", "Thread counts, separated by commas", fallback: "1"),
            OptionSpecification("seconds", value: "S", "Seconds spent on each row", fallback: "1"),
            kernel, OptionSpecification("json", "Print JSON"),
        ])

    package static let selfTest = CommandSpecification(
        "selftest", arguments: "MODEL", count: 1...1,
        "Check that a model file is intact and that this machine computes what its maker's did", options: computing)

    /// For devices, so on the board program only.
    package static let serveLines = CommandSpecification(
        "serve-lines", arguments: "MODEL", count: 1...1,
        "Keep a model open and answer each line of standard input, text or JSON, with one line of JSON",
        options: [
            OptionSpecification("strict", "Refuse a text that is too long instead of cutting it"),
            OptionSpecification(
                "max-length", value: "N", "Most tokens of a sequence", otherwise: "all that the model takes"),
            threads, kernel,
        ])

    /// The command that a word names, exactly.
    package static func command(named name: String) throws(Fault) -> CommandSpecification {
        if let command = all.first(where: { $0.name == name }) { return command }
        throw unknown(name, among: all.map { $0.name })
    }

    /// The fault that a word is none of some commands, with the nearest of them.
    package static func unknown(_ name: String, among names: [String]) -> Fault {
        Fault(
            .commandLineUnknownCommand,
            "there is no command '" + name + "'" + CommandLineArguments.hint(nearest(to: name, among: names)),
            advice: "--help lists all")
    }

    /// What the program prints for `--help` without a command.
    package static func helpText(program: String) -> String {
        var text =
            "ALBERT on small boards: one file, the desktop's answers bit for bit.\n\nUsage: " + program
            + " COMMAND ...\n\nCommands:\n"
        for command in all {
            text +=
                "  " + command.name + String(repeating: " ", count: max(1, 14 - command.name.utf8.count)) + command.help
                + "\n"
        }
        return text + "\n" + program
            + " COMMAND --help tells a command's options. Exit codes: 0 ok, 1 a check failed,\n"
            + "2 wrong usage, 3 bad input, 4 the machine failed.\n"
    }
}
