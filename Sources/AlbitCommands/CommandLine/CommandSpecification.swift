import AlbitText

/// One option of a command: `--name`, or `--name VALUE` where it takes a value.
package struct OptionSpecification: Sendable, Equatable {
    /// Without the dashes.
    package let name: String
    /// `o` for `-o`; nil where there is no short form.
    package let short: String?
    /// What the help calls the value; nil for a flag.
    package let value: String?
    /// A sentence without its full stop, and without what holds where the option is not given.
    package let help: String
    /// The value where none is given; empty where that is no value but something else.
    package let fallback: String
    /// What holds then, in words; empty where `fallback` says it, or nothing is to be said.
    package let otherwise: String

    package init(
        _ name: String, short: String? = nil, value: String? = nil, _ help: String, fallback: String = "",
        otherwise: String = ""
    ) {
        self.name = name
        self.short = short
        self.value = value
        self.help = help
        self.fallback = fallback
        self.otherwise = otherwise
    }

    /// `help` with what holds where the option is not given.
    var wholeHelp: String {
        let note = fallback.isEmpty ? otherwise : fallback
        return note.isEmpty ? help : help + " (default: " + note + ")"
    }
}

/// What one command takes: names, help and defaults for both programs. `albit` has a property for each option, which is
/// what swift-argument-parser asks for, and takes help and default from here; a test holds the names together.
package struct CommandSpecification: Sendable, Equatable {
    package let name: String
    /// One line, without a full stop.
    package let help: String
    /// The arguments in the usage line, such as `MODEL [TEXT ...]`.
    package let arguments: String
    /// Fewest and most words that are not options; `Int.max`: any number.
    package let argumentCount: ClosedRange<Int>
    package let options: [OptionSpecification]

    package init(
        _ name: String, arguments: String, count: ClosedRange<Int>, _ help: String, options: [OptionSpecification]
    ) {
        self.name = name
        self.help = help
        self.arguments = arguments
        self.argumentCount = count
        self.options = options
    }

    /// The option of a name; nil where the command takes none of it.
    package func option(_ name: String) -> OptionSpecification? { options.first { $0.name == name } }

    /// The default of an option as a whole number, and as a number.
    package func integer(_ name: String) -> Int { option(name).flatMap { Int($0.fallback) } ?? 0 }
    package func number(_ name: String) -> Double { option(name).flatMap { DecimalText.double($0.fallback) } ?? 0 }
    package func text(_ name: String) -> String { option(name)?.fallback ?? "" }

    /// What `--help` prints.
    package func helpText(program: String) -> String {
        var text = help + ".\n\nUsage: " + program + " " + name + " " + arguments + " [options]\n\nOptions:\n"
        let rows =
            options.map { option in
                (option.short.map { "-" + $0 + ", " } ?? "") + "--" + option.name
                    + (option.value.map { " " + $0 } ?? "")
            } + ["-h, --help"]
        let width = (rows.map { $0.utf8.count }.max() ?? 0) + 2
        for index in rows.indices {
            let padding = String(repeating: " ", count: width - rows[index].utf8.count)
            text +=
                "  " + rows[index] + padding + (index < options.count ? options[index].wholeHelp : "Show this help")
                + "\n"
        }
        return text
    }
}
