/// One label an example: accuracy, macro and weighted F1, Matthews' correlation, F1 of each class.
package struct PairedLabels: PairedAnswers {
    private struct Cell: Hashable { let truth, reference, candidate: Int }

    package let cells: [Int32]
    package var cellCount: Int { kinds.count }
    package private(set) var metrics: [PairedMetric] = []
    private let kinds: [Cell]
    private let classes: Int
    /// Classes that are true or answered by any of the two.
    private let present: [Int]

    /// Labels are below `classes`; `names` of classes are for the figures.
    package init(truth: [Int], reference: [Int], candidate: [Int], classes: Int, names: [String]) {
        self.classes = classes
        var places: [Cell: Int32] = [:]
        var kinds: [Cell] = []
        cells = truth.indices.map { index in
            let cell = Cell(truth: truth[index], reference: reference[index], candidate: candidate[index])
            if let place = places[cell] { return place }
            places[cell] = Int32(kinds.count)
            kinds.append(cell)
            return Int32(kinds.count - 1)
        }
        self.kinds = kinds
        present = Set(kinds.flatMap { [$0.truth, $0.reference, $0.candidate] }).sorted()
        let flips = flipEffects(weights)
        let names =
            ["accuracy", "macro F1", "weighted F1", "Matthews"]
            + present.map { "F1 of " + ($0 < names.count ? names[$0] : String($0)) }
        metrics = zip(names, flips).map { PairedMetric(name: $0, count: $1.count, flip: $1.flip) }
    }

    package func evaluate(_ weights: [Double], into values: inout [Double]) {
        var a = ClassCounts(classes: classes)
        var b = a
        for (cell, weight) in zip(kinds, weights) where weight > 0 {
            a.add(truth: cell.truth, predicted: cell.reference, weight: weight)
            b.add(truth: cell.truth, predicted: cell.candidate, weight: weight)
        }
        let (left, right) = (figures(a), figures(b))
        for (index, value) in (left + right).enumerated() { values[index] = value }
    }

    private func figures(_ counts: ClassCounts) -> [Double] {
        let total = counts.truths.reduce(0, +)
        return [
            ClassCounts.share(counts.right.reduce(0, +), total), counts.macro(counts.f1, over: counts.present),
            counts.weighted(counts.f1), counts.matthews,
        ] + present.map { counts.f1(of: $0) }
    }

    /// Each kind of answer of the reference is exchanged for the next class that occurs. F1 of a class is about its own
    /// examples.
    private func flipEffects(_ weights: [Double]) -> [(count: Double, flip: Double)] {
        var counts = ClassCounts(classes: classes)
        for (cell, weight) in zip(kinds, weights) {
            counts.add(truth: cell.truth, predicted: cell.reference, weight: weight)
        }
        let total = weights.reduce(0, +)
        let before = figures(counts)
        var squares = before.map { _ in 0.0 }
        for (cell, weight) in zip(kinds, weights) {
            let next =
                present.count > 1
                ? present[(present.firstIndex(of: cell.reference).map { $0 + 1 } ?? 0) % present.count]
                : (cell.reference + 1) % max(1, classes)
            var flipped = counts
            flipped.add(truth: cell.truth, predicted: cell.reference, weight: -1)
            flipped.add(truth: cell.truth, predicted: next, weight: 1)
            for (index, value) in figures(flipped).enumerated() {
                let isOwn = index < 4 || cell.truth == present[index - 4]
                let moved = 100 * (value - before[index])
                squares[index] += isOwn ? weight * moved * moved : 0
            }
        }
        return squares.enumerated().map { index, square in
            let count = index < 4 ? total : counts.truths[present[index - 4]]
            return (count, count > 0 ? (count * square).squareRoot() : 100)
        }
    }
}
