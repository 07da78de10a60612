import AlbitModel
import AlbitText
import CPlatform

/// What one record of a task is made of.
package enum TaskColumns: Sendable, Equatable {
    /// A text.
    case text
    /// Two texts.
    case pair
    /// A text and one or more others.
    case list

    var expected: String {
        switch self {
        case .text: "one text"
        case .pair: "two texts with a tab between them"
        case .list: "a text and its choices with tabs between them"
        }
    }
}

/// The texts that a task is asked about, in order: from arguments, or record by record from a file or standard input,
/// in memory that does not grow with their number.
package final class TaskReader {
    /// Bytes of a line at most.
    package static let lineLimit = 1 << 24

    private let columns: TaskColumns
    private let name: String
    private let format: RecordFormat
    private var given: [[[UInt8]]] = []
    private var next = 0
    private var lines: LineReader?
    /// No file until one is opened: descriptor 0 would be standard input.
    private var file = platform_file(base: nil, size: 0, fd: -1, error: 0)
    /// Where the texts stand in a table, and how many values its header has.
    private var places: [Int] = []
    private var width = 0
    /// Whether answers are awaited one by one, so that nothing may be held back to fill a batch.
    package let isInteractive: Bool

    /// - Parameter arguments: texts of the command line; where there are none, the file's or standard input's.
    package init(arguments: [String], file path: String?, columns: TaskColumns) throws(Fault) {
        self.columns = columns
        if let path, !arguments.isEmpty {
            throw Fault(.optionsConflict, "texts come from arguments or from --file " + path + ", not from both")
        }
        guard arguments.isEmpty else {
            name = "arguments"
            format = .lines
            isInteractive = false
            given = try TaskReader.group(arguments.map { Array($0.utf8) }, columns)
            return
        }
        if let path, path != "-" {
            name = path
            format = RecordFormat(path: path)
            isInteractive = false
            file = path.withCString { platform_open($0) }
            guard file.error == 0 else {
                throw Fault(
                    .fileCannotOpen, in: path, "cannot be opened: " + String(cString: platform_error_text(file.error)))
            }
            lines = LineReader(descriptor: file.fd, limit: TaskReader.lineLimit)
            if format == .tsv || format == .csv { try readHeader() }
        } else {
            name = "standard input"
            format = .lines
            isInteractive = true
            lines = LineReader(descriptor: 0, limit: TaskReader.lineLimit)
            if platform_is_terminal(0) { Message.say("reading a text a line from the keyboard; Ctrl-D ends") }
        }
    }

    deinit { platform_close(&file) }

    private static func group(_ texts: [[UInt8]], _ columns: TaskColumns) throws(Fault) -> [[[UInt8]]] {
        switch columns {
        case .text:
            return texts.map { [$0] }
        case .pair:
            guard texts.count % 2 == 0 else {
                throw Fault(.argumentsMissing, "expected texts two by two, got " + String(texts.count))
            }
            return stride(from: 0, to: texts.count, by: 2).map { [texts[$0], texts[$0 + 1]] }
        case .list:
            guard texts.count >= 2 else { throw Fault(.argumentsMissing, "expected a text and at least one choice") }
            return [texts]
        }
    }

    /// The texts of the next record; nil after the last one. An empty line is a record of empty texts.
    package func read() throws(Fault) -> [[UInt8]]? {
        if next < given.count {
            next += 1
            return given[next - 1]
        }
        guard let line = try readLine() else { return nil }
        switch format {
        case .lines:
            if columns == .text { return [line] }
            if line.isEmpty { return [[], []] }
            return try checked(line.split(separator: 9, omittingEmptySubsequences: false).map { Array($0) })
        case .tsv:
            return try pick(line.split(separator: 9, omittingEmptySubsequences: false).map { Array($0) })
        case .csv:
            return try pick(csvRecord(line))
        case .jsonLines:
            let object = try JSONValue(parsing: line, file: name, place: place)
            guard let texts = columns.texts(of: object) else {
                throw Fault(.recordNoTexts, in: name, at: place, "has no " + wanted)
            }
            return texts
        }
    }

    /// Up to `count` records, one where answers are awaited.
    package func read(upTo count: Int) throws(Fault) -> [[[UInt8]]] {
        var records: [[[UInt8]]] = []
        var bytes = 0
        while records.count < (isInteractive ? 1 : count), bytes < 1 << 16, let record = try read() {
            bytes += record.reduce(0) { $0 + $1.count }
            records.append(record)
        }
        return records
    }

    // Lines and tables ------------------------------------------------------------------------

    private func readLine() throws(Fault) -> [UInt8]? {
        do throws(Fault) { return try lines?.next() } catch { throw error.inFile(name) }
    }

    private func readHeader() throws(Fault) {
        guard var line = try readLine() else {
            throw Fault(.recordNoHeader, in: name, "is empty", expected: "a header")
        }
        if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        let fields = format == .csv
            ? try csvRecord(line) : line.split(separator: 9, omittingEmptySubsequences: false).map { Array($0) }
        let header = fields.map { String(decoding: $0, as: UTF8.self) }
        guard let found = columns.places(in: header) else {
            throw Fault(
                .recordNoColumn, in: name, "the header has no " + wanted, advice: "it has "
                    + header.joined(separator: ", "))
        }
        places = found
        width = header.count
    }

    /// The names that columns or members may have, in words.
    private var wanted: String { columns.names.map { $0.joined(separator: " or ") }.joined(separator: " and ") }

    private func csvRecord(_ first: [UInt8]) throws(Fault) -> [[UInt8]] {
        var record = first
        while true {
            if let fields = RecordFormat.csvFields(record) { return fields }
            guard record.count <= TaskReader.lineLimit, let line = try readLine() else {
                throw Fault(.recordUnclosedQuote, in: name, at: place, "a quoted value does not end")
            }
            record.append(UInt8(ascii: "\n"))
            record.append(contentsOf: line)
        }
    }

    private func pick(_ fields: [[UInt8]]) throws(Fault) -> [[UInt8]] {
        guard fields.count == width else {
            throw Fault(
                .recordWrongCount, in: name, at: place, "has " + String(fields.count) + " values",
                expected: String(width) + " as in the header")
        }
        return places.map { fields[$0] }
    }

    private func checked(_ fields: [[UInt8]]) throws(Fault) -> [[UInt8]] {
        guard fields.count == 2 || columns == .list && fields.count > 2 else {
            throw Fault(
                .recordWrongCount, in: name, at: place, "has " + String(fields.count) + " fields",
                expected: columns.expected)
        }
        return fields
    }

    private var place: String { "line " + String(lines?.lineNumber ?? 0) }
}
