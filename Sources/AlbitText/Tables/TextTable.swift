/// Records of a data file, one at a time: lines, TSV, CSV, JSON lines, a JSON array, SQuAD, CoNLL. Memory does not grow
/// with the number of records.
package final class TextTable {
    package let stream: ByteStream
    package let format: TableFormat
    /// Names of the columns. Objects may bring further ones as they come.
    package private(set) var columns: [String] = []
    private var lines: TextLines
    private var elements: JSONElements?
    private var sentences: ConllSentences?
    /// Rows that were read before they are asked for: the first one, and the questions of a paragraph.
    private var ahead: [TableRow] = []
    private var questions = 0
    /// Whether every value is quoted, so that quotes are never the text's own.
    private var isQuoted = false

    package var name: String { stream.name }

    /// Tells the format and reads the header.
    /// - Throws: `dataEmpty`, the faults of `TextEncoding`, of the header and of the first record.
    package init(
        _ stream: ByteStream, otherwise: TableFormat.Otherwise, choice: ColumnChoice = ColumnChoice()
    )
        throws(Fault)
    {
        self.stream = stream
        if try stream.peek(3).elementsEqual([0xEF, 0xBB, 0xBF]) { stream.skip(3) }
        let head = try stream.peek(TableFormat.headSize)
        try TextEncoding.check(head, in: stream.name)
        format = TableFormat(name: stream.name, head: head, otherwise: otherwise)
        lines = TextLines(stream)
        try begin(head, choice)
    }

    /// Lines of a stream whose answers are awaited one by one: nothing is read ahead.
    package init(lines stream: ByteStream) {
        self.stream = stream
        format = .lines
        lines = TextLines(stream)
        columns = ["text"]
    }

    /// The file; see the other one.
    package convenience init(
        path: String, otherwise: TableFormat.Otherwise, choice: ColumnChoice = ColumnChoice()
    )
        throws(Fault)
    {
        try self.init(try ByteStream(path: path), otherwise: otherwise, choice: choice)
    }

    private func begin(_ head: ArraySlice<UInt8>, _ choice: ColumnChoice) throws(Fault) {
        if format == .lines {
            columns = ["text"]
            return
        }
        guard head.contains(where: { !JSONElements.isSpace($0) }) else {
            throw Fault(.dataEmpty, in: name, "holds no example: it is empty", expected: "a header or records")
        }
        switch format {
        case .lines: break
        case .values(let separator): try readHeader(separator, head, choice)
        case .jsonLines, .jsonArray, .jsonData:
            if format == .jsonArray { elements = JSONElements(array: stream) }
            if format == .jsonData { elements = JSONElements(data: stream) }
            guard let first = try next() else {
                throw Fault(.dataEmpty, in: name, "holds no example", expected: "objects")
            }
            try refuseColumns(first)
            ahead.append(first)
        case .conll:
            columns = ["words", "tags"]
            sentences = ConllSentences(stream, word: choice.number(.words), tag: choice.number(.tags))
        }
    }

    /// A table column by column, as pandas writes it: one object whose members are lists or objects of texts.
    private func refuseColumns(_ row: TableRow) throws(Fault) {
        for (index, column) in columns.enumerated()
        where ["text", "sentence", "question"].contains(ASCIIText.key(column.utf8)) {
            guard row[index]?.structure != nil else { continue }
            throw Fault(
                .dataColumnsOfLists, in: name, at: row.place, "holds whole columns: '" + column + "' is a list",
                expected: "an object a record",
                advice: "write JSON lines, in pandas by to_json(orient=\"records\", lines=True)")
        }
    }

    /// Columns of a CoNLL file that are not read, in words.
    package var columnsPassedOver: [String] { sentences?.unusedColumns.map { "column " + String($0) } ?? [] }

    /// The next record; nil after the last one. Blank lines are passed over, but in lines and in tables of one column,
    /// where they are empty texts.
    package func next() throws(Fault) -> TableRow? {
        if let row = ahead.popLast() { return row }
        switch format {
        case .lines: return try nextLine()
        case .values(let separator): return try nextValues(separator)
        case .jsonLines: return try nextObject()
        case .jsonArray, .jsonData: return try nextElement()
        case .conll:
            guard let sentence = try sentences?.next() else { return nil }
            return TableRow(cells: [.json(.array(sentence.words)), .json(.array(sentence.tags))], line: sentence.line)
        }
    }

    private func nextLine() throws(Fault) -> TableRow? {
        guard var line = try lines.next() else { return nil }
        if lines.lineNumber == 1 {
            // Nothing was peeked at where answers are awaited.
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            try TextEncoding.check(line.prefix(64), in: name)
        }
        try TextEncoding.requireUTF8(line, in: name, line: lines.lineNumber)
        return TableRow(cells: [.written(line)], line: lines.lineNumber)
    }

    // Values with separators ----------------------------------------------------------------------

    private func readHeader(_ separator: UInt8, _ head: ArraySlice<UInt8>, _ choice: ColumnChoice) throws(Fault) {
        if let end = head.firstIndex(of: 0x0D), end + 1 < head.endIndex, head[end + 1] != 0x0A, !head.contains(0x0A) {
            throw Fault(
                .dataCarriageReturns, in: name, "ends its lines with carriage returns alone", expected: "line feeds",
                advice: "convert it with tr '\\r' '\\n'")
        }
        let start = head.first { !JSONElements.isSpace($0) }
        isQuoted = separator != TableFormat.tab || start == UInt8(ascii: "\"")
        var fields: [[UInt8]] = []
        var line = 1
        while fields.allSatisfy({ ASCIIText.trimmed($0).isEmpty }) {
            guard let record = try record(separator) else {
                throw Fault(.dataEmpty, in: name, "holds no example", expected: "a header")
            }
            (fields, line) = record
        }
        try TextEncoding.requireUTF8(Array(fields.joined()), in: name, line: line)
        columns = fields.map { String(decoding: $0, as: UTF8.self) }
        if choice.isNumbered, !choice.isNamed(in: columns) {
            // Numbers stand for columns of a file without a header.
            columns = columns.indices.map { String($0 + 1) }
            ahead.append(TableRow(cells: fields.map { .written($0) }, line: line))
            return
        }
        for (index, column) in columns.enumerated() where !column.isEmpty && columns[..<index].contains(column) {
            throw Fault(.dataColumnTwice, in: name, at: "line " + String(line), "has two columns '" + column + "'")
        }
    }

    private func nextValues(_ separator: UInt8) throws(Fault) -> TableRow? {
        while let (fields, line) = try record(separator) {
            if fields.count == 1, fields[0].isEmpty, columns.count > 1 { continue }
            guard fields.count == columns.count else {
                throw Fault(
                    .dataWrongColumnCount, in: name, at: "line " + String(line),
                    "has " + String(fields.count) + " columns",
                    expected: String(columns.count) + " as in the header")
            }
            return TableRow(cells: fields.map { .written($0) }, line: line)
        }
        return nil
    }

    /// The values of the next record and the line where it begins, blank ones included; nil at the end.
    private func record(_ separator: UInt8) throws(Fault) -> (fields: [[UInt8]], line: Int)? {
        let line = stream.lineFeeds + 1
        let fields = try isQuoted ? quoted(DelimitedRecord(separator: separator), line) : tabbed(line)
        guard let fields else { return nil }
        guard fields.count <= DelimitedRecord.maxColumns else { throw tooManyColumns(line) }
        for field in fields { try TextEncoding.requireUTF8(field, in: name, line: line) }
        return (fields, line)
    }

    private func tooManyColumns(_ line: Int) -> Fault {
        Fault(
            .dataTooManyColumns, in: name, at: "line " + String(line),
            "has more than " + String(DelimitedRecord.maxColumns) + " columns")
    }

    /// Goes on with a record whose values may be quoted, to its end.
    private func quoted(_ begun: DelimitedRecord, _ line: Int) throws(Fault) -> [[UInt8]]? {
        var record = begun
        while let byte = try stream.next() {
            if record.push(byte) { return record.finish() }
            guard record.byteCount <= TextLines.limit else {
                throw Fault(
                    .dataRecordTooLong, in: name, at: "line " + String(line),
                    "the record that begins there is longer than " + String(TextLines.limit)
                        + " bytes; a quote may be missing")
            }
            guard record.fields.count < DelimitedRecord.maxColumns else { throw tooManyColumns(line) }
        }
        guard record.byteCount > 0 else { return nil }
        guard !record.isQuoted else {
            throw Fault(
                .dataUnclosedQuote, in: name, at: "line " + String(line),
                "a quoted value that begins there does not end")
        }
        return record.finish()
    }

    /// A line with tabs. Quotes are the text's own, unless a program wrote them around a value because of quotes, tabs
    /// or line ends in it.
    private func tabbed(_ number: Int) throws(Fault) -> [[UInt8]]? {
        guard let line = try lines.next() else { return nil }
        let count = line.reduce(1) { $1 == TableFormat.tab ? $0 + 1 : $0 }
        guard count <= DelimitedRecord.maxColumns else { throw tooManyColumns(number) }
        let fields = line.split(separator: TableFormat.tab, omittingEmptySubsequences: false)
        if count != columns.count, !columns.isEmpty, fields.contains(where: { $0.first == UInt8(ascii: "\"") }) {
            var record = DelimitedRecord(separator: TableFormat.tab)
            for byte in line + lines.lineEnd where record.push(byte) { return record.finish() }
            return try quoted(record, number)
        }
        return fields.map { DelimitedRecord.unquoted($0) ?? Array($0) }
    }

    // Objects -----------------------------------------------------------------------------------

    private func nextObject() throws(Fault) -> TableRow? {
        while let line = try lines.next() {
            if line.allSatisfy({ JSONElements.isSpace($0) }) { continue }
            let value = try JSONElements.parse(line, in: name, line: lines.lineNumber)
            return try row(value, line: lines.lineNumber)
        }
        return nil
    }

    private func nextElement() throws(Fault) -> TableRow? {
        while let element = try elements?.next() {
            guard let paragraphs = element.value["paragraphs"]?.array else {
                return try row(element.value, line: element.line)
            }
            try add(paragraphs, line: element.line)
            if let row = ahead.popLast() { return row }
        }
        return nil
    }

    /// The questions of an article of SQuAD, in reverse, as they are taken from the end.
    private func add(_ paragraphs: [JSONValue], line: Int) throws(Fault) {
        var rows: [TableRow] = []
        for paragraph in paragraphs {
            guard let context = paragraph["context"], context.string != nil, let entries = paragraph["qas"]?.array
            else {
                throw Fault(
                    .dataNotSquad, in: name, at: "line " + String(line),
                    "a paragraph has no text 'context' beside a list 'qas'")
            }
            for entry in entries {
                questions += 1
                guard entry.members != nil else {
                    throw Fault(.dataNotSquad, in: name, at: "question " + String(questions), "is no object")
                }
                var row = try row(entry, line: questions)
                row.isQuestion = true
                let column = try self.column("context")
                while row.cells.count <= column { row.cells.append(nil) }
                row.cells[column] = .json(context)
                rows.append(row)
            }
        }
        ahead = rows.reversed()
    }

    private func row(_ value: JSONValue, line: Int) throws(Fault) -> TableRow {
        let place = "line " + String(line)
        guard let members = value.members else {
            throw Fault(.dataNotObject, in: name, at: place, "is no object", expected: "{\"text\": ...}")
        }
        if let twice = value.duplicateName {
            throw Fault(.dataColumnTwice, in: name, at: place, "has '" + twice + "' twice")
        }
        var row = TableRow(cells: [], line: line)
        for member in members {
            let column = try self.column(member.name)
            while row.cells.count <= column { row.cells.append(nil) }
            row.cells[column] = .json(member.value)
        }
        return row
    }

    /// The place of a member among the columns; a new one where it is new.
    private func column(_ name: String) throws(Fault) -> Int {
        if let place = columns.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) { return place }
        guard columns.count < DelimitedRecord.maxColumns else { throw tooManyColumns(stream.lineFeeds + 1) }
        columns.append(name)
        return columns.count - 1
    }
}
