import AlbitModel

/// Every way in which a data file can be wrong.
package enum DataFileError: AlbitError, Equatable {
    case unreadable(path: String, reason: String)
    case empty(path: String)
    case noColumn(path: String, expected: String, found: String)
    case wrongColumnCount(path: String, line: Int, found: Int, expected: Int)
    case notJSON(path: String, line: Int, reason: String)
    case noInput(path: String, line: Int)
    case wrongType(path: String, line: Int, member: String, expected: String)
    case notUTF8(path: String, line: Int)
    case unclosedQuote(path: String, line: Int)
    case unknownLabel(path: String, line: Int, label: String, known: String)
    case needsTokenizer(path: String, line: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .empty(let path): "\(path): holds no example"
        case .noColumn(let path, let expected, let found):
            "\(path): line 1 names no column '\(expected)', it has \(found); a data file begins with a header such as text<TAB>label"
        case .wrongColumnCount(let path, let line, let found, let expected):
            "\(path): line \(line) has \(found) columns, the header has \(expected)"
        case .notJSON(let path, let line, let reason): "\(path): line \(line) is not JSON: \(reason)"
        case .noInput(let path, let line): "\(path): line \(line) has neither 'text' nor 'ids'"
        case .wrongType(let path, let line, let member, let expected): "\(path): line \(line): '\(member)' is not \(expected)"
        case .notUTF8(let path, let line): "\(path): line \(line) is not UTF-8"
        case .unclosedQuote(let path, let line): "\(path): the quoted field that begins in line \(line) has no end"
        case .unknownLabel(let path, let line, let label, let known):
            "\(path): line \(line) has label '\(label)', the model knows \(known)"
        case .needsTokenizer(let path, let line): "\(path): line \(line) is text, but the model has no tokenizer; give ids"
        }
    }
}
