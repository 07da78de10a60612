/// Counts of predicted against true classes, and the figures that scikit-learn makes of them.
package struct ConfusionMatrix: Sendable {
    package let classes: Int
    /// [true][predicted]
    package private(set) var counts: [Int]

    package init(classes: Int) {
        self.classes = classes
        counts = [Int](repeating: 0, count: classes * classes)
    }

    package mutating func add(truth: Int, predicted: Int) { counts[truth * classes + predicted] += 1 }

    package var total: Int { counts.reduce(0, +) }

    /// `accuracy_score`.
    package var accuracy: Double {
        guard total > 0 else { return 0 }
        return Double((0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] }) / Double(total)
    }

    /// `f1_score` of one class; 0 where it neither occurs nor is predicted.
    package func f1(of index: Int) -> Double {
        let hits = counts[index * classes + index]
        let truths = (0..<classes).reduce(0) { $0 + counts[index * classes + $1] }
        let guesses = (0..<classes).reduce(0) { $0 + counts[$1 * classes + index] }
        return truths + guesses == 0 ? 0 : 2 * Double(hits) / Double(truths + guesses)
    }

    /// `f1_score(average="macro")` over the classes that occur or are predicted.
    package var macroF1: Double {
        let present = (0..<classes).filter { index in
            (0..<classes).contains { counts[index * classes + $0] > 0 || counts[$0 * classes + index] > 0 }
        }
        return present.isEmpty ? 0 : present.reduce(0) { $0 + f1(of: $1) } / Double(present.count)
    }

    /// `f1_score(average="micro")`: with one label an example, that is the accuracy.
    package var microF1: Double { accuracy }

    /// `matthews_corrcoef`, also for more than two classes (Gorodkin, 2004).
    package var matthews: Double {
        let n = Double(total)
        let correct = Double((0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] })
        var (products, truthSquares, guessSquares) = (0.0, 0.0, 0.0)
        for index in 0..<classes {
            let truths = Double((0..<classes).reduce(0) { $0 + counts[index * classes + $1] })
            let guesses = Double((0..<classes).reduce(0) { $0 + counts[$1 * classes + index] })
            products += truths * guesses
            truthSquares += truths * truths
            guessSquares += guesses * guesses
        }
        let scale = ((n * n - guessSquares) * (n * n - truthSquares)).squareRoot()
        return scale == 0 ? 0 : (correct * n - products) / scale
    }
}
