/// One step of a `tokenizer.json`'s normalizer; a `Sequence` is a list of them, and so is a `BertNormalizer`.
///
/// Source: huggingface/tokenizers 0.23, src/normalizers.
package enum NormalizerStep: Sendable, Equatable {
    /// `BertNormalizer` with `clean_text`.
    case cleanText
    /// `BertNormalizer` with `handle_chinese_chars`.
    case spaceIdeographs
    /// `BertNormalizer` with `strip_accents`, after NFD.
    case stripNonspacingMarks
    case form(UnicodeForm)
    case lowercase
    case strip(left: Bool, right: Bool)
    case stripAccents
    case nmt
    case prepend([UInt8])
    case replace(TextPattern, with: [UInt8])
    /// The character map of the model file.
    case precompiled
}

/// Runs the steps on one text after the other, keeping its buffers.
struct NormalizerRunner {
    /// What is the same for all texts.
    final class Plan {
        let steps: [NormalizerStep]
        let charsmap: Charsmap
        let plain: PlainBytes

        init(_ steps: [NormalizerStep], charsmap: Charsmap) {
            self.steps = steps
            self.charsmap = charsmap
            plain = PlainBytes(steps, charsmap: charsmap)
        }
    }

    private let plan: Plan
    private(set) var text: AlignedText
    /// Where steps write, and where stretches of a text go through them.
    private var spare: AlignedText?
    private var stretch: AlignedText?

    /// `capacity`: bytes of the texts to come.
    init(_ plan: Plan, capacity: Int = 256) {
        self.plan = plan
        text = AlignedText(capacity: capacity)
    }

    /// Normalizes the bytes `range` of `input`; the result is in `text`. `asWhole`: every step sees all of it, which
    /// gives the same and takes longer.
    mutating func run(_ input: UnsafeRawBufferPointer, _ range: Range<Int>, asWhole: Bool = false) {
        let start = UInt32(truncatingIfNeeded: range.lowerBound)
        let stepCount = plan.plain.stepCount
        if !asWhole, runPlain(input, range) {
            text = applied(stepCount..<plan.steps.count, text, start)
        } else {
            text.take(input, range)
            text = applied(0..<plan.steps.count, text, start)
        }
    }

    /// The first steps; false where they have to see the text as a whole.
    private mutating func runPlain(_ input: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        let plain = plan.plain
        let text = self.text
        text.count = 0
        var position = range.lowerBound
        while position < range.upperBound {
            position = text.append(input, position..<range.upperBound, plain.table)
            guard position < range.upperBound else { break }
            if plain.table[Int(input[position])] == PlainBytes.replaced {
                let origin = Origin(start: UInt32(position), end: UInt32(position + 1))
                if let (end, content) = plain.replacement(input, at: position, before: range.upperBound) {
                    text.reserve(content.count)
                    let last = Origin(start: UInt32(end - 1), end: UInt32(end))
                    for byte in content { text.append(byte, last) }
                    position = end
                } else {
                    text.reserve(1)
                    text.append(plain.single(input[position]), origin)
                    position += 1
                }
                continue
            }
            guard let end = runStretch(input, position, range) else { return false }
            position = end
        }
        return true
    }

    /// A character that has to be seen together with those around it. Returns where that stretch ends; nil where the
    /// text has to be seen as a whole.
    private mutating func runStretch(
        _ input: UnsafeRawBufferPointer, _ position: Int, _ range: Range<Int>
    ) -> Int? {
        let plain = plan.plain
        var start = range.lowerBound
        if text.count > 0 {
            let last = Int(text.origins[text.count - 1].start)
            start = plain.stretchStart(input, last, after: range.lowerBound)
            while text.count > 0, text.origins[text.count - 1].start >= start { text.count -= 1 }
        }
        let isFirst = text.count == 0
        if isFirst { start = range.lowerBound }
        let end = plain.stretchEnd(input, position, before: range.upperBound)
        if isFirst, end == range.upperBound { return nil }
        let empty = stretch ?? AlignedText(capacity: 64)
        empty.isShifted = false
        empty.take(input, start..<end)
        let part = applied(0..<plain.stepCount, empty, UInt32(truncatingIfNeeded: range.lowerBound))
        stretch = part
        if part.isShifted || spare?.isShifted ?? false { return nil }
        if end < range.upperBound {
            guard part.count > 0, part.bytes[part.count - 1] == plain.table[Int(input[end - 1])],
                part.origins[part.count - 1].start == end - 1
            else { return nil }
        }
        if isFirst {
            for i in 0..<part.count where part.origins[i].start == part.origins[i].end { return nil }
        }
        text.append(part, 0..<part.count)
        return end
    }

    /// What some of the steps make of a text; what is not the result is `spare` then.
    private mutating func applied(_ range: Range<Int>, _ text: AlignedText, _ start: UInt32) -> AlignedText {
        guard !range.isEmpty else { return text }
        var text = text
        var target = spare ?? AlignedText(capacity: 64)
        target.isShifted = false
        for step in plan.steps[range] where text.count > 0 {
            if apply(step, text, into: target, start) { swap(&text, &target) }
        }
        spare = target
        return text
    }

    /// Returns whether the result is in `spare`; else the step changed nothing, or `text` itself.
    private func apply(_ step: NormalizerStep, _ text: AlignedText, into spare: AlignedText, _ start: UInt32) -> Bool {
        switch step {
        case .cleanText: BertNormalizer.cleanText(text, into: spare, start: start)
        case .spaceIdeographs: BertNormalizer.spaceIdeographs(text, into: spare, start: start)
        case .stripNonspacingMarks: BertNormalizer.stripMarks(text, into: spare, start: start)
        case .form(let form): form.apply(text, into: spare, start: start)
        case .lowercase: Lowercase.apply(text, into: spare, start: start)
        case .strip(let left, let right): Strip.apply(text, into: spare, start: start, left: left, right: right)
        case .stripAccents: StripAccents.apply(text, into: spare, start: start)
        case .nmt: Nmt.apply(text, into: spare, start: start)
        case .prepend(let prefix): Prepend.apply(text, into: spare, start: start, prefix: prefix)
        case .replace(let pattern, let content):
            Replace.apply(text, into: spare, start: start, pattern: pattern, content: content)
        case .precompiled: Precompiled.apply(text, into: spare, start: start, charsmap: plan.charsmap)
        }
    }
}
