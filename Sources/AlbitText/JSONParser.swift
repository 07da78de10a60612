/// A recursive parser of RFC 8259 with a depth limit; a leading byte order mark is skipped.
struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private let maxDepth: Int
    private let maxValues: Int
    private let file: String
    private let place: String
    private var position = 0
    private var depth = 0
    private var values = 0

    init(bytes: UnsafeRawBufferPointer, maxDepth: Int, maxValues: Int, file: String, place: String) {
        self.bytes = bytes
        self.maxDepth = maxDepth
        self.maxValues = maxValues
        self.file = file
        self.place = place
    }

    private func fault(_ code: FaultCode, _ offset: Int, _ problem: String) -> Fault {
        Fault(
            code, in: file, at: (place.isEmpty ? "" : place + ", ") + "byte " + String(offset) + " of the JSON", problem
        )
    }

    mutating func document() throws(Fault) -> JSONValue {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
        skipSpace()
        guard position < bytes.count else {
            throw Fault(.jsonEmpty, in: file, at: place, "holds nothing", expected: "JSON")
        }
        let result = try value()
        skipSpace()
        guard position == bytes.count else {
            throw fault(.jsonTrailingCharacters, position, "text follows after the value")
        }
        return result
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private func peek() throws(Fault) -> UInt8 {
        guard position < bytes.count else { throw fault(.jsonUnexpectedEnd, position, "the text ends inside a value") }
        return bytes[position]
    }

    private mutating func value() throws(Fault) -> JSONValue {
        values += 1
        guard values <= maxValues else {
            throw fault(.jsonTooMany, position, "more values than the limit of " + String(maxValues))
        }
        switch try peek() {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw fault(.jsonUnexpectedCharacter, position, "expected a value")
        }
    }

    /// Goes into an object or array, over its first byte.
    private mutating func enter() throws(Fault) {
        guard depth < maxDepth else {
            throw fault(.jsonTooDeep, position, "nested deeper than the limit of " + String(maxDepth))
        }
        depth += 1
        position += 1
    }

    /// Leaves an object or array, over its last byte.
    private mutating func leave() {
        depth -= 1
        position += 1
    }

    private mutating func literal(_ text: StaticString, _ result: JSONValue) throws(Fault) -> JSONValue {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else {
            throw fault(.jsonUnexpectedEnd, bytes.count, "the text ends inside a value")
        }
        for i in 0..<count where bytes[position + i] != text.utf8Start[i] {
            throw fault(.jsonUnexpectedCharacter, position + i, "expected true, false or null")
        }
        position += count
        return result
    }

    private mutating func array() throws(Fault) -> JSONValue {
        var elements: [JSONValue] = []
        try enter()
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            leave()
            return .array(elements)
        }
        while true {
            skipSpace()
            elements.append(try value())
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                leave()
                return .array(elements)
            default: throw fault(.jsonUnexpectedCharacter, position, "expected ',' or ']'")
            }
        }
    }

    private mutating func object() throws(Fault) -> JSONValue {
        var members: [JSONMember] = []
        try enter()
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            leave()
            return .object(members)
        }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else {
                throw fault(.jsonUnexpectedCharacter, position, "expected a member's name in quotes")
            }
            let name = try string()
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else {
                throw fault(.jsonUnexpectedCharacter, position, "expected ':'")
            }
            position += 1
            skipSpace()
            members.append(JSONMember(name: name, value: try value()))
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                leave()
                return .object(members)
            default: throw fault(.jsonUnexpectedCharacter, position, "expected ',' or '}'")
            }
        }
    }

    private mutating func string() throws(Fault) -> String {
        position += 1
        let start = position
        var escaped: [UInt8] = []
        var runStart = position
        var hasEscape = false
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 {
                throw fault(.jsonControlCharacter, position, "control character in a string, expected an escape")
            }
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                escaped.append(contentsOf: bytes[runStart..<position])
                try escape(into: &escaped)
                runStart = position
            } else {
                position += 1
            }
        }
        let run = UnsafeRawBufferPointer(rebasing: bytes[runStart..<position])
        position += 1
        let text: String?
        if hasEscape {
            escaped.append(contentsOf: run)
            text = String(validating: escaped, as: UTF8.self)
        } else {
            text = String(validating: run, as: UTF8.self)
        }
        guard let text else { throw fault(.jsonNotUTF8, start, "the string is not UTF-8") }
        return text
    }

    private mutating func escape(into output: inout [UInt8]) throws(Fault) {
        let start = position
        position += 1
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(byte)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal(start)
            if code >= 0xD800 && code < 0xE000 {
                guard code < 0xDC00, bytes.count - position >= 2, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw fault(.jsonLoneSurrogate, start, "half of a surrogate pair") }
                position += 2
                let low = try hexadecimal(start)
                guard low >= 0xDC00 && low < 0xE000 else {
                    throw fault(.jsonLoneSurrogate, start, "half of a surrogate pair")
                }
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            }
            UTF8Bytes.append(code, to: &output)
        default: throw fault(.jsonBadEscape, start, "unknown escape in a string")
        }
    }

    private mutating func hexadecimal(_ start: Int) throws(Fault) -> UInt32 {
        guard bytes.count - position >= 4 else {
            throw fault(.jsonUnexpectedEnd, bytes.count, "the text ends inside a value")
        }
        var code: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch bytes[position] {
            case let byte where byte >= 0x30 && byte <= 0x39: digit = byte - 0x30
            case let byte where byte >= 0x41 && byte <= 0x46: digit = byte - 0x41 + 10
            case let byte where byte >= 0x61 && byte <= 0x66: digit = byte - 0x61 + 10
            default: throw fault(.jsonBadEscape, start, "unknown escape in a string")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private mutating func number() throws(Fault) -> JSONValue {
        let start = position
        var isInteger = true
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let first = position
        try digits(start)
        if bytes[first] == UInt8(ascii: "0"), position - first > 1 {
            throw fault(.jsonBadNumber, start, "not a number as JSON writes them")
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits(start)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digits(start)
        }
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        if isInteger, let value = DecimalText.integer(text) { return .integer(value) }
        guard let value = DecimalText.double(text) else {
            throw fault(.jsonBadNumber, start, "not a number as JSON writes them")
        }
        guard value.isFinite else {
            throw fault(.jsonNumberTooLarge, start, "the number is beyond the range of a double")
        }
        return .double(value)
    }

    private mutating func digits(_ start: Int) throws(Fault) {
        let first = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        guard position > first else { throw fault(.jsonBadNumber, start, "not a number as JSON writes them") }
    }
}
