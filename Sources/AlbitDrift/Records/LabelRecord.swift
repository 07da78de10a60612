/// Labels that both models give, with the true ones where they are known.
package struct LabelRecord: Sendable {
    private var truth: [Int] = []
    private var reference: [Int] = []
    private var candidate: [Int] = []
    private var total = 0
    private var equal = 0
    private var kinds = AnswerKinds<Int>()
    private let names: [String]
    private let classes: Int

    package init(classes: Int, names: [String]) {
        self.classes = classes
        self.names = names
    }

    /// Labels are below the number of classes.
    package mutating func add(truth: Int?, reference a: Int, candidate b: Int) {
        total += 1
        equal += a == b ? 1 : 0
        kinds.add(a, b)
        guard let truth else { return }
        self.truth.append(truth)
        reference.append(a)
        candidate.append(b)
    }

    package var figures: HeadFigures {
        guard classes > 1 else {
            var figures = HeadFigures(
                agreement: .missing("the head has one class, so that its label is always the same"))
            figures.noMetric = "the head has one class, so that its label is always right"
            return figures
        }
        var figures = HeadFigures(agreement: HeadFigures.agreement(equal, of: total, unit: "label"))
        figures.answerKinds = kinds.counts("text")
        figures.labelled = truth.count
        guard !truth.isEmpty else {
            figures.noMetric = HeadFigures.noTruth()
            return figures
        }
        let paired = PairedLabels(
            truth: truth, reference: reference, candidate: candidate, classes: classes, names: names)
        let share = HeadFigures.share(
            "accuracy", reference: zip(truth, reference).map { $0 == $1 },
            candidate: zip(truth, candidate).map { $0 == $1 })
        var matrices = [ConfusionMatrix(classes: classes), ConfusionMatrix(classes: classes)]
        for index in truth.indices {
            matrices[0].add(truth: truth[index], predicted: reference[index])
            matrices[1].add(truth: truth[index], predicted: candidate[index])
        }
        // F1 of each class stands in the table of classes; of two, that of the second is the binary F1.
        let metrics = HeadFigures.metrics(paired)
        figures.metrics = [share] + metrics[1..<4]
        if classes == 2,
            let binary = metrics.dropFirst(4).first(where: { $0.name == "F1 of " + (names.count > 1 ? names[1] : "1") })
        {
            figures.metrics.append(binary)
        }
        let counts = matrices.map(\.byClass)
        let present = (0..<classes).filter { counts[0].present.contains($0) || counts[1].present.contains($0) }
        figures.classes = HeadFigures.classes(counts[0], counts[1], names: names, present)
        figures.confusion = matrices
        figures.classNames = (0..<classes).map { $0 < names.count ? names[$0] : String($0) }
        return figures
    }
}
