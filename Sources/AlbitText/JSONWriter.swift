/// Builds JSON text piece by piece; commas and, where wished, indentation come by themselves.
///
///     var json = JSONWriter()
///     json.beginObject()
///     json.member("label"); json.string("positive")
///     json.member("logits"); json.beginArray(); json.number(0.5); json.endArray()
///     json.endObject()
///     json.text        // {"label": "positive", "logits": [0.5]}
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private let indented: Bool
    /// The brackets that are open: elements written so far, and whether it is an object.
    private var levels: [(count: Int, isObject: Bool)] = []
    private var afterName = false

    /// `indented` puts every member of objects and every object in arrays on its own line.
    package init(indented: Bool = false) { self.indented = indented }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// The name of the next value inside an object.
    package mutating func member(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        afterName = true
    }

    package mutating func null() { literal("null") }
    package mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
    package mutating func integer(_ value: Int) { literal(String(value)) }

    /// The shortest text that reads back as the same double; null where it is not finite.
    package mutating func number(_ value: Double) { literal(value.isFinite ? value.description : "null") }

    /// The shortest text that reads back as the same float; null where it is not finite.
    package mutating func number(_ value: Float) { literal(value.isFinite ? value.description : "null") }

    package mutating func string(_ value: String) {
        separate()
        quote(value)
    }

    /// A string from UTF-8 bytes; bytes that are not UTF-8 become U+FFFD.
    package mutating func string(_ utf8: [UInt8]) { string(String(decoding: utf8, as: UTF8.self)) }

    /// A value that is JSON text already.
    package mutating func raw(_ json: String) { literal(json) }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .integer(let integer): self.integer(integer)
        case .double(let double): number(double)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for entry in members {
                member(entry.name)
                self.value(entry.value)
            }
            endObject()
        }
    }

    private mutating func open(_ bracket: UInt8) {
        separate(startsObject: bracket == UInt8(ascii: "{"))
        bytes.append(bracket)
        levels.append((0, bracket == UInt8(ascii: "{")))
    }

    private mutating func close(_ bracket: UInt8) {
        let count = levels.popLast()?.count ?? 0
        if indented, count > 0, bracket == UInt8(ascii: "}") || bytes.last == UInt8(ascii: "}") { newLine() }
        bytes.append(bracket)
    }

    private mutating func newLine() {
        bytes.append(0x0A)
        for _ in 0..<(2 * levels.count) { bytes.append(0x20) }
    }

    /// What stands before a value or a member's name.
    private mutating func separate(startsObject: Bool = false) {
        if afterName {
            afterName = false
            return
        }
        guard let (count, isObject) = levels.last else { return }
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        if indented, isObject || startsObject {
            newLine()
        } else if count > 0 {
            bytes.append(0x20)
        }
        levels[levels.count - 1].count += 1
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20, 0x7F:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(byte >> 4 + UInt8(ascii: "0"))
                let low = byte & 15
                bytes.append(low < 10 ? low + 0x30 : low - 10 + UInt8(ascii: "a"))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
