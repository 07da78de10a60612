/// What `Replace` and `Split` look for: a text as it is, or a regular expression.
package enum TextPattern: Sendable, Equatable {
    case literal([UInt8])
    case expression(RegularExpression)

    /// Calls `visit` for every match from left to right; matches do not overlap and are not empty.
    func matches(_ text: UnsafeRawBufferPointer, _ visit: (Range<Int>) -> Void) {
        switch self {
        case .literal(let literal):
            guard let first = literal.first else { return }
            var position = 0
            while position + literal.count <= text.count {
                var length = 0
                if text[position] == first {
                    while length < literal.count, text[position + length] == literal[length] { length += 1 }
                }
                guard length == literal.count else {
                    position += 1
                    continue
                }
                visit(position..<(position + length))
                position += length
            }
        case .expression(let expression):
            var position = 0
            while let match = expression.firstMatch(text, from: position), !match.isEmpty {
                visit(match)
                position = match.upperBound
            }
        }
    }
}
