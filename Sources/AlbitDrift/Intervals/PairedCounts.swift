/// Counts of classes in each example: label sets, or entities by type. Micro F1, macro F1, precision, recall, F1 of
/// each class.
package struct PairedCounts: PairedAnswers {
    /// What an example adds to one class.
    package struct Count: Sendable, Hashable {
        let index: Int
        let right: Int
        let predicted: Int
        let truths: Int

        package init(index: Int, right: Int, predicted: Int, truths: Int) {
            (self.index, self.right, self.predicted, self.truths) = (index, right, predicted, truths)
        }
    }
    private struct Cell: Hashable { let reference, candidate: [Count] }

    package let cells: [Int32]
    package var cellCount: Int { kinds.count }
    package private(set) var metrics: [PairedMetric] = []
    private let kinds: [Cell]
    private let classes: Int

    /// Counts of each example under each model; `names` has one for each class. `unit` stands before F1, precision,
    /// recall: "entity", "micro". Macro F1 is that over all classes, where `hasMacro`.
    package init(reference: [[Count]], candidate: [[Count]], names: [String], unit: String, hasMacro: Bool) {
        classes = names.count
        var places: [Cell: Int32] = [:]
        var kinds: [Cell] = []
        cells = reference.indices.map { index in
            let cell = Cell(reference: reference[index], candidate: candidate[index])
            if let place = places[cell] { return place }
            places[cell] = Int32(kinds.count)
            kinds.append(cell)
            return Int32(kinds.count - 1)
        }
        self.kinds = kinds
        let flips = flipEffects(weights)
        let all = [unit + " F1", "macro F1", "precision", "recall"] + names.map { "F1 of " + $0 }
        metrics = zip(all, flips).filter { hasMacro || $0.0 != "macro F1" }.map {
            PairedMetric(name: $0, count: $1.count, flip: $1.flip)
        }
        self.hasMacro = hasMacro
    }

    private var hasMacro = true

    package func evaluate(_ weights: [Double], into values: inout [Double]) {
        var a = ClassCounts(classes: classes)
        var b = a
        for (cell, weight) in zip(kinds, weights) where weight > 0 {
            for it in cell.reference { add(it, to: &a, weight) }
            for it in cell.candidate { add(it, to: &b, weight) }
        }
        var place = 0
        for counts in [a, b] {
            for (index, value) in figures(counts).enumerated() where hasMacro || index != 1 {
                values[place] = value
                place += 1
            }
        }
    }

    private func add(_ it: Count, to counts: inout ClassCounts, _ weight: Double) {
        counts.add(
            it.index, right: weight * Double(it.right), predicted: weight * Double(it.predicted),
            truths: weight * Double(it.truths))
    }

    private func figures(_ counts: ClassCounts) -> [Double] {
        [counts.microF1, counts.macro(counts.f1, over: Array(0..<classes)), counts.microPrecision, counts.microRecall]
            + (0..<classes).map { counts.f1(of: $0) }
    }

    /// Of the reference's answers, one that is right becomes wrong, of each class in proportion to its truths. F1 of a
    /// class is about its own truths.
    private func flipEffects(_ weights: [Double]) -> [(count: Double, flip: Double)] {
        var counts = ClassCounts(classes: classes)
        for (cell, weight) in zip(kinds, weights) { for it in cell.reference { add(it, to: &counts, weight) } }
        let (total, truths) = (weights.reduce(0, +), counts.truths.reduce(0, +))
        let before = figures(counts)
        var squares = before.map { _ in 0.0 }
        for index in 0..<classes where counts.truths[index] > 0 {
            var flipped = counts
            flipped.add(index, right: counts.right[index] >= 1 ? -1 : 1, predicted: 0, truths: 0)
            for (place, value) in figures(flipped).enumerated() {
                let moved = 100 * (value - before[place])
                let share = place < 4 ? counts.truths[index] / truths : place - 4 == index ? 1 : 0
                squares[place] += share * moved * moved
            }
        }
        return squares.enumerated().map { place, square in
            let count = place < 4 ? total : counts.truths[place - 4]
            return (count, truths > 0 ? count * square.squareRoot() : 100)
        }
    }
}
