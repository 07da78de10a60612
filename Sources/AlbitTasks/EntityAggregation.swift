/// How labels of tokens become entities. All but `word` do exactly what transformers' `aggregation_strategy` of the
/// same name does in `TokenClassificationPipeline`.
package enum EntityAggregation: String, Sendable, Equatable, CaseIterable {
    /// `first`, and punctuation at the ends of an entity is left out of it.
    case word
    /// A word has the label of its first token.
    case first
    /// A word has the label with the highest mean score over its tokens.
    case average
    /// A word has the label of its token with the highest score.
    case max
    /// Every token has its own label; neighbours with the same label are joined, words may be cut.
    case simple
    /// Every token with its own label, nothing is joined.
    case none

    /// Whether tokens are joined to words before labels are read.
    var joinsWords: Bool { self != .simple && self != .none }
}

/// A part of a text with a label.
package struct Entity: Sendable, Equatable {
    package let label: String
    /// UTF-8 bytes of the text.
    package let range: Range<Int>
    /// Mean over its words (or tokens), 0...1.
    package let score: Float

    package init(label: String, range: Range<Int>, score: Float) {
        self.label = label
        self.range = range
        self.score = score
    }
}

/// What a label says beside its name: `B-PER` begins a person, `I-PER` goes on.
struct EntityTag: Equatable {
    let name: String
    let begins: Bool
    let ends: Bool

    /// - Parameter hasEnds: the label set marks ends too (BIOES, BILOU): `E-` and `L-` end, `S-` and `U-` do both.
    ///   transformers does not know these; in its schemes anything without `B-` goes on.
    init(_ label: String, hasEnds: Bool) {
        let bytes = Array(label.utf8)
        guard bytes.count >= 2, bytes[1] == UInt8(ascii: "-") else {
            (name, begins, ends) = (label, false, false)
            return
        }
        let rest = String(decoding: bytes[2...], as: UTF8.self)
        switch bytes[0] {
        case UInt8(ascii: "B"): (name, begins, ends) = (rest, true, false)
        case UInt8(ascii: "I"): (name, begins, ends) = (rest, false, false)
        case UInt8(ascii: "E") where hasEnds, UInt8(ascii: "L") where hasEnds:
            (name, begins, ends) = (rest, false, true)
        case UInt8(ascii: "S") where hasEnds, UInt8(ascii: "U") where hasEnds: (name, begins, ends) = (rest, true, true)
        default: (name, begins, ends) = (label, false, false)
        }
    }

    /// Whether a label set holds both `B-` or `I-` and one of the prefixes that mark ends.
    static func hasEnds(_ labels: [String]) -> Bool {
        func has(_ prefixes: [String]) -> Bool {
            labels.contains { label in prefixes.contains { label.hasPrefix($0) } }
        }
        return has(["B-", "I-"]) && has(["S-", "E-", "L-", "U-"])
    }
}
