import AlbitCommands
import AlbitImporters
import AlbitText

extension FuzzTarget {
    static let dataFiles: [FuzzTarget] = [
        FuzzTarget("json", maxLength: 1 << 14) { bytes in
            let value = try JSONValue(parsing: bytes)
            _ = value.duplicateName
            _ = value["label"]?.string
        },
        // What verify and quantize read; the content alone says how.
        FuzzTarget("data-file", maxLength: 1 << 14) { bytes in
            try examples(TextTable(ByteStream(bytes, name: "data"), otherwise: .table))
        },
        // The same reader for names of all kinds, for commands on text and for calibration: the first byte chooses.
        FuzzTarget("text-table", maxLength: 1 << 14) { bytes in
            guard let first = bytes.first else { return }
            let name = "a" + [".tsv", ".csv", ".jsonl", ".json", ".conll", ".txt", ""][Int(first) % 7]
            let stream = ByteStream(Array(bytes.dropFirst()), name: name)
            switch first / 7 % 6 {
            case 0: try examples(TextTable(stream, otherwise: .table))
            case 1: try examples(TextTable(stream, otherwise: .tableIfNamed))
            case 2: try records(TextTable(stream, otherwise: .lines), .text)
            case 3: try records(TextTable(stream, otherwise: .lines), .pair)
            case 4: try records(TextTable(stream, otherwise: .lines), .list)
            default: try records(TextTable(lines: stream), .text)
            }
        },
        FuzzTarget("labels", maxLength: 1 << 10) { bytes in
            _ = try LabelFile(bytes, path: "labels.txt").labels(rows: bytes.count % 4)
        },
        // What serve-lines answers, a request a line.
        FuzzTarget("line-request", maxLength: 1 << 12) { bytes in
            for line in bytes.split(separator: 0x0A, maxSplits: 16, omittingEmptySubsequences: false) {
                _ = try LineRequest(line: Array(line))
            }
        },
    ]

    /// Reads examples to the end, as for a model of three labels, and their labels.
    private static func examples(_ table: TextTable) throws {
        let labels = LabelReading(names: ["positive", "2", "O"], count: 3)
        let reader = try ExampleReader(table, labels: labels.names, isMultiLabel: table.stream.bytesTaken % 2 == 0)
        while let example = try reader.next() {
            if case .label(let label)? = example.truth {
                _ = try labels.set(of: label, in: table.name, at: example.place)
            }
        }
        _ = reader.unusedColumns
    }

    private static func records(_ table: TextTable, _ form: RecordForm) throws {
        let records = try TextRecords(table, form: form)
        while try records.next() != nil {}
    }
}
