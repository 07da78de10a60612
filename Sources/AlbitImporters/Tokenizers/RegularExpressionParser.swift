import AlbitText
import AlbitTokenizers

/// Compiles the regular expressions of tokenizers, in Oniguruma's notation: characters, sets, `\s \d \w` and their
/// opposites, groups, alternatives, repetition, greedy or not. What else there is (assertions, references, properties,
/// possessive repetition) is not accepted.
struct RegularExpressionParser {
    private typealias Instruction = RegularExpression.Instruction

    private let text: [UInt32]
    private var position = 0
    private var depth = 0
    private var sets: [RegularExpression.CharacterSet] = []
    /// What is not accepted, for the message.
    private(set) var problem = "anything else"

    init(_ text: String) { self.text = text.unicodeScalars.map { $0.value } }

    mutating func parse() -> RegularExpression? {
        guard let body = alternatives(), position == text.count else { return nil }
        guard !body.canBeEmpty else { return refuse("matches that are empty") }
        return RegularExpression(instructions: body.code + [.match], sets: sets)
    }

    /// A part of the program, whose jumps count from its beginning.
    private struct Part {
        var code: [Instruction] = []
        var canBeEmpty = true

        /// This part followed by another.
        mutating func append(_ other: Part) {
            code += other.code.map { RegularExpressionParser.shifted($0, by: code.count) }
            canBeEmpty = canBeEmpty && other.canBeEmpty
        }
    }

    private static func shifted(_ instruction: Instruction, by count: Int) -> Instruction {
        switch instruction {
        case .split(let first, let second): .split(first + count, second + count)
        case .jump(let target): .jump(target + count)
        case .set, .match: instruction
        }
    }

    private mutating func refuse<T>(_ what: String) -> T? {
        if problem == "anything else" { problem = what }
        return nil
    }

    private func peek(_ character: Character) -> Bool {
        position < text.count && text[position] == character.unicodeScalars.first?.value
    }

    private mutating func take(_ character: Character) -> Bool {
        guard peek(character) else { return false }
        position += 1
        return true
    }

    private mutating func alternatives() -> Part? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 32, var result = sequence() else { return nil }
        while take("|") {
            guard let other = sequence() else { return nil }
            var joined = Part(
                code: [.split(1, result.code.count + 2)], canBeEmpty: result.canBeEmpty || other.canBeEmpty)
            joined.code += result.code.map { RegularExpressionParser.shifted($0, by: 1) }
            let end = joined.code.count + 1 + other.code.count
            joined.code.append(.jump(end))
            let start = joined.code.count
            joined.code += other.code.map { RegularExpressionParser.shifted($0, by: start) }
            result = joined
        }
        return result.code.count <= RegularExpression.maxInstructions ? result : refuse("more than 4096 steps")
    }

    private mutating func sequence() -> Part? {
        var result = Part()
        while position < text.count, !peek("|"), !peek(")") {
            guard let part = atom(), let repeated = repetition(part) else { return nil }
            result.append(repeated)
            guard result.code.count <= RegularExpression.maxInstructions else { return refuse("more than 4096 steps") }
        }
        return result
    }

    private mutating func atom() -> Part? {
        if take("(") {
            if take("?"), !take(":") { return refuse("groups that begin with (?") }
            guard let body = alternatives(), take(")") else { return nil }
            return body
        }
        var set = RegularExpression.CharacterSet()
        if take("[") {
            guard let found = characterSet() else { return nil }
            set = found
        } else if take(".") {
            set.isNegated = true
            set.ranges = [0x0A...0x0A]
        } else if take("\\") {
            guard escape(into: &set) else { return nil }
        } else {
            let code = text[position]
            if "^$*+?".unicodeScalars.contains(where: { $0.value == code }) { return refuse("assertions") }
            position += 1
            set.ranges = [code...code]
        }
        sets.append(set)
        return Part(code: [.set(sets.count - 1)], canBeEmpty: false)
    }

    /// What follows a backslash; a class or one character.
    private mutating func escape(into set: inout RegularExpression.CharacterSet) -> Bool {
        guard position < text.count, let scalar = Unicode.Scalar(text[position]) else { return false }
        position += 1
        typealias Class = RegularExpression.Class
        switch scalar {
        case "s": set.classes |= Class.space
        case "S": set.classes |= Class.notSpace
        case "d": set.classes |= Class.digit
        case "D": set.classes |= Class.notDigit
        case "w": set.classes |= Class.word
        case "W": set.classes |= Class.notWord
        default:
            position -= 1
            guard let code = escapedCharacter() else { return false }
            set.ranges.append(code...code)
        }
        return true
    }

    private mutating func escapedCharacter() -> UInt32? {
        guard position < text.count, let scalar = Unicode.Scalar(text[position]) else { return nil }
        position += 1
        switch scalar {
        case "n": return 0x0A
        case "t": return 0x09
        case "r": return 0x0D
        case "f": return 0x0C
        case "v": return 0x0B
        case "u": return hexadecimal(4)
        case "x":
            guard take("{") else { return hexadecimal(2) }
            var value: UInt32 = 0
            while position < text.count, !peek("}") {
                guard let digit = hexadecimal(1), value < 0x110000 else { return nil }
                value = value << 4 | digit
            }
            return take("}") && Unicode.Scalar(value) != nil ? value : nil
        default:
            let isLetter = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            return isLetter ? refuse("\\" + String(scalar)) : scalar.value
        }
    }

    private mutating func hexadecimal(_ count: Int) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard position < text.count, let scalar = Unicode.Scalar(text[position]),
                let digit = Character(scalar).hexDigitValue
            else { return nil }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return Unicode.Scalar(value) == nil ? nil : value
    }

    /// What follows `[`.
    private mutating func characterSet() -> RegularExpression.CharacterSet? {
        var set = RegularExpression.CharacterSet()
        set.isNegated = take("^")
        set.classes = RegularExpression.Class.bracket
        var isFirst = true
        while isFirst || !peek("]") {
            isFirst = false
            guard position < text.count else { return nil }
            if peek("[") || peek("]") { return refuse("sets inside sets") }
            if peek("&"), position + 1 < text.count, text[position + 1] == text[position] {
                return refuse("sets inside sets")
            }
            let begin = text[position]
            var low: UInt32 = begin
            if take("\\") {
                var escaped = RegularExpression.CharacterSet()
                guard escape(into: &escaped) else { return nil }
                guard let only = escaped.ranges.first else {
                    set.classes |= escaped.classes
                    continue
                }
                low = only.lowerBound
            } else {
                position += 1
            }
            var high = low
            if peek("-"), position + 1 < text.count, text[position + 1] != 0x5D {
                position += 1
                if take("\\") {
                    guard let escaped = escapedCharacter() else { return nil }
                    high = escaped
                } else {
                    high = text[position]
                    position += 1
                }
                guard high >= low else { return refuse("ranges that go down") }
            }
            set.ranges.append(low...high)
        }
        position += 1
        return set
    }

    private mutating func repetition(_ part: Part) -> Part? {
        var (least, most): (Int, Int?) = (1, 1)
        if take("*") {
            (least, most) = (0, nil)
        } else if take("+") {
            (least, most) = (1, nil)
        } else if take("?") {
            (least, most) = (0, 1)
        } else if peek("{") {
            guard let bounds = interval() else { return refuse("braces that are no repetition") }
            (least, most) = bounds
        } else {
            return part
        }
        let isLazy = take("?")
        if peek("+") || peek("*") || peek("?") || peek("{") { return refuse("repetition of repetition") }
        guard !part.canBeEmpty else { return refuse("repetition of what can be empty") }
        guard (most ?? least) <= 256, part.code.count * ((most ?? least) + 1) <= RegularExpression.maxInstructions
        else {
            return refuse("more than 4096 steps")
        }
        var result = Part()
        for _ in 0..<least { result.append(part) }
        func choice(_ inside: Int, _ outside: Int) -> Instruction {
            isLazy ? .split(outside, inside) : .split(inside, outside)
        }
        if let most {
            for _ in least..<max(least, most) {
                var optional = Part(code: [choice(1, part.code.count + 1)])
                optional.code += part.code.map { RegularExpressionParser.shifted($0, by: 1) }
                result.append(optional)
            }
        } else {
            var loop = Part(code: [choice(1, part.code.count + 2)])
            loop.code += part.code.map { RegularExpressionParser.shifted($0, by: 1) }
            loop.code.append(.jump(0))
            result.append(loop)
        }
        result.canBeEmpty = least == 0
        return result
    }

    /// `{n}`, `{n,}`, `{,m}` or `{n,m}`.
    private mutating func interval() -> (Int, Int?)? {
        guard take("{") else { return nil }
        let least = number()
        if take("}") { return least.map { ($0, $0) } }
        guard take(",") else { return nil }
        let most = number()
        guard take("}"), least != nil || most != nil else { return nil }
        if let least, let most, least > most { return nil }
        return (least ?? 0, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while position < text.count, text[position] &- 0x30 < 10, (value ?? 0) < 10_000 {
            value = (value ?? 0) * 10 + Int(text[position] - 0x30)
            position += 1
        }
        return value
    }
}
