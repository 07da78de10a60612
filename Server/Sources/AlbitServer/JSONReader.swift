/// What is wrong with the text of a request.
package struct JSONFault: Error, Equatable {
    /// Byte of the body, from 0.
    package let offset: Int
    package let message: String
}

/// Reads one JSON value (RFC 8259) that fills a body: UTF-8, no name twice in an object, bounded in depth, every
/// number a double or an integer.
package struct JSONReader {
    /// Values within values; what requests need is 5.
    private static let maxDepth = 16

    private let bytes: [UInt8]
    private var at = 0

    package static func read(_ bytes: [UInt8]) throws(JSONFault) -> JSON {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.at == bytes.count else { throw reader.fault("something follows the value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func fault(_ message: String) -> JSONFault { JSONFault(offset: at, message: message) }

    private var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard byte == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSON {
        skipBlanks()
        guard depth < JSONReader.maxDepth else { throw fault("values are nested too deeply") }
        switch byte {
        case nil: throw fault("the text ends where a value is expected")
        case UInt8(ascii: "{")?: return try object(depth)
        case UInt8(ascii: "[")?: return try array(depth)
        case UInt8(ascii: "\"")?: return .string(try string())
        case UInt8(ascii: "t")?: return try word("true", .bool(true))
        case UInt8(ascii: "f")?: return try word("false", .bool(false))
        case UInt8(ascii: "n")?: return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSONFault) -> JSON {
        guard bytes[at...].starts(with: word.utf8) else { throw fault("this is no JSON value") }
        at += word.utf8.count
        return value
    }

    private mutating func object(_ depth: Int) throws(JSONFault) -> JSON {
        at += 1
        var members: [(String, JSON)] = []
        var names: Set<[UInt8]> = []
        skipBlanks()
        if take("}") { return .object([]) }
        while true {
            skipBlanks()
            guard byte == UInt8(ascii: "\"") else { throw fault("the name of a member is expected") }
            let name = try string()
            guard names.insert(Array(name.utf8)).inserted else { throw fault("'\(name)' stands twice in an object") }
            skipBlanks()
            guard take(":") else { throw fault("':' is expected") }
            members.append((name, try value(depth: depth + 1)))
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { throw fault("',' or '}' is expected") }
        }
    }

    private mutating func array(_ depth: Int) throws(JSONFault) -> JSON {
        at += 1
        var elements: [JSON] = []
        skipBlanks()
        if take("]") { return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if take("]") { return .array(elements) }
            guard take(",") else { throw fault("',' or ']' is expected") }
        }
    }

    private mutating func string() throws(JSONFault) -> String {
        at += 1
        var text: [UInt8] = []
        let start = at
        while true {
            guard let byte else { throw fault("a string is not closed") }
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw JSONFault(offset: start, message: "a string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw fault("a control character stands in a string")
            default:
                text.append(byte)
                at += 1
            }
        }
    }

    private mutating func escape() throws(JSONFault) -> [UInt8] {
        at += 1
        guard let letter = byte else { throw fault("a string is not closed") }
        at += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if 0xD800..<0xDC00 ~= code {
                guard take("\\"), take("u") else { throw fault("half of a surrogate pair stands alone") }
                let low = try hexadecimal()
                guard 0xDC00..<0xE000 ~= low else { throw fault("half of a surrogate pair stands alone") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair stands alone") }
            return Array(String(Character(scalar)).utf8)
        default: throw fault("this escape does not exist")
        }
    }

    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("four hexadecimal digits are expected")
            }
            code = code << 4 + UInt32(digit)
            at += 1
        }
        return code
    }

    private mutating func number() throws(JSONFault) -> JSON {
        let start = at
        _ = take("-")
        if !take("0") { guard digits() > 0 else { throw fault("this is no JSON value") } }
        var isWhole = true
        if take(".") {
            isWhole = false
            guard digits() > 0 else { throw fault("a digit is expected") }
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { throw fault("a digit is expected") }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else {
            throw JSONFault(offset: start, message: "the number is too large")
        }
        // 3.0 and 3e0 are whole numbers too.
        if let integer = Int(exactly: double) { return .integer(integer) }
        return .number(double)
    }

    private mutating func digits() -> Int {
        let start = at
        while let byte, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { at += 1 }
        return at - start
    }
}
