import AlbitCommands
import AlbitModel
import AlbitText
import CPlatform

/// The board program: one static file, the run-time commands of `albit`.
@main struct AlbitBoard {
    static let name = "albit-board"

    static func main() {
        // Refers to embedded.c, so that a board build without it can't be linked. x86-64 serves as a dialect check too.
        #if hasFeature(Embedded) && !arch(x86_64)
        if !platform_embedded_runtime_is_mended() { platform_exit(ExitCode.machine.rawValue) }
        #endif
        platform_quiet_pipes()
        do throws(Fault) {
            try run(output: Output())
        } catch {
            if error.code == .outputClosed { platform_exit(0) }
            Message.say(name + ": " + error.description)
            platform_exit(error.code.exitCode.rawValue)
        }
    }

    private static func run(output: Output) throws(Fault) {
        let words = try processArguments()
        switch words.first ?? "--help" {
        case "--help", "-h":
            try output.write(CommandTable.helpText(program: name))
        case "--version":
            try output.line(Version.text)
        case let word:
            let command = try CommandTable.command(named: word)
            let arguments = try CommandLineArguments(Array(words.dropFirst()), command)
            if arguments.asksForHelp {
                try output.write(command.helpText(program: name))
            } else {
                try BoardCommand.run(command, arguments, output)
            }
        }
        try output.flush()
    }
}
