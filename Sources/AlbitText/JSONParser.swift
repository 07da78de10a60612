/// A recursive parser of RFC 8259 with a depth limit; a leading byte order mark is skipped.
struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private let maxDepth: Int
    private let maxValues: Int
    private var position = 0
    private var depth = 0
    private var values = 0

    init(bytes: UnsafeRawBufferPointer, maxDepth: Int, maxValues: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
        self.maxValues = maxValues
    }

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
        skipSpace()
        guard position < bytes.count else { throw .empty }
        let result = try value()
        skipSpace()
        guard position == bytes.count else { throw .trailingCharacters(offset: position) }
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

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw .unexpectedEnd(offset: position) }
        return bytes[position]
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        values += 1
        guard values <= maxValues else { throw .tooMany(offset: position, limit: maxValues) }
        switch try peek() {
        case UInt8(ascii: "{"): return try nested { (parser) throws(JSONError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { (parser) throws(JSONError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw .unexpectedCharacter(offset: position, expected: "a value")
        }
    }

    private mutating func nested(_ body: (inout JSONParser) throws(JSONError) -> JSONValue) throws(JSONError) -> JSONValue {
        guard depth < maxDepth else { throw .tooDeep(offset: position, limit: maxDepth) }
        depth += 1
        position += 1
        let result = try body(&self)
        depth -= 1
        return result
    }

    private mutating func literal(_ text: StaticString, _ result: JSONValue) throws(JSONError) -> JSONValue {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else { throw .unexpectedEnd(offset: bytes.count) }
        for i in 0..<count where bytes[position + i] != text.utf8Start[i] {
            throw .unexpectedCharacter(offset: position + i, expected: "true, false or null")
        }
        position += count
        return result
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            skipSpace()
            elements.append(try value())
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(elements)
            default: throw .unexpectedCharacter(offset: position, expected: "',' or ']'")
            }
        }
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        var members: [JSONMember] = []
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else {
                throw .unexpectedCharacter(offset: position, expected: "a member's name in quotes")
            }
            let name = try string()
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw .unexpectedCharacter(offset: position, expected: "':'") }
            position += 1
            skipSpace()
            members.append(JSONMember(name: name, value: try value()))
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .object(members)
            default: throw .unexpectedCharacter(offset: position, expected: "',' or '}'")
            }
        }
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        var escaped: [UInt8] = []
        var runStart = position
        var hasEscape = false
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 { throw .controlCharacter(offset: position) }
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
        guard let text else { throw .notUTF8(offset: start) }
        return text
    }

    private mutating func escape(into output: inout [UInt8]) throws(JSONError) {
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
                else { throw .loneSurrogate(offset: start) }
                position += 2
                let low = try hexadecimal(start)
                guard low >= 0xDC00 && low < 0xE000 else { throw .loneSurrogate(offset: start) }
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            }
            UTF8Bytes.append(code, to: &output)
        default: throw .badEscape(offset: start)
        }
    }

    private mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw .unexpectedEnd(offset: bytes.count) }
        var code: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch bytes[position] {
            case let byte where byte >= 0x30 && byte <= 0x39: digit = byte - 0x30
            case let byte where byte >= 0x41 && byte <= 0x46: digit = byte - 0x41 + 10
            case let byte where byte >= 0x61 && byte <= 0x66: digit = byte - 0x61 + 10
            default: throw .badEscape(offset: start)
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        var isInteger = true
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let first = position
        try digits(start)
        if bytes[first] == UInt8(ascii: "0"), position - first > 1 { throw .badNumber(offset: start) }
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
        guard let value = DecimalText.double(text) else { throw .badNumber(offset: start) }
        guard value.isFinite else { throw .numberTooLarge(offset: start) }
        return .double(value)
    }

    private mutating func digits(_ start: Int) throws(JSONError) {
        let first = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        guard position > first else { throw .badNumber(offset: start) }
    }
}
