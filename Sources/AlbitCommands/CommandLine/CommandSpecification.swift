/// One option of a command: `--name`, or `--name VALUE` where it takes a value.
package struct OptionSpecification: Sendable, Equatable {
    /// Without the dashes.
    package let name: String
    /// `o` for `-o`; nil where there is no short form.
    package let short: String?
    /// What the help calls the value; nil for a flag.
    package let value: String?
    package let help: String

    package init(_ name: String, short: String? = nil, value: String? = nil, _ help: String) {
        self.name = name
        self.short = short
        self.value = value
        self.help = help
    }
}

/// What one command takes. `albit` declares the same to swift-argument-parser; a test holds the two together.
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
                "  " + rows[index] + padding + (index < options.count ? options[index].help : "Show this help") + "\n"
        }
        return text
    }
}
