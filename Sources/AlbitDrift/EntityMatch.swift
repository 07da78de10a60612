/// Entities of tag sequences as seqeval 1.2 finds them in its default mode: IOB1, IOB2 and BIOES, also mixed.
package struct EntityMatch: Sendable {
    private struct Entity: Hashable {
        let type: Substring
        let first: Int
        let last: Int
    }

    package private(set) var correct = 0
    package private(set) var expected = 0
    package private(set) var predicted = 0

    package init() {}

    /// Adds one sentence: the true tags and the predicted ones, as many.
    package mutating func add(truth: [String], predicted tags: [String]) {
        let (a, b) = (EntityMatch.entities(truth), EntityMatch.entities(tags))
        expected += a.count
        predicted += b.count
        correct += a.intersection(b).count
    }

    /// `seqeval.metrics.f1_score`: micro average over entities, 0 where there are none.
    package var f1: Double { expected + predicted == 0 ? 0 : 2 * Double(correct) / Double(expected + predicted) }
    /// `precision_score`.
    package var precision: Double { predicted == 0 ? 0 : Double(correct) / Double(predicted) }
    /// `recall_score`.
    package var recall: Double { expected == 0 ? 0 : Double(correct) / Double(expected) }

    private static func entities(_ tags: [String]) -> Set<Entity> {
        var result = Set<Entity>()
        var (before, beforeType): (Character, Substring) = ("O", "")
        var first = 0
        for position in 0...tags.count {
            let tag = position < tags.count ? tags[position] : "O"
            let kind = tag.first ?? "O"
            var type = tag.dropFirst()
            if let dash = type.firstIndex(of: "-") { type = type[type.index(after: dash)...] }
            if type.isEmpty { type = "_" }
            let outside = kind == "O" || kind == "."
            let wasOutside = before == "O" || before == "."
            let ended = before == "E" || before == "S" || !wasOutside && beforeType != type
                || (before == "B" || before == "I") && (kind == "B" || kind == "S" || kind == "O")
            if ended, !wasOutside { result.insert(Entity(type: beforeType, first: first, last: position - 1)) }
            let fresh = before == "E" || before == "S" || before == "O"
            if kind == "B" || kind == "S" || fresh && (kind == "E" || kind == "I") || !outside && beforeType != type { first = position }
            (before, beforeType) = (kind, type)
        }
        return result
    }
}
