import AlbitModel
import AlbitText

/// Examples of a TSV, CSV or JSON-lines file, one at a time; the kind is told from the first line.
///
/// Columns: `text` and perhaps `pair`, or `ids` and perhaps `typeIds`; `label` where there is one. For tagging `words`
/// (a space between) and `tags`, or CoNLL: a word a line, its tag last, sentences parted by empty lines. For questions
/// `question`, `context`, `answer`, or SQuAD's JSON. CSV as in RFC 4180.
package struct DataFile {
    private enum Kind: Equatable {
        case jsonLines
        case table(separator: UInt8)
        case conll
        case squad
    }

    /// What the examples are for.
    package enum Form: Sendable { case plain, tagged, questions }

    package let path: String
    private let file: MappedFile
    private let kind: Kind
    private var columns: [String] = []
    private var offset = 0
    private var line = 0
    package private(set) var form = Form.plain
    /// Questions of a SQuAD file, read at once.
    private var questions: [Example] = []

    /// Opens the file and reads its header.
    package init(path: String) throws(Fault) {
        self.path = path
        file = try MappedFile(path: path)
        if file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        var first = offset
        while first < file.bytes.count, [0x20, 0x0A, 0x0D].contains(file.bytes[first]) { first += 1 }
        guard first < file.bytes.count else { throw .empty(path: path) }
        if file.bytes[first] == UInt8(ascii: "{") {
            let end = file.bytes[first...].firstIndex(of: 0x0A) ?? file.bytes.count
            let line = try? JSONValue(parsing: UnsafeRawBufferPointer(rebasing: file.bytes[first..<end]))
            guard line == nil || line?["data"]?.array != nil else {
                kind = .jsonLines
                form = line?["question"] != nil ? .questions : line?["words"] != nil ? .tagged : .plain
                return
            }
            guard let whole = try? JSONValue(parsing: UnsafeRawBufferPointer(rebasing: file.bytes[first...])), whole["data"]?.array != nil else {
                kind = .jsonLines
                return
            }
            kind = .squad
            form = .questions
            questions = try SquadFile.examples(whole, path: path).reversed()
            return
        }
        if ConllFile.isOne(file.bytes[first...]) {
            kind = .conll
            form = .tagged
            return
        }
        let end = file.bytes[first...].firstIndex(of: 0x0A) ?? file.bytes.count
        kind = .table(separator: file.bytes[first..<end].contains(0x09) ? 0x09 : UInt8(ascii: ","))
        guard let header = try record() else { throw .empty(path: path) }
        columns = header.map { String(decoding: $0, as: UTF8.self) }
        form = columns.contains("question") ? .questions : columns.contains("words") ? .tagged : .plain
        guard form == .plain || columns.contains(form == .tagged ? "tags" : "context") else {
            throw .noColumn(path: path, expected: form == .tagged ? "tags" : "context", found: columns.joined(separator: ", "))
        }
        guard form != .plain || columns.contains("text") || columns.contains("ids") else {
            throw .noColumn(path: path, expected: "text", found: columns.joined(separator: ", "))
        }
    }

    /// Share of the file that was read, for progress.
    package var bytesRead: Int { offset }
    package var byteCount: Int { file.bytes.count }

    /// The next example; nil after the last one. Empty lines are passed over.
    package mutating func next() throws(Fault) -> Example? {
        switch kind {
        case .jsonLines: return try nextObject()
        case .squad:
            offset = questions.isEmpty ? file.bytes.count : offset
            return questions.popLast()
        case .conll: return try ConllFile.next(file.bytes, &offset, &line, path: path)
        case .table:
            guard let fields = try record() else { return nil }
            guard fields.count == columns.count else {
                throw Fault(
                    .dataWrongColumnCount, in: path, at: "line \(line)",
                    "has \(fields.count) columns, the header has \(columns.count)")
            }
            func field(_ name: String) -> [UInt8]? { columns.firstIndex(of: name).map { fields[$0] } }
            for value in fields where String(validating: value, as: UTF8.self) == nil {
                throw Fault(.dataNotUTF8, in: path, at: "line \(line)", "is not UTF-8")
            }
            let label = field("label").map { String(decoding: $0, as: UTF8.self) }
            if form == .tagged, let words = field("words"), let tags = field("tags") {
                var example = Example(input: .text(words, pair: nil), label: nil, line: line)
                example.tags = tags.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
                return example
            }
            if form == .questions, let question = field("question"), let context = field("context") {
                var example = Example(input: .text(question, pair: context), label: nil, line: line)
                example.answers = field("answer").map { [String(decoding: $0, as: UTF8.self)] }
                return example
            }
            if let text = field("text") { return Example(input: .text(text, pair: field("pair")), label: label, line: line) }
            guard let ids = field("ids") else { throw .noInput(path: path, line: line) }
            var typeIds: [Int32]?
            if let types = field("typeIds") { typeIds = try integers(types, "typeIds") }
            return Example(input: .ids(try integers(ids, "ids"), typeIds: typeIds), label: label, line: line)
        }
    }

    private func integers(_ bytes: [UInt8], _ member: String) throws(Fault) -> [Int32] {
        var result: [Int32] = []
        for word in bytes.split(whereSeparator: { $0 == 0x20 || $0 == UInt8(ascii: ",") }) {
            guard let value = Int32(String(decoding: word, as: UTF8.self)) else {
                throw .wrongType(path: path, line: line, member: member, expected: "a list of whole numbers")
            }
            result.append(value)
        }
        return result
    }

    // JSON lines ------------------------------------------------------------------------------

    private mutating func nextObject() throws(Fault) -> Example? {
        while offset < file.bytes.count {
            let end = file.bytes[offset...].firstIndex(of: 0x0A) ?? file.bytes.count
            let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[offset..<end])
            offset = min(end + 1, file.bytes.count)
            line += 1
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            return try example(JSONValue(parsing: bytes, file: path, place: "line \(line)"))
        }
        return nil
    }

    private func example(_ value: JSONValue) throws(Fault) -> Example {
        var label: String?
        switch value["label"] {
        case nil, .null?: break
        case .string(let text)?: label = text
        case .integer(let number)?: label = String(number)
        case .double(let number)?: label = number.description
        default: throw .wrongType(path: path, line: line, member: "label", expected: "a name or a number")
        }
        if form == .questions {
            guard let question = value["question"]?.bytes, let context = value["context"]?.bytes else {
                throw .wrongType(path: path, line: line, member: "question", expected: "a string beside a string 'context'")
            }
            var example = Example(input: .text(question, pair: context), label: nil, line: line)
            switch value["answer"] ?? value["answers"] {
            case .string(let text)?: example.answers = [text]
            case .array(let texts)?: example.answers = texts.compactMap { $0.bytes.map { String(decoding: $0, as: UTF8.self) } }
            default: break
            }
            return example
        }
        if form == .tagged {
            let words = value["words"]?.array?.compactMap(\.bytes) ?? value["words"]?.bytes.map { [$0] }
            guard let words else { throw .wrongType(path: path, line: line, member: "words", expected: "a list of words") }
            var example = Example(input: .text(Array(words.joined(separator: [0x20])), pair: nil), label: nil, line: line)
            example.tags = value["tags"]?.array?.compactMap { $0.bytes.map { String(decoding: $0, as: UTF8.self) } }
                ?? value["tags"]?.bytes.map { $0.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) } }
            return example
        }
        if let text = value["text"] {
            guard let bytes = text.bytes else { throw .wrongType(path: path, line: line, member: "text", expected: "a string") }
            var pair: [UInt8]?
            if let second = value["pair"], !second.isNull {
                guard let bytes = second.bytes else { throw .wrongType(path: path, line: line, member: "pair", expected: "a string") }
                pair = bytes
            }
            return Example(input: .text(bytes, pair: pair), label: label, line: line)
        }
        guard let ids = try numbers(value, "ids") else { throw .noInput(path: path, line: line) }
        return Example(input: .ids(ids, typeIds: try numbers(value, "typeIds")), label: label, line: line)
    }

    private func numbers(_ value: JSONValue, _ member: String) throws(Fault) -> [Int32]? {
        guard let list = value[member], !list.isNull else { return nil }
        guard let elements = list.array else {
            throw .wrongType(path: path, line: line, member: member, expected: "a list of whole numbers")
        }
        var result: [Int32] = []
        for element in elements {
            guard let number = element.integer.flatMap({ Int32(exactly: $0) }) else {
                throw .wrongType(path: path, line: line, member: member, expected: "a list of whole numbers")
            }
            result.append(number)
        }
        return result
    }

    // Tables ----------------------------------------------------------------------------------

    /// The fields of the next record; nil at the end. A TSV field is what stands between tabs; a CSV field may be
    /// quoted, and then holds separators, line ends and doubled quotes.
    private mutating func record() throws(Fault) -> [[UInt8]]? {
        guard case .table(let separator) = kind else { return nil }
        let bytes = file.bytes
        while offset < bytes.count, bytes[offset] == 0x0A || bytes[offset] == 0x0D {
            if bytes[offset] == 0x0A { line += 1 }
            offset += 1
        }
        guard offset < bytes.count else { return nil }
        line += 1
        let begin = line
        var fields: [[UInt8]] = []
        var field: [UInt8] = []
        var quoted = false
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if quoted {
                if byte == UInt8(ascii: "\"") {
                    if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
                        field.append(byte)
                        offset += 1
                    } else {
                        quoted = false
                    }
                } else {
                    if byte == 0x0A { line += 1 }
                    field.append(byte)
                }
            } else if byte == separator {
                fields.append(field)
                field = []
            } else if byte == 0x0A {
                break
            } else if byte == 0x0D, offset < bytes.count, bytes[offset] == 0x0A {
                continue
            } else if byte == UInt8(ascii: "\""), separator != 0x09, field.isEmpty {
                quoted = true
            } else {
                field.append(byte)
            }
        }
        if quoted {
            throw Fault(.dataUnclosedQuote, in: path, "the quoted field that begins in line \(begin) has no end")
        }
        fields.append(field)
        return fields
    }
}

/// Faults that are found in several places of this file.
private extension Fault {
    static func empty(path: String) -> Fault {
        Fault(.dataEmpty, in: path, "holds no example")
    }

    static func noColumn(path: String, expected: String, found: String) -> Fault {
        Fault(
            .dataNoColumn, in: path, "line 1 names no column '\(expected)', it has \(found)",
            advice: "a data file begins with a header such as text<TAB>label")
    }

    static func noInput(path: String, line: Int) -> Fault {
        Fault(.dataNoInput, in: path, at: "line \(line)", "has neither 'text' nor 'ids'")
    }

    static func wrongType(path: String, line: Int, member: String, expected: String) -> Fault {
        Fault(.dataWrongType, in: path, at: "line \(line)", "'\(member)' is not \(expected)")
    }
}
