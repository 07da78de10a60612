/// For each class how often it is right, predicted and true: what precision, recall and F1 are made of, of labels,
/// of label sets and of entities alike. Counts may be weights.
package struct ClassCounts: Sendable, Equatable {
    package private(set) var right: [Double]
    package private(set) var predicted: [Double]
    package private(set) var truths: [Double]

    package init(classes: Int) {
        right = [Double](repeating: 0, count: classes)
        predicted = right
        truths = right
    }

    package var classes: Int { right.count }

    /// Adds counts to one class.
    package mutating func add(_ index: Int, right: Double, predicted: Double, truths: Double) {
        self.right[index] += right
        self.predicted[index] += predicted
        self.truths[index] += truths
    }

    /// Adds one example of a single-label task.
    package mutating func add(truth: Int, predicted guess: Int, weight: Double = 1) {
        truths[truth] += weight
        predicted[guess] += weight
        if truth == guess { right[truth] += weight }
    }

    /// Adds what another count holds.
    package mutating func add(_ other: ClassCounts, weight: Double = 1) {
        for index in right.indices {
            add(
                index, right: weight * other.right[index], predicted: weight * other.predicted[index],
                truths: weight * other.truths[index])
        }
    }

    /// `precision_score` of one class; 0 where it is never predicted.
    package func precision(of index: Int) -> Double { ClassCounts.share(right[index], predicted[index]) }

    /// `recall_score` of one class; 0 where it never occurs.
    package func recall(of index: Int) -> Double { ClassCounts.share(right[index], truths[index]) }

    /// `f1_score` of one class; 0 where it neither occurs nor is predicted.
    package func f1(of index: Int) -> Double { ClassCounts.share(2 * right[index], predicted[index] + truths[index]) }

    /// Classes that occur or are predicted: those that scikit-learn averages over when no labels are named.
    package var present: [Int] { right.indices.filter { predicted[$0] > 0 || truths[$0] > 0 } }

    /// Mean over `classes`, each counted once; 0 without any.
    package func macro(_ figure: (Int) -> Double, over classes: [Int]) -> Double {
        classes.isEmpty ? 0 : classes.reduce(0) { $0 + figure($1) } / Double(classes.count)
    }

    /// Mean over the classes, each counted as often as it is true; 0 where nothing is true.
    package func weighted(_ figure: (Int) -> Double) -> Double {
        ClassCounts.share(right.indices.reduce(0) { $0 + truths[$1] * figure($1) }, truths.reduce(0, +))
    }

    package var microPrecision: Double { ClassCounts.share(right.reduce(0, +), predicted.reduce(0, +)) }
    package var microRecall: Double { ClassCounts.share(right.reduce(0, +), truths.reduce(0, +)) }
    package var microF1: Double {
        ClassCounts.share(2 * right.reduce(0, +), predicted.reduce(0, +) + truths.reduce(0, +))
    }

    /// `matthews_corrcoef` of a single-label task, also for more than two classes (Gorodkin, 2004); 0 where truth or
    /// answer is always the same.
    package var matthews: Double {
        let n = truths.reduce(0, +)
        let correct = right.reduce(0, +)
        var (products, truthSquares, guessSquares) = (0.0, 0.0, 0.0)
        for index in right.indices {
            products += truths[index] * predicted[index]
            truthSquares += truths[index] * truths[index]
            guessSquares += predicted[index] * predicted[index]
        }
        let scale = (n * n - guessSquares).squareRoot() * (n * n - truthSquares).squareRoot()
        return scale > 0 ? (correct * n - products) / scale : 0
    }

    static func share(_ part: Double, _ whole: Double) -> Double { whole > 0 ? part / whole : 0 }
}
