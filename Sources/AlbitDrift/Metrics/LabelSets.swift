/// Sets of labels against the true ones: a multi-label task.
package struct LabelSets: Sendable {
    /// Over all labels of the model; `f1_score` on indicator columns averages over these too.
    package private(set) var byClass: ClassCounts
    package private(set) var total = 0
    /// Examples whose set is exactly the true one.
    package private(set) var exact = 0

    package init(classes: Int) { byClass = ClassCounts(classes: classes) }

    /// Adds an example; labels are below `classes`, in any order, each once.
    package mutating func add(truth: [Int], predicted: [Int]) {
        let (a, b) = (Set(truth), Set(predicted))
        for label in a.union(b) {
            let (isTrue, isGuess) = (a.contains(label), b.contains(label))
            byClass.add(label, right: isTrue && isGuess ? 1 : 0, predicted: isGuess ? 1 : 0, truths: isTrue ? 1 : 0)
        }
        total += 1
        exact += a == b ? 1 : 0
    }

    /// `accuracy_score` on indicator columns: the share of examples whose set is exactly right.
    package var exactMatch: Double { total > 0 ? Double(exact) / Double(total) : 0 }
    package var microF1: Double { byClass.microF1 }
    package var macroF1: Double { byClass.macro(byClass.f1, over: Array(0..<byClass.classes)) }

    /// The labels whose score reaches the threshold: what users get.
    package static func labels(_ scores: [Float], threshold: Float) -> [Int] {
        scores.indices.filter { scores[$0] >= threshold }
    }
}
