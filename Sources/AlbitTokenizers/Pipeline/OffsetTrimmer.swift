import AlbitText

/// `trim_offsets` of `RobertaProcessing`: white space at the ends of a token is taken off its place, a character of the
/// original for a character of the token.
///
/// Source: tokenizers 0.23, src/pre_tokenizers/byte_level.rs, `process_offsets`.
struct OffsetTrimmer {
    let addsPrefixSpace: Bool

    func trim(
        _ token: UnsafeRawBufferPointer, _ start: UInt32, _ end: UInt32, isFirst: Bool,
        _ original: UnsafeRawBufferPointer
    ) -> (UInt32, UInt32) {
        var (leading, trailing, position) = (0, 0, 0)
        var isLeading = true
        while position < token.count {
            let (code, count) = UTF8Bytes.decode(token, at: position) ?? (0xFFFD, 1)
            position += count
            // U+0120 stands for a blank in byte-level vocabularies.
            if code == 0x120 || LibraryProperties.flags(code).hasAny(.space) {
                if isLeading { leading += 1 }
                trailing += 1
            } else {
                isLeading = false
                trailing = 0
            }
        }
        if addsPrefixSpace, leading == 1, isFirst || start == 0 { leading = 0 }
        var (begin, finish) = (Int(start), Int(end))
        while leading > 0, begin < finish {
            begin += UTF8Bytes.decode(original, at: begin)?.count ?? 1
            leading -= 1
        }
        while trailing > 0, finish > begin {
            finish -= 1
            while finish > begin, original[finish] & 0xC0 == 0x80 { finish -= 1 }
            trailing -= 1
        }
        return (UInt32(truncatingIfNeeded: min(begin, Int(end))), UInt32(truncatingIfNeeded: finish))
    }
}
