import AlbitText

/// The words of a command line, sorted into options and arguments by a `CommandSpecification`.
///
/// `--name value`, `--name=value`, `-n value`; a repeated option: the last one counts; `--` ends the options;
/// a single `-` is an argument.
package struct CommandLineArguments: Sendable {
    /// The words that are not options, in order.
    package private(set) var arguments: [String] = []
    /// `--help` or `-h` was given; arguments may be missing then.
    package private(set) var asksForHelp = false
    private var flags: [String] = []
    private var values: [(name: String, value: String)] = []
    private let options: [OptionSpecification]

    /// - Parameter words: what follows the command's name.
    package init(_ words: [String], _ command: CommandSpecification) throws(Fault) {
        options = command.options
        var index = 0
        var optionsHaveEnded = false
        while index < words.count {
            let word = words[index]
            index += 1
            if optionsHaveEnded || !Self.looksLikeOption(word) {
                arguments.append(word)
                continue
            }
            if word == "--" {
                optionsHaveEnded = true
                continue
            }
            let (written, attached) = Self.split(word)
            if written == "--help" || written == "-h" {
                asksForHelp = true
                continue
            }
            guard let option = command.options.first(where: { Self.matches($0, written) }) else {
                let nearest = nearest(to: written, among: command.options.map { "--" + $0.name } + ["--help"])
                throw Fault(
                    .commandLineUnknownOption, "unknown option '" + written + "'" + Self.hint(nearest),
                    advice: "text that begins with a dash goes after --")
            }
            guard let valueName = option.value else {
                if let attached {
                    throw Fault(
                        .commandLineUnexpectedValue, "'" + written + "' takes no value, but has '" + attached + "'")
                }
                flags.append(option.name)
                continue
            }
            if let attached {
                values.append((option.name, attached))
            } else if index < words.count, !Self.looksLikeOption(words[index]) || Self.isNegative(words[index]) {
                values.append((option.name, words[index]))
                index += 1
            } else {
                throw Fault(
                    .commandLineMissingValue, "'" + written + "' needs a value: " + written + " " + valueName)
            }
        }
        let usage = command.name + " " + command.arguments
        if !asksForHelp, arguments.count < command.argumentCount.lowerBound {
            throw Fault(.commandLineMissingArgument, "an argument is missing", advice: "usage: " + usage)
        }
        if arguments.count > command.argumentCount.upperBound {
            throw Fault(
                .commandLineTooManyArguments,
                "unexpected argument '" + arguments[command.argumentCount.upperBound] + "'", advice: "usage: " + usage)
        }
    }

    package func flag(_ name: String) -> Bool { flags.contains(name) }

    /// The value that was given, else the option's default; nil where it has none.
    package func value(_ name: String) -> String? {
        if let given = values.last(where: { $0.name == name }) { return given.value }
        guard let option = options.first(where: { $0.name == name }), !option.fallback.isEmpty else { return nil }
        return option.fallback
    }

    package func integer(_ name: String, in range: ClosedRange<Int>) throws(Fault) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Self.notAnInteger(name, text, range)
        }
        return number
    }

    /// Whole numbers with commas between them, such as `16,128,512`.
    package func integers(_ name: String, in range: ClosedRange<Int>) throws(Fault) -> [Int]? {
        guard let text = value(name) else { return nil }
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(part), range.contains(number) else {
                throw Self.notAnInteger(name, String(part), range)
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func looksLikeOption(_ word: String) -> Bool {
        word.utf8.count > 1 && word.utf8.first == UInt8(ascii: "-")
    }

    /// `-1` is a value that the option may refuse, not another option.
    private static func isNegative(_ word: String) -> Bool {
        word.utf8.dropFirst().first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
    }

    /// `--name=value` in its parts. A short option takes its value as the next word only.
    private static func split(_ word: String) -> (written: String, attached: String?) {
        guard word.utf8.starts(with: "--".utf8), let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            return (word, nil)
        }
        return (String(word[..<equals]), String(word[word.utf8.index(after: equals)...]))
    }

    private static func matches(_ option: OptionSpecification, _ written: String) -> Bool {
        if written == "--" + option.name { return true }
        if let short = option.short { return written == "-" + short }
        return false
    }

    private static func notAnInteger(_ name: String, _ value: String, _ range: ClosedRange<Int>) -> Fault {
        Fault(
            .commandLineNotAnInteger, "'--" + name + "' is '" + value + "'",
            expected: "a whole number from " + String(range.lowerBound) + " to " + String(range.upperBound))
    }

    /// A suggestion as the end of a sentence.
    static func hint(_ suggestion: String?) -> String {
        if let suggestion { ", did you mean '" + suggestion + "'?" } else { "" }
    }
}
