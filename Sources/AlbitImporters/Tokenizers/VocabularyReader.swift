import AlbitText
import AlbitTokenizers

/// Reads `vocab.txt`: a WordPiece a line, its id the number of the line.
///
/// Source: google-research/bert, tokenization.py, `load_vocab`; defaults as in Hugging Face's `BertTokenizer`.
enum VocabularyReader {
    static func read(
        _ bytes: [UInt8], path: String, _ configuration: TokenizerConfiguration
    ) throws(Fault) -> TokenizerDraft {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var bad: Int?
        bytes.withUnsafeBytes { raw in
            var i = start
            while i < raw.count {
                guard let decoded = UTF8Bytes.decode(raw, at: i) else {
                    bad = i
                    return
                }
                i += decoded.count
            }
        }
        if let bad {
            throw Fault(
                .tokenizerNotText, in: path, at: "byte \(bad)", "is not UTF-8 text",
                expected: "a vocabulary with one piece a line")
        }
        let pieces = lines(bytes)
        var settings = TokenizerSettings(kind: .wordPiece)
        settings.lowerCase = configuration.lowerCase ?? true
        settings.separatesCJK = configuration.separatesCJK ?? true
        settings.stripAccents = configuration.stripAccents ?? settings.lowerCase
        var draft = TokenizerDraft(
            path: path, pieces: pieces, settings: settings, template: TokenTemplate(single: [], pair: []))
        draft.modelCount = pieces.count
        if case .japanese = TokenizerClass(configuration.tokenizerClass) {
            draft.pipeline = JapaneseVocabulary.pipeline(configuration)
        } else {
            draft.pipeline = .bert(
                spaceIdeographs: settings.separatesCJK, stripAccents: settings.stripAccents,
                lowercase: settings.lowerCase)
        }
        var vocabulary = SpecialVocabulary(draft: draft)
        try vocabulary.add(configuration)
        let unknown = try vocabulary.require(configuration.unknown, "[UNK]")
        let cls = try vocabulary.require(configuration.cls, "[CLS]")
        let sep = try vocabulary.require(configuration.sep, "[SEP]")
        vocabulary.draft.settings.unknownID = unknown
        vocabulary.draft.specialIDs.unknown = unknown
        vocabulary.draft.specialIDs.cls = cls
        vocabulary.draft.specialIDs.sep = sep
        vocabulary.draft.specialIDs.pad = vocabulary.find(configuration.pad, "[PAD]")
        vocabulary.draft.specialIDs.mask = vocabulary.find(configuration.mask, "[MASK]")
        vocabulary.addFurther(configuration)
        vocabulary.draft.template = TokenTemplate(cls: cls, sep: sep)
        return vocabulary.draft
    }

    /// The lines of a file, whatever ends them.
    static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == 0x0A || byte == 0x0D {
                if byte == 0x0D, position < bytes.count, bytes[position] == 0x0A { position += 1 }
                lines.append(line)
                line.removeAll()
            } else {
                line.append(byte)
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
