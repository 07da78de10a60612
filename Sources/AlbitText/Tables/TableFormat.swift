/// How a file holds records; told from its name and its first bytes.
package enum TableFormat: Sendable, Equatable {
    /// A text a line.
    case lines
    /// A header, then values with a separator between them.
    case values(separator: UInt8)
    /// A JSON object a line.
    case jsonLines
    /// One JSON array of objects.
    case jsonArray
    /// One JSON object whose member `data` is the array: SQuAD, and what follows it.
    case jsonData
    /// A word a line with its tag last, sentences parted by empty lines.
    case conll

    /// What a file is where neither its name nor its content tells.
    package enum Otherwise: Sendable {
        /// A text a line, as commands on text take it.
        case lines
        /// A table with a header, as data to measure on have it.
        case table
        /// A table where the first line names columns that are known, else a text a line.
        case tableIfNamed
    }

    /// Bytes that are looked at.
    static let headSize = 1 << 16

    static let tab: UInt8 = 0x09

    /// - Parameter head: the first bytes behind a byte order mark.
    init(name: String, head: ArraySlice<UInt8>, otherwise: Otherwise) {
        let ending = TableFormat.ending(name)
        let first = TableFormat.firstLine(head)
        switch ending {
        case "tsv", "tab": self = .values(separator: TableFormat.tab)
        case "csv": self = .values(separator: TableFormat.separator(first))
        case "conll", "conllu", "conllx", "bio", "iob", "iob2": self = .conll
        case "jsonl", "ndjson", "json": self = TableFormat.json(head) ?? .jsonLines
        case "txt" where otherwise == .lines: self = .lines
        default:
            if let json = TableFormat.json(head) {
                self = json
            } else if otherwise == .lines {
                self = .lines
            } else if ConllSentences.isTagged(TableFormat.firstLine(head, passingComments: true)) {
                self = .conll
            } else if otherwise == .table || TableFormat.namesColumns(first) {
                self = .values(separator: TableFormat.separator(first))
            } else {
                self = .lines
            }
        }
    }

    /// What stands behind the last dot of a name, in small letters.
    private static func ending(_ name: String) -> String {
        var letters: [UInt8] = []
        for byte in name.utf8.reversed() {
            if byte == UInt8(ascii: ".") { return String(decoding: letters.reversed(), as: UTF8.self) }
            if byte == UInt8(ascii: "/") { break }
            letters.append(ASCIIText.small(byte))
        }
        return ""
    }

    /// The first line that is not blank, and no comment of a CoNLL file.
    private static func firstLine(_ head: ArraySlice<UInt8>, passingComments: Bool = false) -> ArraySlice<UInt8> {
        var rest = head
        while let start = rest.firstIndex(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D }) {
            let line = rest[start...].prefix { $0 != 0x0A && $0 != 0x0D }
            if !passingComments || line.first != UInt8(ascii: "#") || ConllSentences.isTagged(line) { return line }
            rest = head[line.endIndex...]
        }
        return []
    }

    /// Whether objects follow, and how; nil where it is no JSON of objects. A text may well begin with a bracket.
    private static func json(_ head: ArraySlice<UInt8>) -> TableFormat? {
        func behind(_ index: Int) -> Int { head[index...].firstIndex { !JSONElements.isSpace($0) } ?? head.endIndex }
        let start = behind(head.startIndex)
        guard start < head.endIndex else { return nil }
        let next = behind(start + 1)
        let byte = next < head.endIndex ? head[next] : 0
        switch head[start] {
        case UInt8(ascii: "["): return byte == UInt8(ascii: "{") || byte == UInt8(ascii: "]") ? .jsonArray : nil
        case UInt8(ascii: "{"):
            guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "}") else { return nil }
            return JSONElements.hasDataArray(head[start...]) ? .jsonData : .jsonLines
        default: return nil
        }
    }

    /// What stands most between the values of a header: a tab, a comma, or a semicolon.
    private static func separator(_ line: ArraySlice<UInt8>) -> UInt8 {
        var isQuoted = false
        var semicolon = false
        var comma = false
        for byte in line {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case tab where !isQuoted: return tab
            case UInt8(ascii: ",") where !isQuoted: comma = true
            case UInt8(ascii: ";") where !isQuoted: semicolon = true
            default: break
            }
        }
        return semicolon && !comma ? UInt8(ascii: ";") : UInt8(ascii: ",")
    }

    /// Whether a first line is the header of a table rather than a text.
    private static func namesColumns(_ line: ArraySlice<UInt8>) -> Bool {
        let separator = separator(line)
        let cells = line.split(separator: separator, omittingEmptySubsequences: false)
        // Behind a comma of a sentence stands a blank.
        if cells.contains(where: { $0.first == 0x20 }) { return false }
        let names = cells.map { ASCIIText.key($0) }
        if names.count == 1 { return ["text", "sentence", "ids"].contains(names[0]) }
        return names.contains { name in
            ["text", "ids", "words", "tokens", "sentence", "sentence1", "question", "input_ids"].contains(name)
        }
    }
}

/// Letters of ASCII, for names that people spell with and without capitals.
enum ASCIIText {
    static func small(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    /// A name as it is compared: small letters, no blanks around it.
    static func key(_ name: some Sequence<UInt8>) -> String {
        String(decoding: trimmed(Array(name)).map { small($0) }, as: UTF8.self)
    }

    /// Without blanks and quotes around it.
    static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        func isOuter(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == UInt8(ascii: "\"")
        }
        guard let start = bytes.firstIndex(where: { !isOuter($0) }), let end = bytes.lastIndex(where: { !isOuter($0) })
        else { return [] }
        return bytes[start...end]
    }
}
