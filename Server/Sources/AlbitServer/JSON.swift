/// A JSON value, read from a request or to be written in an answer.
package indirect enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    /// Printed so that it reads back as the same float32.
    case float(Float)
    case string(String)
    case array([JSON])
    case floats([Float])
    /// Members in their order; none of them twice where a request is read.
    case object([(String, JSON)])

    package static func == (a: JSON, b: JSON) -> Bool { a.text == b.text }

    /// The member of an object that is there and not null.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self, let member = members.first(where: { $0.0 == name }) else { return nil }
        if case .null = member.1 { return nil }
        return member.1
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    package var array: [JSON]? { if case .array(let elements) = self { elements } else { nil } }

    /// What kind of value it is, for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number, .float: "a number"
        case .string: "a string"
        case .array, .floats: "a list"
        case .object: "an object"
        }
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// As UTF-8.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let value): bytes += JSON.finite(value.isFinite, value.description).utf8
        case .float(let value): bytes += JSON.finite(value.isFinite, value.description).utf8
        case .string(let text): JSON.quote(text, &bytes)
        case .array(let elements): JSON.list(elements, &bytes) { $0.write(to: &$1) }
        case .floats(let values):
            JSON.list(values, &bytes) { $1 += JSON.finite($0.isFinite, $0.description).utf8 }
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSON.quote(member.0, &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.1.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// JSON has no infinity; models that compute one are refused before.
    private static func finite(_ isFinite: Bool, _ text: String) -> String { isFinite ? text : "null" }

    private static func list<T>(_ elements: [T], _ bytes: inout [UInt8], _ write: (T, inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(element, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private static func quote(_ text: String, _ bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                bytes += ("\\u00" + (digits.utf8.count < 2 ? "0" : "") + digits).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
