import AlbitText

/// The four Unicode normalization forms, with the library's tables and origins.
///
/// Source: the crate unicode-normalization-alignments, decompose.rs and recompose.rs; Unicode Standard Annex 15.
package enum UnicodeForm: UInt8, Sendable {
    case nfc, nfd, nfkc, nfkd
    /// NFKC with the decompositions of Unicode 14, as Python has them: BertJapaneseTokenizer's.
    case nfkc14

    /// A decomposed character on its way: its class, and its relation to the original (`TextRewriter`).
    private struct Part {
        var code: UInt32
        var combiningClass: UInt8
        var change: Int
    }

    func apply(_ source: AlignedText, into target: AlignedText, start: UInt32) -> Bool {
        if source.isASCII { return false }
        let isCompatible = self == .nfkc || self == .nfkd
        if !composes,
            source.isKept({ code in
                LibraryProperties.combiningClass(code) == 0
                    && LibraryProperties.decomposition(code, compatibility: isCompatible).isItself
            })
        {
            return false
        }
        var rewriter = TextRewriter(source, into: target, start: start)
        var composer = Composer()
        // Characters since the last starter; sorted by class before they go on.
        var pending: [Part] = []
        var position = 0
        while position < source.count {
            let (code, count) = source.character(position)
            position += count
            let parts =
                self == .nfkc14
                ? UnicodeProperties.decomposition(code, compatibility: true)
                : LibraryProperties.decomposition(code, compatibility: isCompatible)
            for i in 0..<parts.count {
                let part = Part(
                    code: parts[i], combiningClass: LibraryProperties.combiningClass(parts[i]), change: i == 0 ? 0 : 1)
                if part.combiningClass == 0 { write(&pending, &composer, &rewriter) }
                pending.append(part)
            }
        }
        write(&pending, &composer, &rewriter)
        composer.finish(&rewriter)
        return true
    }

    private var composes: Bool { self != .nfd && self != .nfkd }

    private func write(_ pending: inout [Part], _ composer: inout Composer, _ rewriter: inout TextRewriter) {
        sort(&pending)
        for part in pending {
            if composes { composer.add(part, &rewriter) } else { rewriter.write(part.code, part.change) }
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// By combining class, and otherwise as it was. Texts of nothing but marks may be long: the sort is by counting.
    private func sort(_ parts: inout [Part]) {
        var isSorted = true
        for i in parts.indices.dropFirst() where parts[i - 1].combiningClass > parts[i].combiningClass {
            isSorted = false
        }
        if isSorted { return }
        var sorted: [Part] = []
        sorted.reserveCapacity(parts.count)
        for combiningClass in 0...UInt8.max {
            for part in parts where part.combiningClass == combiningClass { sorted.append(part) }
        }
        parts = sorted
    }

    /// Puts decomposed characters together again.
    private struct Composer {
        private var starter: Part?
        private var last: UInt8?
        private var waiting: [Part] = []

        mutating func add(_ part: Part, _ rewriter: inout TextRewriter) {
            guard let before = starter else {
                if part.combiningClass != 0 { rewriter.write(part.code, part.change) } else { starter = part }
                return
            }
            let isBlocked = last.map { $0 >= part.combiningClass } ?? false
            if !isBlocked, let composed = LibraryProperties.compose(before.code, part.code) {
                starter = Part(code: composed, combiningClass: 0, change: before.change + part.change - 1)
            } else if part.combiningClass == 0 {
                finish(&rewriter)
                starter = part
            } else {
                waiting.append(part)
                last = part.combiningClass
            }
        }

        mutating func finish(_ rewriter: inout TextRewriter) {
            if let starter { rewriter.write(starter.code, starter.change) }
            for part in waiting { rewriter.write(part.code, part.change) }
            waiting.removeAll(keepingCapacity: true)
            starter = nil
            last = nil
        }
    }
}
