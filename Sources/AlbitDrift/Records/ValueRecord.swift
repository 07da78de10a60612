/// Numbers that both models give: of a regression head, or cosines of pairs of vectors.
package struct ValueRecord: Sendable {
    private var truth: [Double] = []
    private var reference: [Double] = []
    private var candidate: [Double] = []
    private let isCosine: Bool
    private var kinds = AnswerKinds<Double>()

    /// `isCosine`: the values are cosines of vectors, whose unit is not that of the scores.
    package init(isCosine: Bool) { self.isCosine = isCosine }

    package mutating func add(truth: Double?, reference a: Double, candidate b: Double) {
        kinds.add(a, b)
        guard let truth else { return }
        self.truth.append(truth)
        reference.append(a)
        candidate.append(b)
    }

    /// Numbers have no agreement: two that differ in the last bit are not the same, and none is "equal enough".
    package var figures: HeadFigures {
        let reason = isCosine ? "vectors have no agreement" : "one output has no agreement"
        var figures = HeadFigures(agreement: .missing(reason + "; --max-error judges how far it moves"))
        figures.answerKinds = kinds.counts(isCosine ? "pair" : "text")
        figures.labelled = truth.count
        guard !truth.isEmpty else {
            figures.noMetric = HeadFigures.noTruth(isCosine ? "score" : "label")
            return figures
        }
        let names = isCosine ? ("cosine Pearson", "cosine Spearman") : ("Pearson", "Spearman")
        figures.metrics = HeadFigures.metrics(
            PairedValues(truth: truth, reference: reference, candidate: candidate, names: names, hasError: !isCosine))
        // The first metric decides; where it cannot be told of the reference, it cannot drop.
        if figures.metrics[0].reference == nil {
            let side = Correlation.pearson(truth, truth) == nil ? "the labels are" : "the reference's answers are"
            figures.noMetric = "\(side) all the same, so that a correlation is undefined"
        }
        for index in 0..<2 where figures.metrics[index].reference != nil && figures.metrics[index].candidate == nil {
            figures.metrics[index].undefined = "the candidate's answers are all the same"
        }
        return figures
    }
}
