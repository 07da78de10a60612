import AlbitText
import AlbitTokenizers

/// Reads the pattern of `Replace` and `Split`: a text, or a regular expression.
struct PatternReader {
    let path: String

    func read(_ json: JSONValue?, of owner: String) throws(Fault) -> TextPattern {
        if let text = json?["String"]?.bytes {
            guard !text.isEmpty else {
                throw .unsupported(
                    path: path, what: "pattern of the " + owner, name: "", expected: "a text that is not empty")
            }
            return .literal(text)
        }
        guard let text = json?["Regex"]?.string else { throw .missingMember(path: path, member: "pattern") }
        var parser = RegularExpressionParser(text)
        guard let expression = parser.parse() else {
            throw .unsupported(
                path: path, what: "regular expression of the " + owner, name: text,
                expected: "characters, sets, groups, alternatives and repetition, without " + parser.problem)
        }
        return .expression(expression)
    }
}
