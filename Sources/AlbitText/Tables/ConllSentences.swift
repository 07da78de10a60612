/// Sentences of a CoNLL file: a word a line with its columns, the tag the last of them; empty lines part sentences,
/// `-DOCSTART-` lines documents, and lines that begin with `#` in front of a sentence are comments.
struct ConllSentences {
    private var lines: TextLines
    private let file: String
    /// Places of word and tag, from 0; nil until a line shows them.
    private var wordColumn: Int?
    private var tagColumn: Int?
    /// Whether the first column counts the words of a sentence.
    private var isCounted = false
    /// Columns of every line.
    private(set) var width: Int?

    /// Words of a sentence at most.
    private static let maxWords = 1 << 16

    /// - Parameters:
    ///   - word: the column of words from 1, where it is known.
    ///   - tag: the column of tags from 1, where it is known.
    init(_ stream: ByteStream, word: Int?, tag: Int?) {
        lines = TextLines(stream)
        file = stream.name
        wordColumn = word.map { $0 - 1 }
        tagColumn = tag.map { $0 - 1 }
    }

    /// Columns from 1 that hold neither word nor tag.
    var unusedColumns: [Int] {
        (0..<(width ?? 0)).filter { $0 != wordColumn && $0 != tagColumn }.map { $0 + 1 }
    }

    /// Whether a line is a word with a tag of an entity, or a document's start.
    static func isTagged(_ line: ArraySlice<UInt8>) -> Bool {
        let fields = fields(line)
        if fields.first?.elementsEqual("-DOCSTART-".utf8) ?? false { return true }
        guard fields.count >= 2, let tag = fields.last else { return false }
        return isEntityTag(tag) && !isEntityTag(fields[0])
    }

    /// `O`, or a letter of a tag scheme, a dash and a type.
    private static func isEntityTag(_ tag: ArraySlice<UInt8>) -> Bool {
        if tag.elementsEqual("O".utf8) { return true }
        return tag.count > 2 && Array("BIESLUM".utf8).contains(tag[tag.startIndex])
            && tag[tag.startIndex + 1] == UInt8(ascii: "-")
    }

    /// What stands between tabs where there are any, else between blanks.
    private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        guard line.contains(0x09) else { return line.split(whereSeparator: { $0 == 0x20 || $0 == 0x0D }) }
        return line.split(separator: 0x09, omittingEmptySubsequences: false).map { field in
            let start = field.firstIndex { $0 != 0x20 } ?? field.endIndex
            let end = field.lastIndex { $0 != 0x20 && $0 != 0x0D }.map { $0 + 1 } ?? start
            return field[min(start, end)..<end]
        }
    }

    /// Whether a line in front of a sentence is a comment. A word may be `#` or begin with it; then it has as many
    /// columns as the others and a tag.
    private func isComment(_ line: [UInt8], _ fields: [ArraySlice<UInt8>]) -> Bool {
        guard line.first == UInt8(ascii: "#"), let tag = fields.last else { return false }
        guard fields.count >= 2, fields.count == width ?? fields.count else { return true }
        if ConllSentences.isEntityTag(tag) || tag.elementsEqual("#".utf8) || tag.elementsEqual("SYM".utf8) {
            return false
        }
        if fields[0].elementsEqual("#begin".utf8) || fields[0].elementsEqual("#end".utf8) { return true }
        // `#word` with some other tag, such as `NNP`.
        return fields[0].count == 1 || fields[0].contains(0x20) || width == nil
    }

    /// The next sentence as words and tags, and its first line; nil at the end.
    mutating func next() throws(Fault) -> (words: [JSONValue], tags: [JSONValue], line: Int)? {
        var words: [JSONValue] = []
        var tags: [JSONValue] = []
        var first = 0
        while let line = try lines.next() {
            let fields = ConllSentences.fields(line[...])
            guard fields.contains(where: { !$0.isEmpty }) else {
                if words.isEmpty { continue }
                break
            }
            if fields[0].elementsEqual("-DOCSTART-".utf8) || words.isEmpty && isComment(line, fields) { continue }
            try TextEncoding.requireUTF8(line, in: file, line: lines.lineNumber)
            try place(fields)
            // A token of several words, or one that was left out (CoNLL-U): its parts follow or it was never there.
            if isCounted, fields[0].contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }) {
                continue
            }
            guard fields.count == width, let wordColumn, let tagColumn, !fields[tagColumn].isEmpty else {
                throw Fault(
                    .dataWrongColumnCount, in: file, at: "line " + String(lines.lineNumber),
                    "has " + String(fields.count { !$0.isEmpty }) + " columns",
                    expected: String(width ?? 2) + " as in the lines before")
            }
            guard words.count < ConllSentences.maxWords else {
                throw Fault(
                    .dataRecordTooLong, in: file, at: "line " + String(lines.lineNumber),
                    "the sentence has more than " + String(ConllSentences.maxWords) + " words",
                    advice: "part sentences by empty lines")
            }
            try count(fields[0], word: words.count + 1)
            if words.isEmpty { first = lines.lineNumber }
            words.append(.string(String(decoding: fields[wordColumn], as: UTF8.self)))
            tags.append(.string(String(decoding: fields[tagColumn], as: UTF8.self)))
        }
        return words.isEmpty ? nil : (words, tags, first)
    }

    /// Throws where a column that seemed to count the words does not.
    private func count(_ field: ArraySlice<UInt8>, word: Int) throws(Fault) {
        guard isCounted, !field.elementsEqual(String(word).utf8) else { return }
        throw Fault(
            .dataAmbiguousColumn, in: file, at: "line " + String(lines.lineNumber),
            "the first column began as the words' numbers, but here it is '" + String(decoding: field, as: UTF8.self)
                + "'",
            advice: "say which columns hold words and tags, as in --columns words=1,tags=" + String(width ?? 2))
    }

    /// From the first word on: which column holds what. A number in front counts the words.
    private mutating func place(_ fields: [ArraySlice<UInt8>]) throws(Fault) {
        guard width == nil else { return }
        let counts =
            fields.count > 2 && fields[0].first == UInt8(ascii: "1")
            && fields[0].allSatisfy { $0 >= 0x2D && $0 <= 0x39 }
        isCounted = wordColumn == nil && counts
        let word = wordColumn ?? (counts ? 1 : 0)
        // CoNLL-U has the universal tags in its fourth column.
        let tag = tagColumn ?? (counts && fields.count == 10 ? 3 : fields.count - 1)
        guard word != tag, word < fields.count, tag < fields.count else {
            throw Fault(
                .dataWrongColumnCount, in: file, at: "line " + String(lines.lineNumber),
                "has " + String(fields.count) + " columns",
                expected: String(max(2, max(word, tag) + 1)) + " or more, a word and its tag")
        }
        (width, wordColumn, tagColumn) = (fields.count, word, tag)
    }
}
