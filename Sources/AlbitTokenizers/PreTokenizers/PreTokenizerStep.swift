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

/// Cuts a text into the segments that the model gets, keeping its buffers.
struct PreTokenizerRunner {
    /// What is the same for all texts.
    final class Plan {
        fileprivate enum Step {
            case metaspace(MetaspaceCutter)
            case delimiters(Delimiters, SplitBehavior)
            case split(TextPattern, SplitBehavior, inverted: Bool)
            case whitespace
        }

        fileprivate private(set) var steps: [Step] = []

        init(_ list: [PreTokenizerStep]) {
            for (i, step) in list.enumerated() {
                let white = i > 0 && list[i - 1] == .whitespaceSplit ? Delimiters(list[i - 1]) : nil
                switch step {
                case .metaspace(let metaspace):
                    if white != nil { steps.removeLast() }
                    steps.append(.metaspace(MetaspaceCutter(metaspace, white: white)))
                case .split(let pattern, let behavior, let inverted):
                    steps.append(.split(pattern, behavior, inverted: inverted))
                case .whitespace: steps.append(.whitespace)
                case .punctuation(let behavior): append(step, behavior)
                case .digits(let individual): append(step, individual ? .isolated : .contiguous)
                case .character: append(step, .isolated)
                case .whitespaceSplit, .delimiter: append(step, .removed)
                }
            }
        }

        private func append(_ step: PreTokenizerStep, _ behavior: SplitBehavior) {
            if let delimiters = Delimiters(step) { steps.append(.delimiters(delimiters, behavior)) }
        }
    }

    private let plan: Plan
    private(set) var text: AlignedText
    private(set) var segments: [TextSegment] = []
    private var cut: [TextSegment] = []
    /// What steps write that change the text.
    private var buffers: (AlignedText?, AlignedText?)

    init(_ plan: Plan, _ text: AlignedText) {
        self.plan = plan
        self.text = text
    }

    /// Cuts `input` between the tokens that were found in it, which stay. The result is in `text` and `segments`.
    mutating func run(_ input: AlignedText, _ tokens: AddedTokenMatcher) {
        text = input
        // Out of `self` while they change, so that nothing is checked or copied.
        var (before, after) = (self.segments, cut)
        (self.segments, cut) = ([], [])
        before.removeAll(keepingCapacity: true)
        tokens.split(input.raw) { before.append(TextSegment(start: $1, end: $2, token: $0)) }
        for step in plan.steps {
            after.removeAll(keepingCapacity: true)
            // About a segment for a word; long texts let it grow.
            after.reserveCapacity(min(input.count / 4 + 4, 1024))
            switch step {
            case .metaspace(let cutter):
                let target = buffers.0 ?? AlignedText(capacity: 2 * text.count)
                cutter.apply(text, before, into: target, &after)
                buffers = (buffers.1, target)
                text = target
            case .delimiters(let delimiters, let behavior): characters(before, &after, delimiters, behavior)
            case .split(let pattern, let behavior, let inverted):
                var splitter = SegmentSplitter(behavior, inverted: inverted)
                let text = self.text
                each(before, &after, &splitter) { segment, splitter in
                    let part = UnsafeRawBufferPointer(rebasing: text.raw[segment.start..<segment.end])
                    pattern.matches(part) {
                        splitter.add(segment.start + $0.lowerBound, segment.start + $0.upperBound)
                    }
                }
            case .whitespace: whitespace(before, &after)
            }
            swap(&before, &after)
        }
        (self.segments, cut) = (before, after)
    }

    /// Single characters as delimiters.
    private func characters(
        _ segments: [TextSegment], _ cut: inout [TextSegment], _ delimiters: Delimiters, _ behavior: SplitBehavior
    ) {
        var splitter = SegmentSplitter(behavior)
        let text = self.text
        for segment in segments {
            if segment.token >= 0 {
                cut.append(segment)
                continue
            }
            splitter.begin(segment)
            var position = segment.start
            while position < segment.end {
                var (code, count) = (UInt32(text.bytes[position]), 1)
                if code >= 0x80 { (code, count) = text.character(position) }
                if delimiters.contains(code) { splitter.add(position, position + count, into: &cut) }
                position += count
            }
            splitter.finish(into: &cut)
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
