import AlbitText

/// Examples of a data file for `verify` and `quantize`, as `ExampleReader` tells them apart.
package struct DataFile {
    /// What the examples are for.
    package enum Form: Sendable { case plain, tagged, questions }

    package let form: Form
    private let reader: ExampleReader

    /// Opens the file and reads its header.
    /// - Parameters:
    ///   - otherwise: what a file is whose name and content do not tell.
    ///   - columns: which columns are for what, beyond what their names say.
    package init(
        path: String, otherwise: TableFormat.Otherwise = .table, columns: ColumnChoice = ColumnChoice()
    ) throws(Fault) {
        reader = try ExampleReader(path: path, otherwise: otherwise, choice: columns)
        switch reader.form {
        case .plain: form = .plain
        case .tagged: form = .tagged
        case .questions: form = .questions
        case .choices:
            throw Fault(.comparisonNoHead, in: path, "holds texts with choices, which are not measured yet")
        }
    }

    package var path: String { reader.path }
    /// Share of the file that was read, for progress.
    package var bytesRead: Int { reader.table.stream.bytesTaken }
    package var byteCount: Int { reader.table.stream.byteCount ?? 0 }
    /// Columns that no example so far used, and how many examples have nothing to be measured against.
    package var unusedColumns: [String] { reader.unusedColumns }
    package var countWithoutTruth: Int { reader.countWithoutTruth }

    /// The next example; nil after the last one.
    package mutating func next() throws(Fault) -> Example? {
        guard let read = try reader.next() else { return nil }
        let input: Example.Input
        switch read.input {
        case .text(let text, let pair): input = .text(text, pair: pair)
        case .words(let words): input = .text(Array(words.joined(separator: [0x20])), pair: nil)
        case .question(let question, let context): input = .text(question, pair: context)
        case .choices(let text, _): input = .text(text, pair: nil)
        case .ids(let ids, let typeIds): input = .ids(ids, typeIds: typeIds)
        }
        var example = Example(input: input, label: nil, line: read.line)
        switch read.truth {
        case nil, .choice: break
        case .label(let label): example.label = label.text
        case .tags(let tags): example.tags = try names(tags, read.place)
        case .answers(let answers): example.answers = answers.map { String(decoding: $0, as: UTF8.self) }
        }
        return example
    }

    /// Tags by name; numbers would count the tags of the data, in an order of their own.
    private func names(_ tags: [LabelValue], _ place: String) throws(Fault) -> [String] {
        var names: [String] = []
        for tag in tags {
            if case .number = tag {
                throw Fault(.labelNumbered, in: path, at: place, "has tags by number", advice: "write their names")
            }
            names.append(tag.text)
        }
        return names
    }
}
