/// What the `tokenizers` library knows of a code point, which is not what any one version of Unicode says
/// (Scripts/make-library-tables.py).
package struct LibraryFlags: OptionSet, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A word character: `\w` of Rust's regular expressions.
    package static let word = LibraryFlags(rawValue: 1)
    /// Rust's `char::is_whitespace`.
    package static let space = LibraryFlags(rawValue: 2)
    /// Rust's `char::is_numeric`.
    package static let number = LibraryFlags(rawValue: 4)
    /// ASCII punctuation and the general category P.
    package static let punctuation = LibraryFlags(rawValue: 8)
    /// Dropped by BERT's cleaning of text: U+0000, U+FFFD, control, format and private use but tab and line ends.
    package static let other = LibraryFlags(rawValue: 16)
    /// General category Mn.
    package static let nonspacingMark = LibraryFlags(rawValue: 32)
    /// General category M.
    package static let mark = LibraryFlags(rawValue: 64)
    /// `\d` of Oniguruma, the library's regular expressions.
    package static let decimal = LibraryFlags(rawValue: 128)
    /// The property Indic_Conjunct_Break is Extend.
    package static let conjunctExtend = LibraryFlags(rawValue: 256)
    /// The property Indic_Conjunct_Break is Linker.
    package static let conjunctLinker = LibraryFlags(rawValue: 512)

    /// A combining class other than zero, but not category Mn as the library has it.
    package static let sortedMark = LibraryFlags(rawValue: 1024)

    /// Whether any of the other flags is set.
    @inline(__always)
    package func hasAny(_ other: LibraryFlags) -> Bool { rawValue & other.rawValue != 0 }
}

/// Unicode as the `tokenizers` library has it.
package enum LibraryProperties {
    package static func flags(_ code: UInt32) -> LibraryFlags {
        let slot = slot(LibraryTables.flagGroups, LibraryTables.flagBlocks, code)
        let place = UnicodeProperties.entry(LibraryTables.flagClasses, slot, 1)
        return LibraryFlags(
            rawValue: UInt16(truncatingIfNeeded: UnicodeProperties.entry(LibraryTables.flagValues, place, 2)))
    }

    /// The canonical combining class.
    package static func combiningClass(_ code: UInt32) -> UInt8 {
        code < 0x300 ? 0 : UInt8(truncatingIfNeeded: cluster(code) >> 4)
    }

    /// The number of the property Grapheme_Cluster_Break, as `GraphemeClusters.Category` has them.
    static func clusterBreak(_ code: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: cluster(code) & 15) }

    private static func cluster(_ code: UInt32) -> Int {
        let slot = slot(LibraryTables.clusterGroups, LibraryTables.clusterBlocks, code)
        let place = UnicodeProperties.entry(LibraryTables.clusterClasses, slot, 1)
        return UnicodeProperties.entry(LibraryTables.clusterValues, place, 2)
    }

    /// Rust's `char::to_lowercase`, but for U+0130, whose two characters (i, U+0307) the caller makes.
    package static func lower(_ code: UInt32) -> UInt32 {
        let lower = UnicodeProperties.lower(code)
        guard lower == code, code >= 0x1C89 else { return lower }
        let place = search(LibraryTables.lowers, LibraryTables.counts.lowers, 2, code)
        return place < 0 ? code : value(LibraryTables.lowers, 2 * place + 1)
    }

    /// The full decomposition of one code point, NFKD or NFD.
    package static func decomposition(_ code: UInt32, compatibility: Bool) -> Decomposition {
        if code < 0x80 || isNotDecomposed(code) { return Decomposition(code) }
        return UnicodeProperties.decomposition(code, compatibility: compatibility)
    }

    private static func isNotDecomposed(_ code: UInt32) -> Bool {
        code >= 0x32FF && search(LibraryTables.notDecomposed, LibraryTables.counts.notDecomposed, 1, code) >= 0
    }

    /// What two code points compose to; nil where they do not.
    package static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first &- 0x1100 < 19, second &- 0x1161 < 21 {
            return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
        }
        if first &- 0xAC00 < 11172, (first - 0xAC00) % 28 == 0, second &- 0x11A8 < 27 { return first + second - 0x11A7 }
        var place = search(LibraryTables.compositions, LibraryTables.counts.compositions, 3, first)
        guard place >= 0 else { return nil }
        while place < LibraryTables.counts.compositions, value(LibraryTables.compositions, 3 * place) == first {
            if value(LibraryTables.compositions, 3 * place + 1) == second {
                return value(LibraryTables.compositions, 3 * place + 2)
            }
            place += 1
        }
        return nil
    }

    /// Whether `\w` of Oniguruma matches.
    package static func isRegexWord(_ code: UInt32) -> Bool {
        let isWord = flags(code).hasAny(.word)
        return search(LibraryTables.regexExceptions, LibraryTables.counts.regexExceptions, 1, code) >= 0
            ? !isWord : isWord
    }

    /// The first of `count` records of `width` code points, sorted, that begins with `code`; -1 where none does.
    private static func search(_ table: StaticString, _ count: Int, _ width: Int, _ code: UInt32) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if value(table, middle * width) < code { low = middle + 1 } else { high = middle }
        }
        return low < count && value(table, low * width) == code ? low : -1
    }

    private static func value(_ table: StaticString, _ index: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: UnicodeProperties.entry(table, index, 3))
    }

    /// The place in stage 3. Rows are those below 34000 (hexadecimal), those of E0000 to E1000, one for the private
    /// use of planes 15 and 16, one for all others.
    private static func slot(_ groups: StaticString, _ blocks: StaticString, _ code: UInt32) -> Int {
        var row = code >> 8
        if code >= 0x34000 {
            let isOther = code < 0xF0000 || code & 0xFFFF >= 0xFFFE
            row = code &- 0xE0000 < 0x1000 ? 0x340 + (code &- 0xE0000) >> 8 : isOther ? 0x351 : 0x350
        }
        return UnicodeProperties.slot(groups, blocks, row: Int(row), code)
    }
}
