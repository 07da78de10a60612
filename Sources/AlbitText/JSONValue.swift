/// A JSON value (RFC 8259) that keeps what other parsers lose: the order of members, members that stand twice,
/// and the exact bytes of strings.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent that fits an Int.
    case integer(Int)
    /// Any other number, rounded to the nearest double.
    case double(Double)
    /// Swift keeps the bytes as they were; compare through `utf8`, since `==` on String is canonical equivalence.
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// An integer, also one written as 2.0 or 2e0.
    package var integer: Int? {
        switch self {
        case .integer(let value): value
        case .double(let value): JSONValue.exactInteger(value)
        default: nil
        }
    }

    /// Not through `Int(exactly:)`: that pulls rounding functions of the C mathematics library into debug links.
    private static func exactInteger(_ value: Double) -> Int? {
        guard value.magnitude < 0x1p31 || MemoryLayout<Int>.size == 8 && value.magnitude < 0x1p63 else { return nil }
        let integer = Int(value)
        return Double(integer) == value ? integer : nil
    }

    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The UTF-8 bytes of a string.
    package var bytes: [UInt8]? {
        if case .string(let value) = self { Array(value.utf8) } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var members: [JSONMember]? {
        if case .object(let value) = self { value } else { nil }
    }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The member of an object by name; the last one where it stands twice, as in Python. Searches in linear time.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The first name that stands twice in this object (not in nested ones); nil where none does.
    package var duplicateName: String? {
        guard case .object(let members) = self else { return nil }
        if members.count <= 16 {
            for (i, member) in members.enumerated() {
                for earlier in members[..<i] where earlier.name.utf8.elementsEqual(member.name.utf8) {
                    return member.name
                }
            }
            return nil
        }
        var seen = Set<[UInt8]>(minimumCapacity: members.count)
        for member in members where !seen.insert(Array(member.name.utf8)).inserted { return member.name }
        return nil
    }
}

package struct JSONMember: Sendable {
    package var name: String
    package var value: JSONValue

    package init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// Values of one text, each of which costs some 40 bytes: a tokenizer.json of the largest vocabulary has a third.
    package static let maxValues = 1 << 22

    /// Parses a whole text. Nesting is limited to `depth` levels, so that no input overflows the stack.
    /// `file`, and `place` inside it, say in errors where the text comes from.
    package init(
        parsing bytes: UnsafeRawBufferPointer, depth: Int = 64, file: String = "", place: String = ""
    ) throws(Fault) {
        var parser = JSONParser(bytes: bytes, maxDepth: depth, maxValues: JSONValue.maxValues, file: file, place: place)
        self = try parser.document()
    }

    package init(parsing bytes: [UInt8], depth: Int = 64, file: String = "", place: String = "") throws(Fault) {
        func parse(_ buffer: UnsafeBufferPointer<UInt8>) throws(Fault) -> JSONValue {
            try JSONValue(parsing: UnsafeRawBufferPointer(buffer), depth: depth, file: file, place: place)
        }
        self = try bytes.withUnsafeBufferPointer(parse)
    }

    package init(parsing text: String, depth: Int = 64) throws(Fault) {
        try self.init(parsing: Array(text.utf8), depth: depth)
    }
}
