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

/// The code points that one code point decomposes to.
package struct Decomposition {
    private let code: UInt32
    package let count: Int
    /// The place in the table of decompositions, 0 for the code point itself, -1 for a Hangul syllable.
    private let place: Int

    init(_ code: UInt32) { self.init(code, count: 1, place: 0) }

    init(_ code: UInt32, count: Int, place: Int) {
        self.code = code
        self.count = count
        self.place = place
    }

    /// Whether that is nothing but the code point.
    package var isItself: Bool { place == 0 }

    package subscript(_ i: Int) -> UInt32 {
        if place == 0 { return code }
        if place > 0 {
            return UInt32(
                truncatingIfNeeded: UnicodeProperties.digits(UnicodeTables.decompositionPool, place + 3 * i, 3))
        }
        let index = code - 0xAC00
        return i == 0 ? 0x1100 + index / 588 : i == 1 ? 0x1161 + index % 588 / 28 : 0x11A7 + index % 28
    }
}

package enum UnicodeProperties {
    package static func flags(_ code: UInt32) -> UnicodeFlags {
        let place = entry(UnicodeTables.flagClasses, slot(UnicodeTables.flagGroups, UnicodeTables.flagBlocks, code), 1)
        return UnicodeFlags(rawValue: UInt16(truncatingIfNeeded: entry(UnicodeTables.flagBits, place, 2)))
    }

    /// The lower-case letter by itself, as Python's `str.lower` of one character, but for U+0130, whose two
    /// characters (i, U+0307) the caller makes.
    package static func lower(_ code: UInt32) -> UInt32 {
        if code < 0x80 { return code &- 0x41 < 26 ? code + 32 : code }
        let slot = slot(UnicodeTables.lowerGroups, UnicodeTables.lowerBlocks, code)
        let place = entry(UnicodeTables.lowerClasses, slot, 1)
        return UInt32(truncatingIfNeeded: Int(code) + entry(UnicodeTables.lowerDeltas, place, 3) - 300_000)
    }

    /// The full compatibility (NFKD) or canonical (NFD) decomposition of one code point. Marks are not sorted by
    /// class: for that a whole text is needed.
    package static func decomposition(_ code: UInt32, compatibility: Bool) -> Decomposition {
        if code < 0x80 { return Decomposition(code) }
        if isHangulSyllable(code) { return Decomposition(code, count: (code - 0xAC00) % 28 == 0 ? 2 : 3, place: -1) }
        let record = record(code)
        if record == 0 { return Decomposition(code) }
        let full = entry(UnicodeTables.decompositionPool, record, 1)
        let canonical = entry(UnicodeTables.decompositionPool, record + 1, 1)
        guard !compatibility && canonical != 0 else { return Decomposition(code, count: full, place: record + 2) }
        return canonical == 1
            ? Decomposition(code) : Decomposition(code, count: canonical - 1, place: record + 2 + 3 * full)
    }

    private static func isHangulSyllable(_ code: UInt32) -> Bool { code &- 0xAC00 < 11172 }

    private static func record(_ code: UInt32) -> Int {
        let slot = slot(UnicodeTables.decompositionGroups, UnicodeTables.decompositionBlocks, code)
        return entry(UnicodeTables.decompositionOffsets, slot, 3)
    }

    /// The place in stage 3 of a code point whose row of stage 1 is given: 16 blocks of 16 code points are a group.
    @inline(__always)
    static func slot(_ groups: StaticString, _ blocks: StaticString, row: Int, _ code: UInt32) -> Int {
        let group = entry(groups, row, 2)
        return entry(blocks, group * 16 + Int(code >> 4 & 15), 2) * 16 + Int(code & 15)
    }

    /// Rows are those below 32000 (hexadecimal), those of E0000 to E1000, one for all others.
    private static func slot(_ groups: StaticString, _ blocks: StaticString, _ code: UInt32) -> Int {
        let row = code < 0x32000 ? code >> 8 : code &- 0xE0000 < 0x1000 ? 0x320 + (code &- 0xE0000) >> 8 : 0x330
        return slot(groups, blocks, row: Int(row), code)
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
