import AlbitText
import CPlatform

/// The texts that a task is asked about, in order: from arguments, or record by record from a file or standard input,
/// in memory that does not grow with their number.
package final class TaskReader {
    private var given: [[[UInt8]]] = []
    private var next = 0
    private let records: TextRecords?
    /// Whether answers are awaited one by one, so that nothing may be held back to fill a batch.
    package let isInteractive: Bool

    /// - Parameters:
    ///   - arguments: texts of the command line; where there are none, the file's or standard input's.
    ///   - file: a data file; `-` or nil is standard input, a text a line.
    ///   - form: what one record is made of.
    package init(arguments: [String], file: TextFile?, columns form: RecordForm) throws(Fault) {
        let isStandardInput = file == nil || file?.path == "-"
        if let file, !arguments.isEmpty {
            throw Fault(.optionsConflict, "texts come from arguments or from --file " + file.path + ", not from both")
        }
        isInteractive = arguments.isEmpty && isStandardInput
        guard arguments.isEmpty else {
            records = nil
            given = try TaskReader.group(arguments.map { Array($0.utf8) }, form)
            return
        }
        guard let file, !isStandardInput else {
            records = try TextRecords(TextTable(lines: ByteStream(descriptor: 0)), form: form)
            if platform_is_terminal(0) { Message.say("reading a text a line from the keyboard; Ctrl-D ends") }
            return
        }
        let table = try TextTable(path: file.path, otherwise: .lines, choice: file.columns)
        let records = try TextRecords(table, form: form, choice: file.columns)
        if let name = records.columnPassedOver {
            Message.say("note: " + file.path + ": column '" + name + "' is not read")
        }
        self.records = records
    }

    private static func group(_ texts: [[UInt8]], _ form: RecordForm) throws(Fault) -> [[[UInt8]]] {
        switch form {
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

    /// The texts of the next record; nil after the last one.
    package func read() throws(Fault) -> [[UInt8]]? {
        if next < given.count {
            next += 1
            return given[next - 1]
        }
        return try records?.next()
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
}
