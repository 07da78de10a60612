/// One value of a table, as it was written.
package enum TableCell: Sendable {
    /// Between separators: nobody said whether it is a name or a number.
    case written([UInt8])
    /// A member of a JSON object: text, number, list, object or null.
    case json(JSONValue)

    /// Whether there is nothing: JSON's null. What was written may be empty and still be a text.
    package var isNull: Bool {
        if case .json(let value) = self { value.isNull } else { false }
    }

    /// UTF-8 of a written value or a JSON string; nil for a number, a list and an object.
    package var text: [UInt8]? {
        switch self {
        case .written(let bytes): bytes
        case .json(let value): value.bytes
        }
    }

    /// The value that a list or an object is: JSON's own, or one that was written in a cell of a table. nil where it is
    /// neither a list nor an object.
    package var structure: JSONValue? {
        switch self {
        case .json(let value):
            return value.array != nil || value.members != nil ? value : nil
        case .written(let bytes):
            guard let first = bytes.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else { return nil }
            return try? JSONValue(parsing: bytes)
        }
    }

    /// Whether a written value is a list or an object as Python prints them, which no reader can take apart safely.
    package var isPythonList: Bool {
        guard case .written(let bytes) = self, structure == nil, bytes.count > 2 else { return false }
        let (first, second) = (bytes[0], bytes[1])
        return (first == UInt8(ascii: "[") || first == UInt8(ascii: "{")) && second == UInt8(ascii: "'")
            && (bytes[bytes.count - 1] == UInt8(ascii: "]") || bytes[bytes.count - 1] == UInt8(ascii: "}"))
    }
}

/// One record of a table.
package struct TableRow: Sendable {
    /// Cells by column; nil where a JSON object has no such member. May be shorter than the table's list of columns.
    package var cells: [TableCell?]
    /// Where it begins: a line of the file from 1, or a question of a SQuAD file.
    package var line: Int
    package var isQuestion = false

    package subscript(column: Int) -> TableCell? { column < cells.count ? cells[column] : nil }

    /// For messages.
    package var place: String { (isQuestion ? "question " : "line ") + String(line) }
}
