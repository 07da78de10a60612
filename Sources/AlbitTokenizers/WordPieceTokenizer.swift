import AlbitText

/// BERT's tokenizer: words by white space and punctuation, each cut greedily into the longest pieces.
///
/// Source: google-research/bert, tokenization.py; offsets and order of steps as in the `tokenizers` library
/// (`BertNormalizer`, `BertPreTokenizer`, `WordPiece`), which lower-cases each character by itself. This is the
/// pipeline of those three in one pass over the text; where decomposition would have to sort marks, the pipeline
/// itself runs.
package final class WordPieceTokenizer: @unchecked Sendable {
    /// What stands before pieces that go on inside a word.
    package static let continuation: [UInt8] = Array("##".utf8)

    let tables: TokenizerTables
    private let splitter: SpecialTokenSplitter
    private let inner: PieceTrie.Node?
    private let settings: TokenizerSettings
    /// Characters are what the library takes them for; else, in old files, what Unicode 14 says.
    private let knowsLibrary: Bool
    private let pipeline: PipelineTokenizer?

    init(_ tables: TokenizerTables) {
        self.tables = tables
        splitter = SpecialTokenSplitter(tables.specialTokens, alsoLowered: false)
        inner = tables.trie.node(after: WordPieceTokenizer.continuation)
        knowsLibrary = tables.pipeline != nil
        pipeline = tables.pipeline.map { PipelineTokenizer(tables, $0) }
        var settings = tables.settings
        if let bert = tables.pipeline?.bertSettings {
            settings.cleanText = bert.cleanText
            settings.separatesCJK = bert.spaceIdeographs
            settings.stripAccents = bert.stripAccents
            settings.lowerCase = bert.lowercase
        }
        self.settings = settings
    }

    func tokens(_ text: UnsafeRawBufferPointer) -> TokenRun {
        var run = TokenRun()
        run.reserve(text.count / 4 + 4)
        let word = AlignedText(capacity: 256)
        var sorts = false
        splitter.split(text) { part in
            switch part {
            case .special(let token, let range):
                run.append(token.id, UInt32(range.lowerBound), UInt32(range.upperBound), startsWord: true)
            case .text(let range): words(text, range, word, &run, &sorts)
            }
        }
        if sorts, settings.stripAccents, let pipeline { return pipeline.tokens(text) }
        return run
    }

    /// `sorts` is set where a mark that stays has a combining class: only then does the order of marks show.
    private func words(
        _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ word: AlignedText, _ run: inout TokenRun,
        _ sorts: inout Bool
    ) {
        let settings = self.settings
        let bounded = UnsafeRawBufferPointer(rebasing: text[..<range.upperBound])
        word.count = 0
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = text[position]
            if byte < 0x80 {
                let origin = Origin(start: UInt32(position), end: UInt32(position + 1))
                position += 1
                if byte &- 0x61 < 26 || byte &- 0x30 < 10 {
                    word.reserve(1)
                    word.append(byte, origin)
                } else if byte &- 0x41 < 26 {
                    word.reserve(1)
                    word.append(settings.lowerCase ? byte | 0x20 : byte, origin)
                } else if byte == 0x20 || byte &- 0x09 < 5 && (byte < 0x0B || byte > 0x0C || !settings.cleanText) {
                    flush(word, &run)
                } else if byte < 0x20 || byte == 0x7F {
                    // Control characters vanish inside words.
                    guard !settings.cleanText else { continue }
                    word.reserve(1)
                    word.append(byte, origin)
                } else {
                    flush(word, &run)
                    word.append(byte, origin)
                    flush(word, &run)
                }
                continue
            }
            var code: UInt32 = 0xFFFD
            var end = position + 1
            if let decoded = UTF8Bytes.decode(bounded, at: position) {
                code = decoded.code
                end = position + decoded.count
            }
            let origin = Origin(start: UInt32(position), end: UInt32(end))
            if knowsLibrary { addAsLibrary(code, origin, word, &run, &sorts) } else { add(code, origin, word, &run) }
            position = end
        }
        flush(word, &run)
    }

    /// A character outside ASCII.
    private func addAsLibrary(
        _ code: UInt32, _ origin: Origin, _ word: AlignedText, _ run: inout TokenRun, _ sorts: inout Bool
    ) {
        let flags = LibraryProperties.flags(code)
        if settings.cleanText, flags.hasAny(.other) { return }
        if flags.hasAny(.space) { return flush(word, &run) }
        let isIdeograph = settings.separatesCJK && BertNormalizer.isIdeograph(code)
        if isIdeograph { flush(word, &run) }
        if settings.stripAccents {
            let parts = LibraryProperties.decomposition(code, compatibility: false)
            for i in 0..<parts.count { appendAsLibrary(parts[i], origin, word, &run, &sorts) }
        } else {
            appendAsLibrary(code, origin, word, &run, &sorts)
        }
        if isIdeograph { flush(word, &run) }
    }

    private func appendAsLibrary(
        _ part: UInt32, _ origin: Origin, _ word: AlignedText, _ run: inout TokenRun, _ sorts: inout Bool
    ) {
        let flags = LibraryProperties.flags(part)
        if flags.hasAny(.space) { return flush(word, &run) }
        if flags.hasAny(.sortedMark) { sorts = true }
        if settings.stripAccents, flags.hasAny(.nonspacingMark) { return }
        let isPunctuation = flags.hasAny(.punctuation)
        if isPunctuation { flush(word, &run) }
        if settings.lowerCase, part == 0x130 {
            word.append(code: 0x69, origin)
            word.append(code: 0x307, origin)
        } else {
            word.append(code: settings.lowerCase ? LibraryProperties.lower(part) : part, origin)
        }
        if isPunctuation { flush(word, &run) }
    }

    /// A character outside ASCII, as older files have it.
    private func add(_ code: UInt32, _ origin: Origin, _ word: AlignedText, _ run: inout TokenRun) {
        let settings = tables.settings
        let flags = UnicodeProperties.flags(code)
        if settings.cleanText, code == 0xFFFD || flags.hasAny(.other) { return }
        if flags.hasAny(.space) { return flush(word, &run) }
        let isCJK = settings.separatesCJK && WordPieceTokenizer.isCJK(code)
        if isCJK { flush(word, &run) }
        func append(_ part: UInt32) {
            let flags = UnicodeProperties.flags(part)
            if part != code {
                if flags.hasAny(.space) { return flush(word, &run) }
                if settings.stripAccents, flags.hasAny(.nonspacingMark) { return }
            }
            let isPunctuation = flags.hasAny(.punctuation) || part < 0x80 && WordPieceTokenizer.isASCIIPunctuation(part)
            if isPunctuation { flush(word, &run) }
            if settings.lowerCase, part == 0x130 {
                word.append(code: 0x69, origin)
                word.append(code: 0x307, origin)
            } else {
                word.append(code: settings.lowerCase ? UnicodeProperties.lower(part) : part, origin)
            }
            if isPunctuation { flush(word, &run) }
        }
        if settings.stripAccents {
            let parts = UnicodeProperties.decomposition(code, compatibility: false)
            if !flags.hasAny(.nonspacingMark) { for i in 0..<parts.count { append(parts[i]) } }
        } else {
            append(code)
        }
        if isCJK { flush(word, &run) }
    }

    /// Cuts the word that was gathered into pieces, or makes it one unknown token.
    private func flush(_ word: AlignedText, _ run: inout TokenRun) {
        guard word.count > 0 else { return }
        defer { word.count = 0 }
        let raw = word.raw
        let unknown = tables.settings.unknownID
        let first = run.count
        var isKnown =
            word.count <= tables.settings.maxWordCharacters
            || UTF8Bytes.characters(in: raw, before: raw.count) <= tables.settings.maxWordCharacters
        var start = 0
        while isKnown, start < raw.count {
            var longest = 0
            var id = 0
            if let node = start == 0 ? tables.trie.root : inner {
                let depth = start == 0 ? 0 : WordPieceTokenizer.continuation.count
                (id, longest) = tables.trie.longest(raw, from: start, node: node, depth: depth) ?? (0, start)
            }
            guard longest > start else {
                isKnown = false
                break
            }
            run.append(
                Int32(truncatingIfNeeded: id), word.origins[start].start, word.origins[longest - 1].end,
                startsWord: start == 0)
            start = longest
        }
        if !isKnown {
            run.truncate(first)
            run.append(unknown, word.origins[0].start, word.origins[raw.count - 1].end, startsWord: true)
        }
    }

    private static func isASCIIPunctuation(_ code: UInt32) -> Bool {
        code &- 0x21 < 15 || code &- 0x3A < 7 || code &- 0x5B < 6 || code &- 0x7B < 4
    }

    /// The blocks that BERT calls Chinese characters.
    private static func isCJK(_ code: UInt32) -> Bool {
        switch code {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B820...0x2CEAF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
