import AlbitText

/// The tokenizer of a `tokenizer.json`, step by step as the `tokenizers` library runs it: added tokens, normalizer,
/// added tokens that are searched in normalized text, pre-tokenizer, model.
///
/// Source: tokenizers 0.23, `AddedVocabulary::extract_and_normalize`, `TokenizerImpl::encode_single_sequence`.
package final class PipelineTokenizer: @unchecked Sendable {
    let tables: TokenizerTables
    let pipeline: TokenizerPipeline
    private let rawTokens: AddedTokenMatcher
    private let normalizedTokens: AddedTokenMatcher
    private let normalizers: NormalizerRunner.Plan
    private let preTokenizers: PreTokenizerRunner.Plan
    private let wordPiece: WordPieceModel?
    private let unigram: UnigramPaths?
    private let startsWithMark: Bool

    init(_ tables: TokenizerTables, _ pipeline: TokenizerPipeline) {
        self.tables = tables
        self.pipeline = pipeline
        normalizers = NormalizerRunner.Plan(pipeline.normalizers, charsmap: tables.charsmap)
        preTokenizers = PreTokenizerRunner.Plan(pipeline.preTokenizers)
        var runner = NormalizerRunner(normalizers)
        var raw: [(token: SpecialToken, pattern: [UInt8])] = []
        var normalized: [(token: SpecialToken, pattern: [UInt8])] = []
        for token in tables.specialTokens {
            if token.normalized {
                token.content.withUnsafeBytes { runner.run($0, 0..<$0.count) }
                normalized.append((token, Array(runner.text.raw)))
            } else {
                raw.append((token, token.content))
            }
        }
        rawTokens = AddedTokenMatcher(raw)
        normalizedTokens = AddedTokenMatcher(normalized)
        wordPiece =
            tables.settings.kind == .wordPiece ? WordPieceModel(tables, continuation: pipeline.continuation) : nil
        unigram = wordPiece == nil ? UnigramPaths(tables) : nil
        startsWithMark = pipeline.preTokenizers.contains { if case .metaspace = $0 { true } else { false } }
    }

    func tokens(_ text: UnsafeRawBufferPointer) -> TokenRun {
        let run = TokenBuffer(capacity: text.count / 4 + 4)
        let found = ModelBuffer()
        var normalizer = NormalizerRunner(normalizers, capacity: text.count + 16)
        var preTokenizer = PreTokenizerRunner(preTokenizers, normalizer.text)
        rawTokens.split(text) { token, start, end in
            if token >= 0 {
                emit(token, UInt32(start), UInt32(end), text, start..<end, startsWord: true, run, text)
                return
            }
            normalizer.run(text, start..<end)
            preTokenizer.run(normalizer.text, normalizedTokens)
            let cut = preTokenizer.text
            for segment in preTokenizer.segments where segment.start < segment.end {
                model(segment, cut, found, run, text)
            }
        }
        return run.run
    }

    private func model(
        _ segment: TextSegment, _ text: AlignedText, _ found: ModelBuffer,
        _ run: TokenBuffer, _ original: UnsafeRawBufferPointer
    ) {
        let raw = text.raw
        let origins = text.origins
        if segment.token >= 0 {
            let range = segment.start..<segment.end
            return emit(
                segment.token, origins[segment.start].start, origins[segment.end - 1].end, raw, range, startsWord: true,
                run, original)
        }
        let part = UnsafeRawBufferPointer(rebasing: raw[segment.start..<segment.end])
        if let wordPiece {
            wordPiece.segment(part, found)
        } else {
            unigram?.segment(part, found)
        }
        var lastStart = -1
        for i in 0..<found.count {
            let piece = found[i]
            let (from, to) = (segment.start + Int(piece.start), segment.start + Int(piece.end))
            let isMarked = to - from >= 3 && raw[from] == 0xE2 && raw[from + 1] == 0x96 && raw[from + 2] == 0x81
            let begins = from != lastStart && (startsWithMark ? isMarked || run.count == 0 : piece.start == 0)
            lastStart = from
            emit(piece.id, origins[from].start, origins[to - 1].end, raw, from..<to, startsWord: begins, run, original)
        }
    }

    /// Adds a token that covers the bytes `range` of `text`.
    private func emit(
        _ id: Int32, _ start: UInt32, _ end: UInt32, _ text: UnsafeRawBufferPointer, _ range: Range<Int>,
        startsWord: Bool,
        _ run: TokenBuffer, _ original: UnsafeRawBufferPointer
    ) {
        var (start, end) = (start, end)
        if pipeline.trimsOffsets {
            let trimmer = OffsetTrimmer(addsPrefixSpace: pipeline.addsPrefixSpace)
            (start, end) = trimmer.trim(
                UnsafeRawBufferPointer(rebasing: text[range]), start, end, isFirst: run.count == 0, original)
        }
        run.append(id, start, end, startsWord: startsWord)
    }
}
