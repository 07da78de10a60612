import AlbitText

/// ALBERT's tokenizer: its own preparation of the text, then a SentencePiece Unigram model.
///
/// Source: transformers 4.57 `AlbertTokenizer` and google/sentencepiece 0.2.1; Kudo, "Subword Regularization" (2018).
package final class UnigramTokenizer: @unchecked Sendable {
    let tables: TokenizerTables
    private let splitter: SpecialTokenSplitter
    private let preprocessor: AlbertPreprocessor
    private let normalizer: SentencePieceNormalizer
    private let lattice: UnigramLattice
    /// For byte-pair models, instead of the lattice.
    private let merger: BytePairMerger?
    /// Ids of the pieces `<0x00>` … `<0xFF>`; empty without byte fallback.
    private var byteIDs: [Int32] = []

    init(_ tables: TokenizerTables) {
        self.tables = tables
        let settings = tables.settings
        splitter = SpecialTokenSplitter(tables.specialTokens, alsoLowered: settings.lowersFirst && settings.lowerCase)
        preprocessor = AlbertPreprocessor(settings: settings)
        normalizer = SentencePieceNormalizer(
            settings: settings, charsmap: tables.charsmap, trie: tables.trie, types: tables.types)
        lattice = UnigramLattice(trie: tables.trie, scores: tables.scores, types: tables.types, settings: settings)
        merger = settings.kind == .bytePair ? BytePairMerger(tables) : nil
        if settings.byteFallback {
            byteIDs = [Int32](repeating: settings.unknownID, count: 256)
            for id in 0..<tables.types.count where tables.types[id] == PieceType.byte.rawValue {
                if let byte = UnigramTokenizer.byte(ofPiece: tables.trie.pieces.piece(id)) {
                    byteIDs[Int(byte)] = Int32(id)
                }
            }
        }
    }

    /// The value of a piece like `<0x0A>`.
    package static func byte(ofPiece piece: UnsafeRawBufferPointer) -> UInt8? {
        guard piece.count == 6, piece[0] == 0x3C, piece[1] == 0x30, piece[2] == 0x78, piece[5] == 0x3E else {
            return nil
        }
        var value: UInt8 = 0
        for i in 3..<5 {
            let digit = piece[i]
            switch digit {
            case 0x30...0x39: value = value << 4 | (digit - 0x30)
            case 0x41...0x46: value = value << 4 | (digit - 0x41 + 10)
            default: return nil
            }
        }
        return value
    }

    func tokens(_ text: UnsafeRawBufferPointer) -> TokenRun {
        var run = TokenRun()
        run.reserve(text.count / 4 + 4)
        let prepared = AlignedText(capacity: text.count + 16)
        let normalized = AlignedText(capacity: text.count + text.count / 2 + 16)
        splitter.split(text) { part in
            switch part {
            case .special(let token, let range):
                run.append(token.id, UInt32(range.lowerBound), UInt32(range.upperBound), startsWord: true)
            case .text(let range):
                guard !range.isEmpty else { return }
                preprocessor.prepare(text, range, into: prepared)
                segment(prepared, normalized, into: &run)
            }
        }
        return run
    }

    private func segment(_ prepared: AlignedText, _ normalized: AlignedText, into run: inout TokenRun) {
        let textEnd = normalizer.normalize(prepared, into: normalized)
        let unknown = Int(tables.settings.unknownID)
        let splitsDigitComma = tables.settings.splitsDigitComma
        let byteIDs = self.byteIDs
        // A run of unknown characters is one token.
        var openStart = -1
        var openEnd = 0
        var digitCommas: [(token: Int, start: Int, end: Int)] = []
        let raw = normalized.raw
        func add(_ id: Int32, _ start: Int, _ end: Int) {
            if splitsDigitComma, raw[end - 1] == 0x2C, end - start > 1 { digitCommas.append((run.count, start, end)) }
            emit(id, start, end, normalized, &run)
        }
        if tables.settings.keepsOrigins { return segmentAsSentencePiece(normalized, textEnd, &run) }
        pieces(raw) { id, start, end in
            if id == unknown, byteIDs.isEmpty {
                if openStart < 0 { openStart = start }
                openEnd = end
                return
            }
            if openStart >= 0 { add(Int32(unknown), openStart, openEnd) }
            openStart = -1
            if id == unknown {
                for i in start..<end { emit(byteIDs[Int(raw[i])], start, end, normalized, &run, continues: i > start) }
            } else {
                add(Int32(truncatingIfNeeded: id), start, end)
            }
        }
        if openStart >= 0 { add(Int32(unknown), openStart, openEnd) }
        if !digitCommas.isEmpty { splitDigitCommas(digitCommas, normalized, &run) }
    }

    @inline(__always)
    private func pieces(_ text: UnsafeRawBufferPointer, _ visit: (_ id: Int, _ start: Int, _ end: Int) -> Void) {
        if let merger { merger.segment(text, visit) } else { lattice.segment(text, visit) }
    }

    /// Tokens with SentencePiece's own offsets: each begins where its first byte comes from and ends where the next
    /// byte does; of a character as bytes the last one has it all.
    ///
    /// Source: google/sentencepiece 0.2.1, `SentencePieceProcessor::PopulateSentencePieceText`.
    private func segmentAsSentencePiece(_ text: AlignedText, _ textEnd: UInt32, _ run: inout TokenRun) {
        let unknown = Int(tables.settings.unknownID)
        var followsUnknown = false
        pieces(text.raw) { id, start, end in
            let from = text.origins[start].start
            let to = end < text.count ? text.origins[end].start : textEnd
            let begins = start == 0 || isMark(text.raw, start)
            if id == unknown, !byteIDs.isEmpty {
                for i in start..<end {
                    run.append(
                        byteIDs[Int(text.bytes[i])], from, i == end - 1 ? to : from, startsWord: begins && i == start)
                }
            } else if id == unknown, followsUnknown {
                run.ends[run.count - 1] = Int32(truncatingIfNeeded: to)
            } else {
                run.append(Int32(truncatingIfNeeded: id), from, to, startsWord: begins)
            }
            followsUnknown = id == unknown
        }
    }

    @inline(__always)
    private func emit(
        _ id: Int32, _ start: Int, _ end: Int, _ text: AlignedText, _ run: inout TokenRun, continues: Bool = false
    ) {
        let bytes = text.bytes
        let startsWord =
            !continues && end - start >= 3 && bytes[start] == 0xE2 && bytes[start + 1] == 0x96
            && bytes[start + 2] == 0x81
        run.append(
            id, text.origins[start].start, text.origins[end - 1].end, startsWord: startsWord || start == 0 && !continues
        )
    }

    /// `9,` is to be `9` and `,`: the part before the comma is segmented again by itself, and loses the mark of white
    /// space that this puts in front unless the piece had one.
    ///
    /// Source: transformers 4.57, `AlbertTokenizer._tokenize`.
    private func splitDigitCommas(
        _ places: [(token: Int, start: Int, end: Int)], _ text: AlignedText, _ run: inout TokenRun
    ) {
        var result = TokenRun()
        result.reserve(run.count + 2 * places.count)
        var done = 0
        func copy(upTo token: Int) {
            while done < token {
                result.append(
                    run.ids[done], UInt32(truncatingIfNeeded: run.starts[done]),
                    UInt32(truncatingIfNeeded: run.ends[done]),
                    startsWord: run.startsWord[done])
                done += 1
            }
        }
        let comma: [UInt8] = [0x2C]
        let commaID = comma.withUnsafeBytes { pieceID($0) }
        for (token, start, end) in places where isDigit(text.raw, before: end - 1, after: start) {
            copy(upTo: token)
            done = token + 1
            let raw = text.raw
            let hasMark = isMark(raw, start)
            // The piece without its comma and without any marks, as the input of a new segmentation.
            let part = AlignedText(capacity: end - start)
            var i = start
            while i < end - 1 {
                if isMark(raw, i) {
                    i += 3
                } else {
                    part.append(raw[i], text.origins[i])
                    i += 1
                }
            }
            let normalized = AlignedText(capacity: part.count + 8)
            normalizer.normalize(part, into: normalized)
            var inner = TokenRun()
            var pieces: [(start: Int, end: Int)] = []
            var openStart = -1
            self.pieces(normalized.raw) { id, start, end in
                if Int32(truncatingIfNeeded: id) == tables.settings.unknownID {
                    if openStart < 0 { openStart = start } else { pieces.removeLast() }
                    pieces.append((openStart, end))
                } else {
                    openStart = -1
                    pieces.append((start, end))
                }
            }
            for (index, piece) in pieces.enumerated() {
                var pieceStart = piece.start
                if index == 0, !hasMark, isMark(normalized.raw, pieceStart) { pieceStart += 3 }
                guard pieceStart < piece.end else { continue }
                let id = pieceID(UnsafeRawBufferPointer(rebasing: normalized.raw[pieceStart..<piece.end]))
                emit(id, pieceStart, piece.end, normalized, &inner, continues: index > 0 || !hasMark)
            }
            for k in 0..<inner.count {
                result.append(
                    inner.ids[k], UInt32(truncatingIfNeeded: inner.starts[k]),
                    UInt32(truncatingIfNeeded: inner.ends[k]),
                    startsWord: inner.startsWord[k])
            }
            result.append(commaID, text.origins[end - 1].start, text.origins[end - 1].end, startsWord: false)
        }
        copy(upTo: run.count)
        run = result
    }

    private func pieceID(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        tables.trie.id(of: bytes).map { Int32(truncatingIfNeeded: $0) } ?? tables.settings.unknownID
    }

    private func isMark(_ text: UnsafeRawBufferPointer, _ i: Int) -> Bool {
        i + 3 <= text.count && text[i] == 0xE2 && text[i + 1] == 0x96 && text[i + 2] == 0x81
    }

    /// Whether the character that ends at `end` is a digit (Python's `str.isdigit`).
    private func isDigit(_ text: UnsafeRawBufferPointer, before end: Int, after start: Int) -> Bool {
        guard end > start else { return false }
        if text[end - 1] < 0x80 { return text[end - 1] &- 0x30 < 10 }
        var place = end - 1
        while place > start, text[place] & 0xC0 == 0x80 { place -= 1 }
        guard let decoded = UTF8Bytes.decode(text, at: place) else { return false }
        return UnicodeProperties.flags(decoded.code).hasAny(.digit)
    }
}
