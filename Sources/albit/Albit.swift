import AlbitCommands
import AlbitModel
import AlbitText
import ArgumentParser
import CPlatform

/// The desktop program: thin declarations of what AlbitCommands, the importers, the quantizer and the drift report do.
struct Albit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "albit",
        abstract: "ALBERT from a published checkpoint to an int8 model for small boards, with proof of its accuracy.",
        discussion: """
            Two commands tell the story:

            \(HelpExample.onSample("quantize $model -o model.gguf", "verify $model model.gguf --data $model/eval.tsv"))

            Exit codes: 0 ok, 1 a check failed, 2 wrong usage, 3 bad input, 4 the machine failed. 'albit help --man' \
            prints all of this as a manual page.
            """,
        version: Version.text,
        subcommands: [
            Quantize.self, Verify.self, Convert.self, Tokenize.self, Inspect.self, Encode.self, SelfTest.self,
            Bench.self,
            Classify.self, Tag.self, Answer.self, Fill.self, Embed.self, Order.self, Choose.self, Summarize.self,
            Match.self,
        ])
}

@main
enum Program {
    static func main() {
        platform_quiet_pipes()
        do {
            // Swift's own list is read from /proc, and empty where that is not mounted.
            let words = try processArguments()
            if words == ["help", "--man"] { return print(try ManualPage(Albit._dumpHelp()).text, terminator: "") }
            // ArgumentParser takes a mistyped command for a stray argument.
            try checkCommand(words.first == "help" ? words.dropFirst().first : words.first)
            var command = try Albit.parseAsRoot(words)
            try command.run()
        } catch {
            leave(error)
        }
    }

    /// Throws for a word that is no command, with the nearest one.
    private static func checkCommand(_ word: String?) throws {
        let names = Albit.configuration.subcommands.map { $0._commandName } + ["help"]
        guard let word, !word.hasPrefix("-"), !names.contains(word) else { return }
        throw CommandTable.unknown(word, among: names)
    }

    /// Prints what an error says where it belongs and ends with its exit code.
    private static func leave(_ error: any Error) -> Never {
        if let error = error as? Fault {
            if error.code == .outputClosed { platform_exit(0) }
            Message.say("albit: " + error.description)
            platform_exit(error.code.exitCode.rawValue)
        }
        let text = Albit.fullMessage(for: error)
        // ArgumentParser says 64 for wrong usage; Albit's exit codes are 0 to 4.
        if Albit.exitCode(for: error).isSuccess {
            print(text)
            platform_exit(0)
        }
        Message.say(text)
        platform_exit(ExitCode.usage.rawValue)
    }
}
