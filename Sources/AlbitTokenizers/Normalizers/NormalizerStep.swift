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

/// Runs the steps on one text after the other, keeping two buffers for it.
struct NormalizerRunner {
    let steps: [NormalizerStep]
    let charsmap: Charsmap
    private(set) var text = AlignedText(capacity: 256)
    private var spare = AlignedText(capacity: 256)

    init(_ steps: [NormalizerStep], charsmap: Charsmap) {
        self.steps = steps
        self.charsmap = charsmap
    }

    /// Normalizes the bytes `range` of `input`; the result is in `text`.
    mutating func run(_ input: UnsafeRawBufferPointer, _ range: Range<Int>) {
        text.take(input, range)
        let start = UInt32(truncatingIfNeeded: range.lowerBound)
        for step in steps where text.count > 0 {
            if apply(step, start) { swap(&text, &spare) }
        }
    }

    /// Returns whether the result is in `spare`; else the step changed nothing, or `text` itself.
    private func apply(_ step: NormalizerStep, _ start: UInt32) -> Bool {
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
        case .precompiled: Precompiled.apply(text, into: spare, start: start, charsmap: charsmap)
        }
    }
}
