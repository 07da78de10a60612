import AlbitCommands
import AlbitModel
import CPlatform

/// The board program: one static file, the run-time commands of `albit`.
@main struct AlbitBoard {
    static let name = "albit-board"

    static func main() {
        // Refers to embedded.c, so that a board build without it can't be linked. x86-64 serves as a dialect check too.
        #if hasFeature(Embedded) && !arch(x86_64)
            if !platform_embedded_runtime_is_mended() { platform_exit(Failure.machine.rawValue) }
        #endif
        platform_quiet_pipes()
        do throws(CommandError) {
            try run(output: Output())
        } catch {
            if case .closedPipe = error { platform_exit(0) }
            Message.say(name + ": " + error.description)
            platform_exit(error.failure.rawValue)
        }
    }

    private static func run(output: Output) throws(CommandError) {
        let words = try usage(processArguments)
        switch words.first ?? "--help" {
        case "--help", "-h":
            try output.write(CommandTable.helpText(program: name))
        case "--version":
            try output.line(Version.text)
        case let word:
            let command = try usage { () throws(CommandLineError) in try CommandTable.command(named: word) }
            let arguments = try usage { () throws(CommandLineError) in
                try CommandLineArguments(Array(words.dropFirst()), command)
            }
            if arguments.asksForHelp {
                try output.write(command.helpText(program: name))
            } else {
                try BoardCommand.run(command, arguments, output)
            }
        }
        try output.flush()
    }

    /// What a body parses; its errors are wrong usage.
    static func usage<T>(_ body: () throws(CommandLineError) -> T) throws(CommandError) -> T {
        do { return try body() } catch { throw .usage(error.description) }
    }
}
