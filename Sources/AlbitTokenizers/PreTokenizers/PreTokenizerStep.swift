import AlbitText

/// One step of a `tokenizer.json`'s pre-tokenizer; a `Sequence` is a list of them, and `BertPreTokenizer` is
/// `whitespaceSplit` and `punctuation`.
///
/// Source: huggingface/tokenizers 0.23, src/pre_tokenizers.
package enum PreTokenizerStep: Sendable, Equatable {
    /// `Whitespace`: runs of word characters, and of what is neither those nor white space.
    case whitespace
    case whitespaceSplit
    case punctuation(SplitBehavior)
    case digits(individual: Bool)
    case split(TextPattern, SplitBehavior, inverted: Bool)
    /// `CharDelimiterSplit`.
    case delimiter(UInt32)
    case metaspace(Metaspace)
    /// Every character by itself (`BertJapaneseTokenizer`).
    case character
}

/// Cuts a text into the segments that the model gets, keeping two buffers for it.
struct PreTokenizerRunner {
    let steps: [PreTokenizerStep]
    private(set) var text = AlignedText(capacity: 256)
    private(set) var segments: [TextSegment] = []
    private var spare = AlignedText(capacity: 256)
    private var cut: [TextSegment] = []

    init(_ steps: [PreTokenizerStep]) { self.steps = steps }

    /// Cuts `segments` of `input`; those that are tokens stay. The result is in `text` and `segments`.
    mutating func run(_ input: AlignedText, _ segments: [TextSegment]) {
        text.count = 0
        text.append(input, 0..<input.count)
        // Out of `self` while they change, so that nothing is checked or copied.
        var (before, after) = (segments, cut)
        (self.segments, cut) = ([], [])
        for step in steps {
            after.removeAll(keepingCapacity: true)
            if case .metaspace(let metaspace) = step {
                metaspace.apply(text, before, into: spare, &after)
                swap(&text, &spare)
            } else {
                apply(step, before, &after)
            }
            swap(&before, &after)
        }
        (self.segments, cut) = (before, after)
    }

    private func apply(_ step: PreTokenizerStep, _ segments: [TextSegment], _ cut: inout [TextSegment]) {
        switch step {
        case .whitespace: whitespace(segments, &cut)
        case .whitespaceSplit: characters(segments, &cut, .removed) { LibraryProperties.flags($0).hasAny(.space) }
        case .punctuation(let behavior):
            characters(segments, &cut, behavior) { LibraryProperties.flags($0).hasAny(.punctuation) }
        case .digits(let individual):
            characters(segments, &cut, individual ? .isolated : .contiguous) {
                LibraryProperties.flags($0).hasAny(.number)
            }
        case .delimiter(let delimiter): characters(segments, &cut, .removed) { $0 == delimiter }
        case .split(let pattern, let behavior, let inverted):
            var splitter = SegmentSplitter(behavior, inverted: inverted)
            each(segments, &cut, &splitter) { segment, splitter in
                let part = UnsafeRawBufferPointer(rebasing: text.raw[segment.start..<segment.end])
                pattern.matches(part) { splitter.add(segment.start + $0.lowerBound, segment.start + $0.upperBound) }
            }
        case .character: characters(segments, &cut, .isolated) { _ in true }
        case .metaspace: break
        }
    }

    /// Single characters as delimiters.
    private func characters(
        _ segments: [TextSegment], _ cut: inout [TextSegment], _ behavior: SplitBehavior,
        _ isDelimiter: (UInt32) -> Bool
    ) {
        var splitter = SegmentSplitter(behavior)
        each(segments, &cut, &splitter) { segment, splitter in
            var position = segment.start
            while position < segment.end {
                let (code, count) = text.character(position)
                if isDelimiter(code) { splitter.add(position, position + count) }
                position += count
            }
        }
    }

    private func whitespace(_ segments: [TextSegment], _ cut: inout [TextSegment]) {
        var splitter = SegmentSplitter(.removed, inverted: true)
        each(segments, &cut, &splitter) { segment, splitter in
            var position = segment.start
            var runStart = position
            // 0 white space, 1 a word, 2 neither.
            var runKind = 0
            while position <= segment.end {
                var (kind, count) = (0, 1)
                if position < segment.end {
                    let character = text.character(position)
                    let flags = LibraryProperties.flags(character.code)
                    kind = flags.hasAny(.word) ? 1 : flags.hasAny(.space) ? 0 : 2
                    count = character.count
                }
                if kind != runKind || position == segment.end {
                    if runKind != 0 { splitter.add(runStart, position) }
                    runStart = position
                    runKind = kind
                }
                position += count
            }
        }
    }

    private func each(
        _ segments: [TextSegment], _ cut: inout [TextSegment], _ splitter: inout SegmentSplitter,
        _ body: (TextSegment, inout SegmentSplitter) -> Void
    ) {
        for segment in segments {
            if segment.token >= 0 {
                cut.append(segment)
                continue
            }
            splitter.begin(segment)
            body(segment, &splitter)
            splitter.finish(into: &cut)
        }
    }
}
