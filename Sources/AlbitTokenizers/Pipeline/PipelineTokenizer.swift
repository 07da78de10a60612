import AlbitText

/// The tokenizer of a `tokenizer.json`, step by step as the `tokenizers` library runs it: added tokens, normalizer,
/// added tokens that are searched in normalized text, pre-tokenizer, model.
///
/// Source: tokenizers 0.23, `AddedVocabulary::extract_and_normalize`, `TokenizerImpl::encode_single_sequence`.
package struct PipelineTokenizer: @unchecked Sendable {
    let tables: TokenizerTables
    let pipeline: TokenizerPipeline
    private let rawTokens: AddedTokenMatcher
    private let normalizedTokens: AddedTokenMatcher
    private let wordPiece: WordPieceModel?
    private let startsWithMark: Bool

    init(_ tables: TokenizerTables, _ pipeline: TokenizerPipeline) {
        self.tables = tables
        self.pipeline = pipeline
        var runner = NormalizerRunner(pipeline.normalizers, charsmap: tables.charsmap)
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
        startsWithMark = pipeline.preTokenizers.contains { if case .metaspace = $0 { true } else { false } }
    }

    func tokens(_ text: UnsafeRawBufferPointer) -> TokenRun {
        var work = Work(run: TokenRun(), unigram: wordPiece == nil ? UnigramPaths(tables) : nil)
        work.run.reserve(text.count / 4 + 4)
        var normalizer = NormalizerRunner(pipeline.normalizers, charsmap: tables.charsmap)
        var preTokenizer = PreTokenizerRunner(pipeline.preTokenizers)
        var segments: [TextSegment] = []
        rawTokens.split(text) { token, start, end in
            if token >= 0 {
                emit(token, UInt32(start), UInt32(end), text, start..<end, startsWord: true, &work, text)
                return
            }
            normalizer.run(text, start..<end)
            let normalized = normalizer.text
            segments.removeAll(keepingCapacity: true)
            normalizedTokens.split(normalized.raw) { segments.append(TextSegment(start: $1, end: $2, token: $0)) }
            preTokenizer.run(normalized, segments)
            for segment in preTokenizer.segments where segment.start < segment.end {
                model(segment, preTokenizer.text, &work, text)
            }
        }
        return work.run
    }

    private struct Work {
        var run: TokenRun
        var unigram: UnigramPaths?
    }

    private func model(
        _ segment: TextSegment, _ text: AlignedText, _ work: inout Work, _ original: UnsafeRawBufferPointer
    ) {
        let raw = text.raw
        let origins = text.origins
        if segment.token >= 0 {
            let range = segment.start..<segment.end
            return emit(
                segment.token, origins[segment.start].start, origins[segment.end - 1].end, raw, range, startsWord: true,
                &work, original)
        }
        let part = UnsafeRawBufferPointer(rebasing: raw[segment.start..<segment.end])
        var tokens: [(id: Int32, start: Int, end: Int)] = []
        if let wordPiece {
            wordPiece.segment(part) { tokens.append(($0, $1, $2)) }
        } else {
            work.unigram?.segment(part) { tokens.append(($0, $1, $2)) }
        }
        var lastStart = -1
        for (id, start, end) in tokens {
            let (from, to) = (segment.start + start, segment.start + end)
            let isMarked = end - start >= 3 && raw[from] == 0xE2 && raw[from + 1] == 0x96 && raw[from + 2] == 0x81
            let begins = start != lastStart && (startsWithMark ? isMarked || work.run.count == 0 : start == 0)
            lastStart = start
            emit(id, origins[from].start, origins[to - 1].end, raw, from..<to, startsWord: begins, &work, original)
        }
    }

    /// Adds a token that covers the bytes `range` of `text`.
    private func emit(
        _ id: Int32, _ start: UInt32, _ end: UInt32, _ text: UnsafeRawBufferPointer, _ range: Range<Int>,
        startsWord: Bool,
        _ work: inout Work, _ original: UnsafeRawBufferPointer
    ) {
        var (start, end) = (start, end)
        if pipeline.trimsOffsets {
            let trimmer = OffsetTrimmer(addsPrefixSpace: pipeline.addsPrefixSpace)
            (start, end) = trimmer.trim(
                UnsafeRawBufferPointer(rebasing: text[range]), start, end, isFirst: work.run.count == 0, original)
        }
        work.run.append(id, start, end, startsWord: startsWord)
    }
}
