/// One entity of a sentence: its type and its first and last word.
package struct TaggedEntity: Hashable, Sendable {
    /// UTF-8: two spellings of a letter are two types, as in Python.
    package let type: [UInt8]
    package let first: Int
    package let last: Int
}

/// Entities of tag sequences as seqeval 1.2 finds and counts them: in its default mode, which reads IOB1, IOB2, IOE and
/// IOBES, also mixed, or in strict mode by one scheme.
package struct EntityMatch: Sendable {
    /// Counts of each type, in the order in which types were met.
    package private(set) var types: [[UInt8]] = []
    private var byType: [(right: Int, predicted: Int, truths: Int)] = []
    private var places: [[UInt8]: Int] = [:]
    private let scheme: TagScheme?

    /// Strict by a scheme, seqeval's default mode without.
    package init(scheme: TagScheme? = nil) { self.scheme = scheme }

    /// Adds one sentence: the true tags and the predicted ones, as many. Returns what it adds for each type that
    /// occurs.
    @discardableResult
    package mutating func add(
        truth: [String], predicted tags: [String]
    ) -> [(type: Int, right: Int, predicted: Int, truths: Int)] {
        let a = Set(EntityMatch.entities(truth, scheme))
        let b = Set(EntityMatch.entities(tags, scheme))
        var added: [Int: (right: Int, predicted: Int, truths: Int)] = [:]
        for entity in a { added[place(entity.type), default: (0, 0, 0)].truths += 1 }
        for entity in b { added[place(entity.type), default: (0, 0, 0)].predicted += 1 }
        for entity in a.intersection(b) { added[place(entity.type), default: (0, 0, 0)].right += 1 }
        for (type, counts) in added {
            byType[type].right += counts.right
            byType[type].predicted += counts.predicted
            byType[type].truths += counts.truths
        }
        return added.sorted { $0.key < $1.key }.map { ($0.key, $0.value.right, $0.value.predicted, $0.value.truths) }
    }

    /// The number of a type, which it keeps.
    package mutating func know(_ type: [UInt8]) -> Int { place(type) }

    private mutating func place(_ type: [UInt8]) -> Int {
        if let place = places[type] { return place }
        places[type] = types.count
        types.append(type)
        byType.append((0, 0, 0))
        return types.count - 1
    }

    package var counts: ClassCounts {
        var result = ClassCounts(classes: types.count)
        for (type, it) in byType.enumerated() {
            result.add(type, right: Double(it.right), predicted: Double(it.predicted), truths: Double(it.truths))
        }
        return result
    }

    package var correct: Int { byType.reduce(0) { $0 + $1.right } }
    package var expected: Int { byType.reduce(0) { $0 + $1.truths } }
    package var predicted: Int { byType.reduce(0) { $0 + $1.predicted } }

    /// `seqeval.metrics.f1_score`: micro average over entities, 0 where there are none.
    package var f1: Double { counts.microF1 }
    /// `precision_score`.
    package var precision: Double { counts.microPrecision }
    /// `recall_score`.
    package var recall: Double { counts.microRecall }

    /// The entities of one sentence, in order.
    package static func entities(_ tags: [String], _ scheme: TagScheme? = nil) -> [TaggedEntity] {
        if let scheme { return StrictTags(tags, scheme).entities }
        var result: [TaggedEntity] = []
        var (before, beforeType): (Unicode.Scalar, [UInt8]) = ("O", [])
        var first = 0
        for position in 0...tags.count {
            let (kind, type) = position < tags.count ? split(tags[position]) : ("O", Array("_".utf8))
            let outside = kind == "O" || kind == "."
            let wasOutside = before == "O" || before == "."
            let ended =
                before == "E" || before == "S" || !wasOutside && beforeType != type
                || (before == "B" || before == "I") && (kind == "B" || kind == "S" || kind == "O")
            if ended, !wasOutside { result.append(TaggedEntity(type: beforeType, first: first, last: position - 1)) }
            let fresh = before == "E" || before == "S" || before == "O"
            if kind == "B" || kind == "S" || fresh && (kind == "E" || kind == "I") || !outside && beforeType != type {
                first = position
            }
            (before, beforeType) = (kind, type)
        }
        return result
    }

    /// The first letter, and the type behind the first hyphen: "_" where there is none.
    private static func split(_ tag: String) -> (Unicode.Scalar, [UInt8]) {
        let kind = tag.unicodeScalars.first ?? "O"
        var rest = Array(String(tag.unicodeScalars.dropFirst()).utf8)
        if let dash = rest.firstIndex(of: UInt8(ascii: "-")) { rest.removeFirst(dash + 1) }
        return (kind, rest.isEmpty ? Array("_".utf8) : rest)
    }
}
