import AlbitText

/// The steps of BERT's own normalizer.
///
/// Source: tokenizers 0.23, src/normalizers/bert.rs.
enum BertNormalizer {
    /// Drops control characters, makes white space a blank.
    static func cleanText(_ source: AlignedText, into target: AlignedText, start: UInt32) -> Bool {
        CharacterFilter.apply(source, into: target, start: start) { clean($0) }
    }

    /// What cleaning makes of a character; nil drops it.
    static func clean(_ code: UInt32) -> UInt32? {
        if code &- 0x20 < 0x5F { return code }
        let flags = LibraryProperties.flags(code)
        if flags.hasAny(.other) { return nil }
        return flags.hasAny(.space) ? 0x20 : code
    }

    /// Puts blanks around Chinese characters.
    static func spaceIdeographs(_ source: AlignedText, into target: AlignedText, start: UInt32) -> Bool {
        if source.isASCII { return false }
        var rewriter = TextRewriter(source, into: target, start: start)
        var position = 0
        while position < source.count {
            let (code, count) = source.character(position)
            position += count
            if isIdeograph(code) {
                rewriter.write(0x20, 0)
                rewriter.write(code, 1)
                rewriter.write(0x20, 1)
            } else {
                rewriter.write(code, 0)
            }
        }
        return true
    }

    static func stripMarks(_ source: AlignedText, into target: AlignedText, start: UInt32) -> Bool {
        CharacterFilter.apply(source, into: target, start: start) { code in
            code >= 0x300 && LibraryProperties.flags(code).hasAny(.nonspacingMark) ? nil : code
        }
    }

    /// The blocks that the library calls Chinese characters; it leaves U+2B820 to U+2B91F out.
    static func isIdeograph(_ code: UInt32) -> Bool {
        switch code {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
