import AlbitText

/// Where the sentences of a text begin and end: by stops, question and exclamation marks (those of Chinese and Japanese
/// too), and by empty lines.
package struct SentenceSplitter {
    /// Words that carry a full stop and go on, without it, in lower case.
    private static let abbreviations = [
        "mr", "mrs", "ms", "dr", "prof", "st", "mt", "jr", "sr", "vs", "etc", "e.g", "i.e", "cf", "no", "nos", "fig",
        "figs",
        "inc", "ltd", "co", "corp", "dept", "gen", "col", "sgt", "capt", "lt", "rev", "hon", "vol", "pp", "ed", "al",
        "approx",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "u.s", "u.k", "a.m", "p.m",
    ]

    /// Bytes of each sentence without white space around it, in order.
    package static func sentences(_ text: [UInt8]) -> [Range<Int>] {
        var sentences: [Range<Int>] = []
        var first = 0
        text.withUnsafeBytes { bytes in
            var at = 0
            while at < bytes.count {
                let (code, count) = UTF8Bytes.decode(bytes, at: at) ?? (0xFFFD, 1)
                at += count
                if code == 0x0A, isEmptyLine(bytes, at) {
                    add(bytes, first, at, &sentences)
                    first = at
                } else if isFullWidthStop(code) || isStop(code) && ends(bytes, first, at, code) {
                    at = closing(bytes, at)
                    add(bytes, first, at, &sentences)
                    first = at
                }
            }
            add(bytes, first, bytes.count, &sentences)
        }
        return sentences
    }

    private static func isStop(_ code: UInt32) -> Bool {
        code == 0x2E || code == 0x21 || code == 0x3F || code == 0x2026
    }
    private static func isFullWidthStop(_ code: UInt32) -> Bool { code == 0x3002 || code == 0xFF01 || code == 0xFF1F }

    /// Whether only blanks stand between a place and the next line end, or the text ends.
    private static func isEmptyLine(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        var at = start
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D { at += 1 }
        return at == bytes.count || bytes[at] == 0x0A
    }

    /// Past further stops, quotes and brackets that close.
    private static func closing(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var at = start
        while at < bytes.count, let (code, count) = UTF8Bytes.decode(bytes, at: at),
            isStop(code) || isFullWidthStop(code)
                || [0x22, 0x27, 0x29, 0x5D, 0x2019, 0x201D, 0xBB, 0x300D, 0x300F].contains(code)
        { at += count }
        return at
    }

    /// Whether the stop before `at` ends the sentence that began at `first`.
    private static func ends(_ bytes: UnsafeRawBufferPointer, _ first: Int, _ at: Int, _ code: UInt32) -> Bool {
        let after = closing(bytes, at)
        guard after < bytes.count else { return true }
        guard [0x20, 0x09, 0x0A, 0x0D].contains(bytes[after]) else { return false }
        var next = after
        while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
        guard next < bytes.count else { return true }
        // A small letter goes on with the sentence.
        if (0x61...0x7A).contains(bytes[next]) { return false }
        guard code == 0x2E else { return true }
        var start = at - 1
        while start > first, ![0x20, 0x09, 0x0A, 0x0D, 0x28, 0x22].contains(bytes[start - 1]) { start -= 1 }
        let word = bytes[start..<(at - 1)].map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        // An initial: `J. Smith`.
        if word.count == 1, (0x61...0x7A).contains(word[0]), word[0] != 0x69 { return false }
        return !abbreviations.contains { $0.utf8.elementsEqual(word) }
    }

    private static func add(_ bytes: UnsafeRawBufferPointer, _ first: Int, _ end: Int, _ sentences: inout [Range<Int>])
    {
        var (first, end) = (first, end)
        while first < end, bytes[first] <= 0x20 { first += 1 }
        while end > first, bytes[end - 1] <= 0x20 { end -= 1 }
        if first < end { sentences.append(first..<end) }
    }
}
