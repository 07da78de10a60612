import AlbitText
import Foundation
import Testing

/// Tables from texts and from the small files of `Tests/Data/tables`.
enum Table {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Data/tables").path

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: directory + "/" + name)))
    }

    static func open(
        _ bytes: [UInt8], as name: String = "data", otherwise: TableFormat.Otherwise = .table, columns: String? = nil
    ) throws(Fault) -> TextTable {
        let choice = try columns.map { (text) throws(Fault) in try ColumnChoice(text) } ?? ColumnChoice()
        return try TextTable(ByteStream(bytes, name: name), otherwise: otherwise, choice: choice)
    }

    static func examples(
        _ bytes: [UInt8], as name: String = "data", columns: String? = nil, labels: [String] = [], several: Bool = false
    ) throws(Fault) -> (examples: [DataExample], reader: ExampleReader) {
        let choice = try columns.map { (text) throws(Fault) in try ColumnChoice(text) } ?? ColumnChoice()
        let table = try TextTable(ByteStream(bytes, name: name), otherwise: .table, choice: choice)
        let reader = try ExampleReader(table, choice: choice, labels: labels, isMultiLabel: several)
        var examples: [DataExample] = []
        while let example = try reader.next() { examples.append(example) }
        return (examples, reader)
    }

    static func examples(
        _ text: String, as name: String = "data", columns: String? = nil, labels: [String] = [], several: Bool = false
    ) throws(Fault) -> (examples: [DataExample], reader: ExampleReader) {
        try examples(Array(text.utf8), as: name, columns: columns, labels: labels, several: several)
    }

    static func records(
        _ text: String, as name: String, _ form: RecordForm, columns: String? = nil
    ) throws(Fault) -> [[String]] {
        let choice = try columns.map { (text) throws(Fault) in try ColumnChoice(text) } ?? ColumnChoice()
        let table = try TextTable(ByteStream(Array(text.utf8), name: name), otherwise: .lines, choice: choice)
        let records = try TextRecords(table, form: form, choice: choice)
        var result: [[String]] = []
        while let record = try records.next() { result.append(record.map { string($0) }) }
        return result
    }

    static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// All that an example holds as one line.
    static func describe(_ example: DataExample) -> String {
        let input =
            switch example.input {
            case .text(let text, let pair): string(text) + (pair.map { " | " + string($0) } ?? "")
            case .words(let words): words.map { "[" + string($0) + "]" }.joined()
            case .question(let question, let context): string(question) + " @ " + string(context)
            case .choices(let text, let choices):
                string(text) + " -> " + choices.map { string($0) }.joined(separator: " / ")
            case .ids(let ids, let types): "\(ids) \(types ?? [])"
            }
        let truth =
            switch example.truth {
            case nil: "nothing"
            case .label(let label)?: label.text
            case .tags(let tags)?: tags.map { $0.text }.joined(separator: " ")
            case .answers(let answers)?: "\(answers.map { string($0) })"
            case .choice(let value)?: "choice " + value.text
            }
        return input + " = " + truth
    }

    static func described(_ text: String, as name: String = "data", columns: String? = nil) throws(Fault) -> [String] {
        try examples(text, as: name, columns: columns).examples.map { describe($0) }
    }
}
