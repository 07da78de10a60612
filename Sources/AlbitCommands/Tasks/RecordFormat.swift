import AlbitText

/// How the lines of a file hold texts.
enum RecordFormat: Equatable {
    /// A text a line; several texts of one record with tabs between.
    case lines
    /// A header, then values with tabs between.
    case tsv
    /// A header, then values with commas between; quoted values may hold commas, quotes and line ends.
    case csv
    /// A JSON object a line.
    case jsonLines

    /// By the end of the file's name.
    init(path: String) {
        let name = path.lowercased()
        if name.hasSuffix(".tsv") {
            self = .tsv
        } else if name.hasSuffix(".csv") {
            self = .csv
        } else if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
            self = .jsonLines
        } else {
            self = .lines
        }
    }

    /// The values of a CSV record; nil where a quoted value goes on in the next line.
    static func csvFields(_ record: [UInt8]) -> [[UInt8]]? {
        let quote = UInt8(ascii: "\"")
        var fields: [[UInt8]] = [[]]
        var inQuotes = false
        var at = 0
        while at < record.count {
            let byte = record[at]
            at += 1
            if inQuotes {
                if byte != quote {
                    fields[fields.count - 1].append(byte)
                } else if at < record.count, record[at] == quote {
                    fields[fields.count - 1].append(quote)
                    at += 1
                } else {
                    inQuotes = false
                }
            } else if byte == quote, fields[fields.count - 1].isEmpty {
                inQuotes = true
            } else if byte == UInt8(ascii: ",") {
                fields.append([])
            } else {
                fields[fields.count - 1].append(byte)
            }
        }
        return inQuotes ? nil : fields
    }
}

extension TaskColumns {
    /// Names of the columns that hold the texts, best first; those of a list beyond the second may be missing.
    var names: [[String]] {
        switch self {
        case .text: [["text", "sentence", "question"]]
        case .pair: [["text", "question", "sentence1", "premise"], ["pair", "context", "sentence2", "hypothesis"]]
        case .list: [["text", "question"], ["choices"]]
        }
    }

    /// The texts of one JSON object; nil where a member is missing or is no text.
    func texts(of object: JSONValue) -> [[UInt8]]? {
        var texts: [[UInt8]] = []
        for (index, names) in names.enumerated() {
            guard let value = names.compactMap({ object[$0] }).first else { return nil }
            if let bytes = value.bytes {
                texts.append(bytes)
            } else if self == .list, index == 1, let choices = value.array {
                let read = choices.compactMap { $0.bytes }
                guard read.count == choices.count, !read.isEmpty else { return nil }
                texts.append(contentsOf: read)
            } else {
                return nil
            }
        }
        return texts
    }

    /// Places of the texts in a table with this header; nil where a column is missing. A list takes `choice` columns
    /// (`choice0`, `choice1`, ...) or all that follow the text.
    func places(in header: [String]) -> [Int]? {
        var places: [Int] = []
        for names in names.prefix(self == .list ? 1 : 2) {
            guard let place = names.compactMap({ header.firstIndex(of: $0) }).first else { return nil }
            places.append(place)
        }
        guard self == .list else { return places }
        let choices = header.indices.filter { header[$0].hasPrefix("choice") }
        let rest = choices.isEmpty ? header.indices.filter { $0 > places[0] } : choices
        return rest.isEmpty ? nil : places + rest
    }
}
