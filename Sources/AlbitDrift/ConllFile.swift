import AlbitText

/// Sentences of a CoNLL file: a word a line with its columns, the tag the last of them; empty lines part sentences,
/// `-DOCSTART-` lines documents.
enum ConllFile {
    /// Whether the first line is a word with a tag, or a document's start.
    static func isOne(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        let fields = bytes.prefix { $0 != 0x0A && $0 != 0x0D }.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
        if fields.first?.elementsEqual("-DOCSTART-".utf8) ?? false { return true }
        guard fields.count >= 2, let tag = fields.last else { return false }
        return tag.elementsEqual("O".utf8) || tag.count > 2 && "BIES".utf8.contains(tag[tag.startIndex]) && tag[tag.startIndex + 1] == UInt8(ascii: "-")
    }

    /// The next sentence; nil at the end.
    static func next(
        _ bytes: UnsafeRawBufferPointer, _ offset: inout Int, _ line: inout Int, path: String
    ) throws(Fault) -> Example? {
        var words: [[UInt8]] = []
        var tags: [String] = []
        var first = line + 1
        while offset < bytes.count {
            let end = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count
            let row = UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
            offset = min(end + 1, bytes.count)
            line += 1
            let fields = row.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D })
            guard let word = fields.first, let tag = fields.last else {
                if words.isEmpty { continue }
                break
            }
            if word.elementsEqual("-DOCSTART-".utf8) { continue }
            guard fields.count >= 2 else {
                throw Fault(.dataWrongColumnCount, in: path, at: "line \(line)", "has 1 columns, the header has 2")
            }
            guard String(validating: row, as: UTF8.self) != nil else {
                throw Fault(.dataNotUTF8, in: path, at: "line \(line)", "is not UTF-8")
            }
            if words.isEmpty { first = line }
            words.append(Array(word))
            tags.append(String(decoding: tag, as: UTF8.self))
        }
        guard !words.isEmpty else { return nil }
        var example = Example(input: .text(Array(words.joined(separator: [0x20])), pair: nil), label: nil, line: first)
        example.tags = tags
        return example
    }
}

/// Questions of a SQuAD file (1.1 or 2.0).
enum SquadFile {
    static func examples(_ whole: JSONValue, path: String) throws(Fault) -> [Example] {
        var examples: [Example] = []
        for article in whole["data"]?.array ?? [] {
            for paragraph in article["paragraphs"]?.array ?? [] {
                guard let context = paragraph["context"]?.bytes else {
                    throw .wrongType(path: path, line: examples.count + 1, member: "context", expected: "a string in each paragraph")
                }
                for entry in paragraph["qas"]?.array ?? [] {
                    guard let question = entry["question"]?.bytes else {
                        throw .wrongType(path: path, line: examples.count + 1, member: "question", expected: "a string in each of qas")
                    }
                    var example = Example(input: .text(question, pair: context), label: nil, line: examples.count + 1)
                    example.answers = (entry["answers"]?.array ?? []).compactMap { answer in
                        answer["text"]?.bytes.map { String(decoding: $0, as: UTF8.self) }
                    }
                    examples.append(example)
                }
            }
        }
        guard !examples.isEmpty else { throw Fault(.dataEmpty, in: path, "holds no example") }
        return examples
    }
}

/// Faults that are found in several places of this file.
private extension Fault {
    static func wrongType(path: String, line: Int, member: String, expected: String) -> Fault {
        Fault(.dataWrongType, in: path, at: "line \(line)", "'\(member)' is not \(expected)")
    }
}
