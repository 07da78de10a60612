import AlbitText

/// Cuts text at the special tokens written in it.
///
/// Source: transformers 4.57, `PreTrainedTokenizer.tokenize`: where it lower-cases, the text around special tokens is
/// lower-cased before they are searched, so that `<PAD>` is found as `<pad>`, but `[cls]` is not `[CLS]`.
struct SpecialTokenSplitter {
    enum Part {
        case text(Range<Int>)
        case special(SpecialToken, Range<Int>)
    }

    private let tokens: [SpecialToken]
    private let alsoLowered: Bool
    private var firsts = [Bool](repeating: false, count: 256)

    init(_ tokens: [SpecialToken], alsoLowered: Bool) {
        self.tokens = tokens.filter { !$0.content.isEmpty }
        self.alsoLowered = alsoLowered
        for token in self.tokens {
            let first = token.content[0]
            firsts[Int(first)] = true
            guard alsoLowered else { continue }
            if first &- 0x61 < 26 { firsts[Int(first - 0x20)] = true }
            // Letters outside ASCII may become ones inside it (the Kelvin sign), or other ones outside it.
            if first >= 0x80 || first &- 0x61 < 26 { for byte in 0x80..<0x100 { firsts[byte] = true } }
        }
    }

    /// Calls `visit` for each part in order; parts of text may be empty. White space that a special token takes belongs
    /// to its range, as in the `tokenizers` library.
    func split(_ text: UnsafeRawBufferPointer, _ visit: (Part) -> Void) {
        guard !tokens.isEmpty else { return visit(.text(0..<text.count)) }
        var textStart = 0
        var position = 0
        firsts.withUnsafeBufferPointer { firsts in
            while position < text.count {
                guard firsts[Int(text[position])], let (token, end) = match(text, at: position) else {
                    position += 1
                    continue
                }
                var textEnd = position
                var next = end
                if token.stripsLeft { textEnd = endWithoutSpace(text, textStart..<position) }
                if token.stripsRight { next = startWithoutSpace(text, end..<text.count) }
                visit(.text(textStart..<textEnd))
                visit(.special(token, textEnd..<next))
                textStart = next
                position = next
            }
        }
        visit(.text(textStart..<text.count))
    }

    /// The longest special token at a position.
    private func match(_ text: UnsafeRawBufferPointer, at position: Int) -> (SpecialToken, Int)? {
        var best: (SpecialToken, Int)?
        for token in tokens {
            guard let end = matchEnd(text, at: position, token.content), end > best?.1 ?? 0 else { continue }
            best = (token, end)
        }
        return best
    }

    private func matchEnd(_ text: UnsafeRawBufferPointer, at position: Int, _ content: [UInt8]) -> Int? {
        if text.count - position >= content.count {
            var i = 0
            while i < content.count, text[position + i] == content[i] { i += 1 }
            if i == content.count { return position + i }
        }
        guard alsoLowered else { return nil }
        var place = position
        var matched = 0
        var lowered: [UInt8] = []
        while matched < content.count {
            guard place < text.count, let decoded = UTF8Bytes.decode(text, at: place) else { return nil }
            lowered.removeAll(keepingCapacity: true)
            UTF8Bytes.append(UnicodeProperties.lower(decoded.code), to: &lowered)
            guard content.count - matched >= lowered.count else { return nil }
            for byte in lowered {
                guard content[matched] == byte else { return nil }
                matched += 1
            }
            place += decoded.count
        }
        return place
    }

    private func endWithoutSpace(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound {
            var start = end - 1
            while start > range.lowerBound, text[start] & 0xC0 == 0x80 { start -= 1 }
            guard let decoded = UTF8Bytes.decode(text, at: start), start + decoded.count == end,
                UnicodeProperties.flags(decoded.code).hasAny(.space)
            else { break }
            end = start
        }
        return end
    }

    private func startWithoutSpace(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        var start = range.lowerBound
        while start < range.upperBound {
            guard let decoded = UTF8Bytes.decode(text, at: start), UnicodeProperties.flags(decoded.code).hasAny(.space)
            else { break }
            start += decoded.count
        }
        return start
    }
}
