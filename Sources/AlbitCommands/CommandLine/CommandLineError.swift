import AlbitModel

/// A command line that can't be carried out; exit code 2.
package enum CommandLineError: AlbitError, Equatable {
    case unknownCommand(String, suggestion: String?)
    case unknownOption(String, suggestion: String?)
    case missingValue(option: String, value: String)
    case unexpectedValue(option: String, value: String)
    case notAnInteger(option: String, value: String, range: ClosedRange<Int>)
    case missingArgument(usage: String)
    case tooManyArguments(first: String, usage: String)
    case wordIsNotUTF8(index: Int)

    package var failure: Failure { .usage }

    package var description: String {
        switch self {
        case .unknownCommand(let name, let suggestion):
            "there is no command '" + name + "'" + Self.hint(suggestion) + "; --help lists all"
        case .unknownOption(let name, let suggestion):
            "unknown option '" + name + "'" + Self.hint(suggestion) + "; text that begins with a dash goes after --"
        case .missingValue(let option, let value):
            "'" + option + "' needs a value: " + option + " " + value
        case .unexpectedValue(let option, let value):
            "'" + option + "' takes no value, but has '" + value + "'"
        case .notAnInteger(let option, let value, let range):
            "'" + option + "' is '" + value + "', expected a whole number from " + String(range.lowerBound) + " to "
                + String(range.upperBound)
        case .missingArgument(let usage):
            "an argument is missing; usage: " + usage
        case .tooManyArguments(let first, let usage):
            "unexpected argument '" + first + "'; usage: " + usage
        case .wordIsNotUTF8(let index):
            "argument " + String(index) + " is not UTF-8 text; give it in a file"
        }
    }

    private static func hint(_ suggestion: String?) -> String {
        if let suggestion { ", did you mean '" + suggestion + "'?" } else { "" }
    }
}
