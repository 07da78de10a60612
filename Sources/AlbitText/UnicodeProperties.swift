/// What the tokenizers need to know of a code point, from Python's unicodedata (Scripts/make-unicode-tables.py).
package struct UnicodeFlags: OptionSet, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Canonical combining class other than zero.
    package static let combining = UnicodeFlags(rawValue: 1)
    /// General category Mn.
    package static let nonspacingMark = UnicodeFlags(rawValue: 2)
    /// Python's `str.isspace`.
    package static let space = UnicodeFlags(rawValue: 4)
    /// Python's `str.isdigit`.
    package static let digit = UnicodeFlags(rawValue: 8)
    /// General category P*.
    package static let punctuation = UnicodeFlags(rawValue: 16)
    /// General category C*: control, format, private use, unassigned.
    package static let other = UnicodeFlags(rawValue: 32)
    /// Cased and not case-ignorable (the condition of a final sigma).
    package static let cased = UnicodeFlags(rawValue: 64)
    package static let caseIgnorable = UnicodeFlags(rawValue: 128)
    /// General category M*.
    package static let mark = UnicodeFlags(rawValue: 256)

    /// Whether any of the other flags is set.
    @inline(__always)
    package func hasAny(_ other: UnicodeFlags) -> Bool { rawValue & other.rawValue != 0 }
}

package enum UnicodeProperties {
    package static func flags(_ code: UInt32) -> UnicodeFlags {
        let block = entry(UnicodeTables.flagBlocks, row(code), 2)
        let place = entry(UnicodeTables.flagClasses, block * 128 + Int(code & 127), 1)
        return UnicodeFlags(rawValue: UInt16(truncatingIfNeeded: entry(UnicodeTables.flagBits, place, 2)))
    }

    /// The lower-case letter by itself, as Python's `str.lower` of one character, but for U+0130, whose two
    /// characters (i, U+0307) the caller makes.
    package static func lower(_ code: UInt32) -> UInt32 {
        if code < 0x80 { return code &- 0x41 < 26 ? code + 32 : code }
        let block = entry(UnicodeTables.lowerBlocks, row(code), 2)
        let place = entry(UnicodeTables.lowerClasses, block * 128 + Int(code & 127), 1)
        return UInt32(truncatingIfNeeded: Int(code) + entry(UnicodeTables.lowerDeltas, place, 3) - 300_000)
    }

    /// Whether decomposition leaves the code point alone.
    package static func isDecomposed(_ code: UInt32) -> Bool {
        code < 0x80 || record(code) == 0 && !isHangulSyllable(code)
    }

    /// Calls `visit` with the full compatibility (NFKD) or canonical (NFD) decomposition of one code point. Marks
    /// are not sorted by class: for that a whole text is needed.
    @inline(__always)
    package static func decompose(_ code: UInt32, compatibility: Bool, _ visit: (UInt32) -> Void) {
        if code < 0x80 { return visit(code) }
        if isHangulSyllable(code) {
            let index = code - 0xAC00
            visit(0x1100 + index / 588)
            visit(0x1161 + index % 588 / 28)
            if index % 28 != 0 { visit(0x11A7 + index % 28) }
            return
        }
        var offset = record(code)
        if offset == 0 { return visit(code) }
        let pool = UnicodeTables.decompositionPool
        let full = entry(pool, offset, 1)
        let canonical = entry(pool, offset + 1, 1)
        offset += 2
        var count = full
        if !compatibility && canonical != 0 {
            if canonical == 1 { return visit(code) }
            offset += 3 * full
            count = canonical - 1
        }
        for i in 0..<count { visit(UInt32(truncatingIfNeeded: digits(pool, offset + 3 * i, 3))) }
    }

    private static func isHangulSyllable(_ code: UInt32) -> Bool { code &- 0xAC00 < 11172 }

    private static func record(_ code: UInt32) -> Int {
        let block = entry(UnicodeTables.decompositionBlocks, row(code), 2)
        return entry(UnicodeTables.decompositionOffsets, block * 128 + Int(code & 127), 3)
    }

    /// The place in stage 1: code points below 32000 (hexadecimal), the row E0000, one entry for all others.
    @inline(__always)
    private static func row(_ code: UInt32) -> Int {
        if code < 0x32000 { return Int(code >> 7) }
        return code &- 0xE0000 < 0x1000 ? 0x640 + Int(code &- 0xE0000) >> 7 : 0x660
    }

    @inline(__always)
    private static func digit(_ table: StaticString, _ offset: Int) -> Int {
        let character = Int(table.utf8Start[offset])
        return character == 0x7D ? 57 : character - 35
    }

    /// Entry `index` of a table whose entries have `width` digits (1 to 3, a constant wherever this is called).
    @inline(__always)
    static func entry(_ table: StaticString, _ index: Int, _ width: Int) -> Int { digits(table, index * width, width) }

    @inline(__always)
    static func digits(_ table: StaticString, _ offset: Int, _ width: Int) -> Int {
        switch width {
        case 1: digit(table, offset)
        case 2: digit(table, offset) * 90 + digit(table, offset + 1)
        default: (digit(table, offset) * 90 + digit(table, offset + 1)) * 90 + digit(table, offset + 2)
        }
    }
}
