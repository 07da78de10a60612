import AlbitCommands
import ArgumentParser

extension ArgumentHelp {
    /// What both programs say of an option of a command. swift-argument-parser adds defaults that are values itself.
    static func of(_ name: String, in command: CommandSpecification) -> ArgumentHelp {
        guard let option = command.option(name) else { return "" }
        return ArgumentHelp(option.help + (option.otherwise.isEmpty ? "." : ". (default: \(option.otherwise))"))
    }
}
