/// Sets of labels that both models give at a threshold, with the true ones where they are known.
package struct LabelSetRecord: Sendable {
    private var truth: [[Int]] = []
    private var reference: [[Int]] = []
    private var candidate: [[Int]] = []
    private var total = 0
    private var equal = 0
    private var kinds = AnswerKinds<[Int]>()
    private let names: [String]

    /// `names` has one for each label of the model.
    package init(names: [String]) { self.names = names }

    /// Sets in ascending order, each label once and below the number of labels.
    package mutating func add(truth: [Int]?, reference a: [Int], candidate b: [Int]) {
        total += 1
        equal += a == b ? 1 : 0
        kinds.add(a, b)
        guard let truth else { return }
        self.truth.append(truth.sorted())
        reference.append(a)
        candidate.append(b)
    }

    package var figures: HeadFigures {
        var figures = HeadFigures(agreement: HeadFigures.agreement(equal, of: total, unit: "label set"))
        figures.answerKinds = kinds.counts("text")
        figures.labelled = truth.count
        guard !truth.isEmpty else {
            figures.noMetric = HeadFigures.noTruth()
            return figures
        }
        var sets = [LabelSets(classes: names.count), LabelSets(classes: names.count)]
        for index in truth.indices {
            sets[0].add(truth: truth[index], predicted: reference[index])
            sets[1].add(truth: truth[index], predicted: candidate[index])
        }
        let paired = PairedCounts(
            reference: zip(truth, reference).map { LabelSetRecord.counts($0, $1) },
            candidate: zip(truth, candidate).map { LabelSetRecord.counts($0, $1) },
            names: names, unit: "micro", hasMacro: true)
        figures.metrics = Array(HeadFigures.metrics(paired).prefix(4))
        figures.metrics.insert(
            HeadFigures.share(
                "exact match", reference: zip(truth, reference).map { $0 == $1 },
                candidate: zip(truth, candidate).map { $0 == $1 }), at: 2)
        figures.classes = HeadFigures.classes(sets[0].byClass, sets[1].byClass, names: names, Array(names.indices))
        return figures
    }

    private static func counts(_ truth: [Int], _ found: [Int]) -> [PairedCounts.Count] {
        let (a, b) = (Set(truth), Set(found))
        return a.union(b).sorted().map {
            PairedCounts.Count(
                index: $0, right: a.contains($0) && b.contains($0) ? 1 : 0, predicted: b.contains($0) ? 1 : 0,
                truths: a.contains($0) ? 1 : 0)
        }
    }
}
