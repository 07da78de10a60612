import AlbitModel
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

/// The texts that a task is asked about, in order: from arguments, or line by line from a file or standard input, in
/// memory that does not grow with their number.
package final class TaskReader {
    /// Bytes of a line at most.
    package static let lineLimit = 1 << 24

    private let columns: TaskColumns
    private let name: String
    private var given: [[[UInt8]]] = []
    private var next = 0
    private var lines: LineReader?
    private var file = platform_file()
    /// Whether answers are awaited one by one, so that nothing may be held back to fill a batch.
    package let isInteractive: Bool

    /// - Parameter arguments: texts of the command line; where there are none, the file's or standard input's lines.
    package init(arguments: [String], file path: String?, columns: TaskColumns) throws(CommandError) {
        self.columns = columns
        if let path, !arguments.isEmpty {
            throw .usage("texts come from arguments or from --file " + path + ", not from both")
        }
        guard arguments.isEmpty else {
            name = "arguments"
            isInteractive = false
            given = try TaskReader.group(arguments.map { Array($0.utf8) }, columns)
            return
        }
        if let path, path != "-" {
            name = path
            isInteractive = false
            file = path.withCString { platform_open($0) }
            guard file.error == 0 else {
                throw .input(path + ": cannot be opened: " + String(cString: platform_error_text(file.error)))
            }
            lines = LineReader(descriptor: file.fd, limit: TaskReader.lineLimit)
        } else {
            name = "standard input"
            isInteractive = true
            lines = LineReader(descriptor: 0, limit: TaskReader.lineLimit)
            if platform_is_terminal(0) { Message.say("reading a text a line from the keyboard; Ctrl-D ends") }
        }
    }

    deinit { platform_close(&file) }

    private static func group(_ texts: [[UInt8]], _ columns: TaskColumns) throws(CommandError) -> [[[UInt8]]] {
        switch columns {
        case .text:
            return texts.map { [$0] }
        case .pair:
            guard texts.count % 2 == 0 else {
                throw .usage("expected texts two by two, got " + String(texts.count))
            }
            return stride(from: 0, to: texts.count, by: 2).map { [texts[$0], texts[$0 + 1]] }
        case .list:
            guard texts.count >= 2 else { throw .usage("expected a text and at least one choice") }
            return [texts]
        }
    }

    /// The fields of the next record; nil after the last one. An empty line is a record of empty texts.
    package func read() throws(CommandError) -> [[UInt8]]? {
        if next < given.count {
            next += 1
            return given[next - 1]
        }
        let line: [UInt8]?
        do throws(LineError) { line = try lines?.next() } catch {
            throw error.failure == .input ? .input(name + ": " + error.description) : .machine(name + ": " + error.description)
        }
        guard let line else { return nil }
        if columns == .text { return [line] }
        let fields = line.split(separator: 9, omittingEmptySubsequences: false).map { Array($0) }
        if line.isEmpty { return [[], []] }
        guard fields.count == 2 || columns == .list && fields.count > 2 else {
            throw .input(
                name + ": line " + String(lines?.lineNumber ?? 0) + " has " + String(fields.count) + " fields, expected "
                    + columns.expected)
        }
        return fields
    }

    /// Up to `count` records, one where answers are awaited.
    package func read(upTo count: Int) throws(CommandError) -> [[[UInt8]]] {
        var records: [[[UInt8]]] = []
        var bytes = 0
        while records.count < (isInteractive ? 1 : count), bytes < 1 << 16, let record = try read() {
            bytes += record.reduce(0) { $0 + $1.count }
            records.append(record)
        }
        return records
    }
}
