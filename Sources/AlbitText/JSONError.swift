/// Why a text is not JSON; offsets are bytes from its beginning. Callers name the file.
package enum JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    case empty
    case unexpectedEnd(offset: Int)
    case unexpectedCharacter(offset: Int, expected: String)
    case trailingCharacters(offset: Int)
    case badNumber(offset: Int)
    case numberTooLarge(offset: Int)
    case badEscape(offset: Int)
    case loneSurrogate(offset: Int)
    case controlCharacter(offset: Int)
    case notUTF8(offset: Int)
    case tooDeep(offset: Int, limit: Int)
    case tooMany(offset: Int, limit: Int)

    package var description: String {
        switch self {
        case .empty: "holds nothing, expected JSON"
        case .unexpectedEnd(let offset): "JSON ends at byte " + String(offset) + " inside a value"
        case .unexpectedCharacter(let offset, let expected): "byte " + String(offset) + " of the JSON: expected " + expected
        case .trailingCharacters(let offset): "byte " + String(offset) + ": text follows after the JSON value"
        case .badNumber(let offset): "byte " + String(offset) + " of the JSON: not a number as JSON writes them"
        case .numberTooLarge(let offset): "byte " + String(offset) + " of the JSON: the number is beyond the range of a double"
        case .badEscape(let offset): "byte " + String(offset) + " of the JSON: unknown escape in a string"
        case .loneSurrogate(let offset): "byte " + String(offset) + " of the JSON: half of a surrogate pair"
        case .controlCharacter(let offset): "byte " + String(offset) + " of the JSON: control character in a string, expected an escape"
        case .notUTF8(let offset): "the string at byte " + String(offset) + " of the JSON is not UTF-8"
        case .tooDeep(let offset, let limit):
            "byte " + String(offset) + " of the JSON: nested deeper than the limit of " + String(limit)
        case .tooMany(let offset, let limit):
            "byte " + String(offset) + " of the JSON: more values than the limit of " + String(limit)
        }
    }
}
