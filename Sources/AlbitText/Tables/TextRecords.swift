/// What one record of a command on text is made of.
package enum RecordForm: Sendable, Equatable {
    /// A text.
    case text
    /// Two texts.
    case pair
    /// A text and one or more others.
    case list

    /// In words, as lines of text have it.
    package var expected: String {
        switch self {
        case .text: "one text"
        case .pair: "two texts with a tab between them"
        case .list: "a text and its choices with tabs between them"
        }
    }
}

/// Texts of a table for commands that answer them, record by record.
package final class TextRecords {
    private let table: TextTable
    private let form: RecordForm
    private let choice: ColumnChoice
    private var columns: Columns?
    private var columnCount = 0

    /// Throws where the table has no columns for the form.
    package init(_ table: TextTable, form: RecordForm, choice: ColumnChoice = ColumnChoice()) throws(Fault) {
        self.table = table
        self.form = form
        self.choice = table.format == .conll ? ColumnChoice() : choice
        if table.format != .lines { try resolve() }
    }

    /// A column that is a part of the input by its name, but not of this form: a second text beside the one that is
    /// read.
    package var columnPassedOver: String? {
        guard form == .text, let columns, let place = columns.place(.pair) ?? columns.place(.context) else {
            return nil
        }
        return table.columns[place]
    }

    /// The texts of the next record; nil after the last one. An empty line of a file of lines is a record of empty
    /// texts.
    package func next() throws(Fault) -> [[UInt8]]? {
        guard let row = try table.next() else { return nil }
        if table.format == .lines { return try split(row) }
        if table.columns.count != columnCount { try resolve() }
        guard let columns else { return nil }
        let record = ExampleRecord(row: row, columns: columns, file: table.name)
        switch (form, columns.form) {
        case (.text, .tagged): return [Array(try record.words().joined(separator: [0x20]))]
        case (.text, .questions): return [try record.text(.question)]
        case (.text, _): return [try record.text(.text)]
        case (_, .questions): return [try record.text(.question), try record.text(.context)]
        case (.list, _): return [try record.text(.text)] + (try record.choices())
        default: return [try record.text(.text), try record.text(.pair)]
        }
    }

    private func split(_ row: TableRow) throws(Fault) -> [[UInt8]] {
        let line = row[0]?.text ?? []
        if form == .text { return [line] }
        if line.isEmpty { return [[], []] }
        let parts = line.split(separator: 0x09, omittingEmptySubsequences: false)
        guard parts.count == 2 || form == .list && parts.count > 2 else {
            throw Fault(
                .recordWrongCount, in: table.name, at: row.place, "has " + String(parts.count) + " fields",
                expected: form.expected)
        }
        return parts.map { Array($0) }
    }

    private func resolve() throws(Fault) {
        columnCount = table.columns.count
        let found = try Columns(table.columns, in: table.name, choice: choice)
        switch (form, found.form) {
        case (.text, .plain):
            guard found.place(.text) != nil else { throw missing("text") }
            // 'text' says which of the two is meant; sentence1 and sentence2 do not.
            if found.place(.pair) != nil, choice.names(.text).isEmpty,
                !table.columns.contains(where: { ASCIIText.key($0.utf8) == "text" })
            {
                throw Fault(
                    .dataOfPairs, in: table.name, "holds pairs of texts",
                    advice: "read them as pairs with --pairs, or say which text is meant with --columns text=NAME")
            }
        case (.text, _), (.pair, .questions), (.list, .choices): break
        case (.pair, .plain):
            guard found.place(.text) != nil, found.place(.pair) != nil else { throw missing("pair") }
        default: throw missing(form == .pair ? "pair" : "choices")
        }
        columns = found
    }

    private func missing(_ role: String) -> Fault {
        Fault(
            .dataNoColumn, in: table.name,
            "names no column '" + role + "'; it has " + table.columns.map { "'" + $0 + "'" }.joined(separator: ", "),
            advice: "say which it is, as in --columns " + role + "=NAME")
    }
}
