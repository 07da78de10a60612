/// Counts of predicted against true classes of a single-label task, as `confusion_matrix` of scikit-learn lays them
/// out.
package struct ConfusionMatrix: Sendable {
    package let classes: Int
    /// [true][predicted]
    package private(set) var counts: [Int]

    package init(classes: Int) {
        self.classes = classes
        counts = [Int](repeating: 0, count: classes * classes)
    }

    package mutating func add(truth: Int, predicted: Int) { counts[truth * classes + predicted] += 1 }

    package subscript(truth: Int, predicted: Int) -> Int { counts[truth * classes + predicted] }

    package var total: Int { counts.reduce(0, +) }

    /// `accuracy_score`; 0 without examples.
    package var accuracy: Double {
        total > 0 ? Double((0..<classes).reduce(0) { $0 + self[$1, $1] }) / Double(total) : 0
    }

    /// What the figures of classes are made of.
    package var byClass: ClassCounts {
        var result = ClassCounts(classes: classes)
        for truth in 0..<classes {
            for guess in 0..<classes where self[truth, guess] > 0 {
                result.add(truth: truth, predicted: guess, weight: Double(self[truth, guess]))
            }
        }
        return result
    }

    /// Classes that are ever predicted: one of many is a collapsed head.
    package var predictedClasses: [Int] {
        (0..<classes).filter { guess in (0..<classes).contains { self[$0, guess] > 0 } }
    }
}
