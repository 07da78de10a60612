/// Tags that both models give to the words of sentences, with the true ones where they are known.
package struct TagRecord: Sendable {
    private var truth: [[String]] = []
    private var reference: [[String]] = []
    private var candidate: [[String]] = []
    private var total = 0
    private var equal = 0
    private var kinds = AnswerKinds<String>()
    private let scheme: TagScheme?
    /// Tags of parts of speech and the like, which spell no entities.
    private let areEntities: Bool

    /// `labels`: the tags that the model knows.
    package init(labels: [String]) {
        let tags = labels.filter { $0 != "O" }
        areEntities = !tags.isEmpty && tags.allSatisfy(TagRecord.isEntityTag)
        // seqeval's default mode knows no L and U; its strict mode does.
        scheme = areEntities && tags.contains { $0.hasPrefix("U-") || $0.hasPrefix("L-") } ? .bilou : nil
    }

    /// "B-PER", "I", not "NN".
    static func isEntityTag(_ tag: String) -> Bool {
        let bytes = Array(tag.utf8)
        guard let first = bytes.first, "BIESUL".utf8.contains(first) else { return false }
        return bytes.count == 1 || bytes[1] == UInt8(ascii: "-") && bytes.count > 2
    }

    /// As many tags each.
    package mutating func add(truth: [String]?, reference a: [String], candidate b: [String]) {
        total += 1
        equal += isSame(a, b) ? 1 : 0
        for (x, y) in zip(a, b) { kinds.add(x, y) }
        guard let truth else { return }
        self.truth.append(truth)
        reference.append(a)
        candidate.append(b)
    }

    /// All entities of a text are the same; of tags that spell none, all tags.
    package func isSame(_ a: [String], _ b: [String]) -> Bool {
        areEntities
            ? EntityMatch.entities(a, scheme) == EntityMatch.entities(b, scheme)
            : zip(a, b).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    package var figures: HeadFigures {
        var figures = HeadFigures(agreement: HeadFigures.agreement(equal, of: total, unit: "text"))
        figures.answerKinds = kinds.counts("word")
        figures.labelled = truth.count
        guard truth.contains(where: { !$0.isEmpty }) else {
            figures.noMetric = HeadFigures.noTruth("tag")
            return figures
        }
        func right(_ found: [[String]]) -> [Double] {
            zip(truth, found).map { Double(zip($0, $1).count { $0.utf8.elementsEqual($1.utf8) }) }
        }
        let accuracy = HeadFigures.metrics(
            PairedMeans([
                PairedMeans.Series(
                    name: "tag accuracy", reference: right(reference), candidate: right(candidate),
                    sizes: truth.map { Double($0.count) })
            ]))
        guard areEntities else {
            figures.metrics = accuracy
            return figures
        }
        var (a, b) = (EntityMatch(scheme: scheme), EntityMatch(scheme: scheme))
        // Both matches number types alike: every sentence goes into one that knows them all first.
        var all = EntityMatch(scheme: scheme)
        for index in truth.indices {
            all.add(truth: truth[index], predicted: reference[index])
            all.add(truth: truth[index], predicted: candidate[index])
        }
        for type in all.types { _ = (a.know(type), b.know(type)) }
        var counts: ([[PairedCounts.Count]], [[PairedCounts.Count]]) = ([], [])
        for index in truth.indices {
            counts.0.append(TagRecord.counts(a.add(truth: truth[index], predicted: reference[index])))
            counts.1.append(TagRecord.counts(b.add(truth: truth[index], predicted: candidate[index])))
        }
        let names = all.types.map { String(decoding: $0, as: UTF8.self) }
        let entities = HeadFigures.metrics(
            PairedCounts(reference: counts.0, candidate: counts.1, names: names, unit: "entity", hasMacro: false))
        figures.metrics = entities.prefix(3) + accuracy
        figures.classes = HeadFigures.classes(
            a.counts, b.counts, names: names, names.indices.sorted { names[$0] < names[$1] })
        return figures
    }

    private static func counts(_ added: [(type: Int, right: Int, predicted: Int, truths: Int)]) -> [PairedCounts.Count]
    {
        added.map { PairedCounts.Count(index: $0.type, right: $0.right, predicted: $0.predicted, truths: $0.truths) }
    }
}
