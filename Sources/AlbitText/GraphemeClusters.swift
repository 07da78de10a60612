/// Extended grapheme clusters as the `tokenizers` library cuts them.
///
/// Source: Unicode Standard Annex 29, rules GB3 to GB999, of Unicode 17.
package enum GraphemeClusters {
    /// The property Grapheme_Cluster_Break, with the numbers of Scripts/make-library-tables.py.
    enum Category: UInt8 {
        case any, carriageReturn, lineFeed, control, extend, joiner, spacingMark, prepend, consonant, l, v, t, lv, lvt,
            regional, pictographic
    }

    /// The end of the cluster that begins at `start`; bytes that are not UTF-8 are clusters of their own.
    package static func end(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
        // Two ASCII characters in a row are two clusters, but for a line end.
        if text[start] < 0x80, start + 1 == text.count || text[start + 1] < 0x80 && text[start] != 0x0D {
            return start + 1
        }
        guard let first = UTF8Bytes.decode(text, at: start) else { return start + 1 }
        var position = start + first.count
        var before = category(first.code)
        var state = State()
        state.pass(first.code, before)
        while position < text.count, let next = UTF8Bytes.decode(text, at: position) {
            let after = category(next.code)
            if isBoundary(before, after, state) { return position }
            state.pass(next.code, after)
            before = after
            position += next.count
        }
        return position
    }

    /// What the rules ask of the characters before the last one.
    private struct State {
        /// GB9c: a consonant, then only linkers and extending characters; and whether a linker was among them.
        var followsConsonant = false
        var hasLinker = false
        /// GB11: a pictograph, then only extending characters; `isJoined` says that a joiner came last.
        var followsPictograph = false
        var isJoined = false
        /// GB12 and GB13: regional indicators in a row.
        var indicators = 0

        mutating func pass(_ code: UInt32, _ category: Category) {
            if category == .consonant {
                (followsConsonant, hasLinker) = (true, false)
            } else if followsConsonant {
                let flags = LibraryProperties.flags(code)
                if flags.hasAny(.conjunctLinker) {
                    hasLinker = true
                } else if !flags.hasAny(.conjunctExtend) {
                    followsConsonant = false
                }
            }
            isJoined = followsPictograph && category == .joiner
            followsPictograph = category == .pictographic || followsPictograph && category == .extend
            indicators = category == .regional ? indicators + 1 : 0
        }
    }

    private static func isBoundary(_ before: Category, _ after: Category, _ state: State) -> Bool {
        if before == .carriageReturn, after == .lineFeed { return false }
        if before == .control || before == .carriageReturn || before == .lineFeed { return true }
        switch after {
        case .control, .carriageReturn, .lineFeed: return true
        case .extend, .joiner, .spacingMark: return false
        default: break
        }
        switch (before, after) {
        case (.l, .l), (.l, .v), (.l, .lv), (.l, .lvt), (.lv, .v), (.lv, .t), (.v, .v), (.v, .t), (.lvt, .t), (.t, .t):
            return false
        case (.prepend, _): return false
        case (_, .consonant): return !(state.followsConsonant && state.hasLinker)
        case (.joiner, .pictographic): return !state.isJoined
        case (.regional, .regional): return state.indicators % 2 == 0
        default: return true
        }
    }

    private static func category(_ code: UInt32) -> Category {
        if code < 0x7F, code >= 0x20 { return .any }
        return Category(rawValue: LibraryProperties.clusterBreak(code)) ?? .any
    }
}
