/// A row of a table as an example: cells are taken for what their columns are for.
struct ExampleRecord {
    let row: TableRow
    let columns: Columns
    let file: String
    var labels: [String] = []
    var isMultiLabel = false

    /// The example, and the columns that it was made of.
    func example() throws(Fault) -> (example: DataExample, used: [Int]) {
        var used = columns.used
        let input: DataExample.Input
        var truth: DataExample.Truth?
        switch columns.form {
        case .tagged:
            let words = try self.words()
            input = .words(words)
            truth = try tags(count: words.count).map { .tags($0) }
        case .questions:
            input = .question(try text(.question), context: try text(.context))
            truth = try answers().map { .answers($0) }
        case .choices:
            input = .choices(try text(.text), among: try choices())
            if let cell = cell(.label) { truth = try value(cell, .label).map { .choice($0) } }
        case .plain:
            if cell(.text) != nil {
                input = .text(try text(.text), pair: cell(.pair) == nil ? nil : try text(.pair))
                used.removeAll { $0 == columns.place(.ids) || $0 == columns.place(.typeIds) }
            } else if let ids = try ids(.ids) {
                input = .ids(ids, typeIds: try self.ids(.typeIds))
            } else {
                throw Fault(.dataNoInput, in: file, at: row.place, "has neither 'text' nor 'ids'")
            }
            truth = try label().map { .label($0) }
        }
        return (DataExample(input: input, truth: truth, line: row.line, place: row.place), used)
    }

    // Cells -------------------------------------------------------------------------------------

    /// The cell of a role; nil where there is none or it is null.
    private func cell(_ role: ColumnRole) -> TableCell? {
        guard let place = columns.place(role), let cell = row[place], !cell.isNull else { return nil }
        return cell
    }

    /// What a column is called in the file.
    private func name(_ role: ColumnRole) -> String { "'" + columns.name(role) + "'" }

    func wrong(_ role: ColumnRole, _ code: FaultCode, _ wanted: String) -> Fault {
        Fault(code, in: file, at: row.place, name(role) + " is not " + wanted)
    }

    func text(_ role: ColumnRole) throws(Fault) -> [UInt8] {
        guard let cell = cell(role) else {
            throw Fault(.dataNoInput, in: file, at: row.place, "has no " + name(role))
        }
        guard let text = cell.text else { throw wrong(role, .exampleNotText, "a string") }
        return text
    }

    private func value(_ cell: TableCell, _ role: ColumnRole) throws(Fault) -> LabelValue? {
        switch cell {
        case .written(let bytes): return ASCIIText.trimmed(bytes).isEmpty ? nil : .written(bytes)
        case .json(let value):
            guard let label = LabelValue(value) else { throw wrong(role, .exampleNotLabel, "a name or a number") }
            return label
        }
    }

    /// Words of a list, or of one text with blanks between.
    func words() throws(Fault) -> [[UInt8]] {
        guard let cell = cell(.words) else { throw Fault(.dataNoInput, in: file, at: row.place, "has no 'words'") }
        if let list = cell.structure?.array {
            let words = list.compactMap { $0.bytes }
            guard words.count == list.count else { throw wrong(.words, .exampleNotWords, "a list of strings") }
            return words
        }
        try refusePython(cell, .words)
        guard let text = cell.text else { throw wrong(.words, .exampleNotWords, "a list of strings") }
        return text.split(separator: 0x20).map { Array($0) }
    }

    private func refusePython(_ cell: TableCell, _ role: ColumnRole) throws(Fault) {
        guard cell.isPythonList else { return }
        throw Fault(
            .examplePythonList, in: file, at: row.place, name(role) + " is a list as Python prints it",
            expected: "JSON",
            advice: "write the file as JSON lines")
    }

    private func tags(count: Int) throws(Fault) -> [LabelValue]? {
        guard let cell = cell(.tags) else { return nil }
        try refusePython(cell, .tags)
        var tags: [LabelValue] = []
        if let list = cell.structure?.array {
            for element in list {
                guard let tag = LabelValue(element) else { throw wrong(.tags, .exampleNotLabel, "a list of tags") }
                tags.append(tag)
            }
        } else {
            guard let text = cell.text else { throw wrong(.tags, .exampleNotLabel, "a list of tags") }
            if text.isEmpty, count > 0 { return nil }
            tags = text.split(separator: 0x20).map { .written(Array($0)) }
        }
        guard tags.count == count else {
            throw Fault(
                .exampleTagCount, in: file, at: row.place, "has " + String(tags.count) + " tags",
                expected: "one for each of "
                    + String(count) + " words")
        }
        return tags
    }

    func choices() throws(Fault) -> [[UInt8]] {
        let stem = cell(.stem)?.text
        var found: [[UInt8]] = []
        let places = columns.places[.choices] ?? []
        if places.count > 1 {
            // A question may have fewer choices than others: what is missing at the end is no choice.
            for place in places {
                guard let cell = row[place], !cell.isNull else { break }
                guard let text = cell.text else { throw wrong(.choices, .exampleNotChoices, "a string") }
                found.append(text)
            }
        } else if let cell = cell(.choices) {
            try refusePython(cell, .choices)
            let value = cell.structure
            let list = value?.array ?? value?["text"]?.array
            guard let list else { throw wrong(.choices, .exampleNotChoices, "a list of strings") }
            for element in list {
                guard let text = element.bytes ?? element["text"]?.bytes else {
                    throw wrong(.choices, .exampleNotChoices, "a list of strings")
                }
                found.append(text)
            }
        }
        guard found.count > 0 else { throw wrong(.choices, .exampleNotChoices, "a list of strings") }
        guard let stem, !stem.isEmpty else { return found }
        return found.map { stem + [0x20] + $0 }
    }

    /// Right answers in all forms that people have: a text, texts, SQuAD's objects, Hugging Face's lists. An empty list
    /// says that there is no answer; nil that nobody knows.
    private func answers() throws(Fault) -> [[UInt8]]? {
        if case .json(.bool(true))? = cell(.impossible) { return [] }
        guard let cell = cell(.answers) else { return nil }
        try refusePython(cell, .answers)
        guard let value = cell.structure else {
            guard let text = cell.text else { throw notAnswers }
            return [text]
        }
        var list = value.array
        if let texts = value["text"] { list = texts.array ?? [texts] }
        guard let list else { throw notAnswers }
        var answers: [[UInt8]] = []
        for element in list {
            guard let text = element.bytes ?? element["text"]?.bytes else { throw notAnswers }
            answers.append(text)
        }
        return answers
    }

    private var notAnswers: Fault {
        wrong(.answers, .exampleNotAnswers, "a string, a list of strings, or {\"text\": [...]}")
    }

    private func ids(_ role: ColumnRole) throws(Fault) -> [Int32]? {
        guard let cell = cell(role) else { return nil }
        var ids: [Int32] = []
        if let list = cell.structure?.array {
            for element in list {
                guard let id = element.integer.flatMap({ Int32(exactly: $0) }) else { throw notIds(role) }
                ids.append(id)
            }
            return ids
        }
        guard let text = cell.text else { throw notIds(role) }
        for word in text.split(whereSeparator: { $0 == 0x20 || $0 == UInt8(ascii: ",") }) {
            guard let id = Int32(String(decoding: word, as: UTF8.self)) else { throw notIds(role) }
            ids.append(id)
        }
        return ids
    }

    private func notIds(_ role: ColumnRole) -> Fault { wrong(role, .exampleNotIds, "a list of whole numbers") }
}
