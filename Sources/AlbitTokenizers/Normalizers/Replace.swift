/// `Replace`: every match of a pattern becomes a text, which has the origin of the match's last character.
///
/// Source: tokenizers 0.23, `NormalizedString::replace`.
enum Replace {
    static func apply(
        _ source: AlignedText, into target: AlignedText, start: UInt32, pattern: TextPattern, content: [UInt8]
    ) -> Bool {
        var copied = 0
        target.count = 0
        pattern.matches(source.raw) { match in
            target.append(source, copied..<match.lowerBound)
            let end = match.upperBound
            let origin = end > 0 ? source.origins[end - 1] : Origin(start: start, end: start)
            target.reserve(content.count)
            for byte in content { target.append(byte, origin) }
            copied = end
        }
        if copied == 0, target.count == 0 { return false }
        target.append(source, copied..<source.count)
        return true
    }
}
