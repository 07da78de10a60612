import Testing

@testable import AlbitDrift

/// What answers of both models are worth, head by head.
struct RecordTests {
    @Test func labels() throws {
        var record = LabelRecord(classes: 2, names: ["no", "yes"])
        for (truth, a, b) in [(1, 1, 1), (0, 0, 1), (1, 0, 0), (0, 0, 0), (1, 1, 0)] {
            record.add(truth: truth, reference: a, candidate: b)
        }
        record.add(truth: nil, reference: 1, candidate: 1)
        let figures = record.figures
        #expect(figures.metrics.map(\.name) == ["accuracy", "macro F1", "weighted F1", "Matthews", "F1 of yes"])
        #expect(
            figures.metrics[0].reference == 80 && figures.metrics[0].candidate == 40 && figures.metrics[0].drop == 40)
        #expect(figures.labelled == 5)
        guard case .measured(let agreement) = figures.agreement else {
            Issue.record("none")
            return
        }
        #expect(agreement.equal == 4 && agreement.total == 6)
        #expect(figures.confusion.map(\.counts) == [[2, 0, 1, 2], [1, 1, 2, 1]])
        #expect(figures.classes.map(\.name) == ["no", "yes"] && figures.classes.map(\.count) == [2, 3])
        #expect(figures.answerKinds?.candidate == 2)
    }

    /// A head of one class is right whatever it says: nothing passes on it.
    @Test func oneClassMeasuresNothing() {
        var record = LabelRecord(classes: 1, names: ["only"])
        record.add(truth: 0, reference: 0, candidate: 0)
        let figures = record.figures
        #expect(figures.metrics.isEmpty && figures.noMetric.contains("one class"))
        guard case .missing = figures.agreement else {
            Issue.record("an agreement")
            return
        }
    }

    @Test func rowsWithoutTruthHaveNoMetric() {
        var record = LabelRecord(classes: 2, names: [])
        #expect(record.figures.noMetric.isEmpty == false)
        guard case .missing = record.figures.agreement else {
            Issue.record("an agreement of nothing")
            return
        }
        record.add(truth: nil, reference: 0, candidate: 1)
        #expect(record.figures.metrics.isEmpty && record.figures.noMetric == "no row of the data has a label")
        guard case .measured(let agreement) = record.figures.agreement else {
            Issue.record("none")
            return
        }
        #expect(agreement.percent == 0)
    }

    /// The top label alone says nothing about a set.
    @Test func sets() {
        var record = LabelSetRecord(names: ["joy", "anger", "film"])
        record.add(truth: [0, 2], reference: [0, 2], candidate: [0])
        record.add(truth: [], reference: [], candidate: [])
        record.add(truth: nil, reference: [1], candidate: [1])
        let figures = record.figures
        #expect(figures.metrics.map(\.name) == ["micro F1", "macro F1", "exact match", "precision", "recall"])
        #expect(figures.metrics[2].reference == 100 && figures.metrics[2].candidate == 50)
        guard case .measured(let agreement) = figures.agreement else {
            Issue.record("none")
            return
        }
        #expect(agreement.equal == 2 && agreement.total == 3)
    }

    @Test func numbers() {
        var record = ValueRecord(isCosine: false)
        for (truth, a, b) in [(1.0, 1.1, 1.0), (2, 1.9, 1), (3, 3.2, 1), (4, 3.9, 1), (5, 5, 1), (6, 6, 1)] {
            record.add(truth: truth, reference: a, candidate: b)
        }
        let figures = record.figures
        #expect(figures.metrics.map(\.name) == ["Pearson", "Spearman", "mean squared error"])
        #expect(figures.metrics[0].candidate == nil && figures.metrics[0].drop == nil && figures.noMetric.isEmpty)
        #expect(figures.metrics[0].undefined == "the candidate's answers are all the same")
        guard case .missing(let reason) = figures.agreement else {
            Issue.record("an agreement")
            return
        }
        #expect(reason.contains("--max-error"))
        var constant = ValueRecord(isCosine: false)
        for value in 0..<6 { constant.add(truth: 1, reference: Double(value), candidate: Double(value)) }
        #expect(constant.figures.noMetric == "the labels are all the same, so that a correlation is undefined")
        var same = ValueRecord(isCosine: false)
        for value in 0..<6 { same.add(truth: Double(value), reference: 1, candidate: Double(value)) }
        #expect(same.figures.noMetric == "the reference's answers are all the same, so that a correlation is undefined")
    }

    @Test func tags() {
        var record = TagRecord(labels: ["O", "B-PER", "I-PER", "B-LOC"])
        record.add(
            truth: ["B-PER", "I-PER", "O"], reference: ["B-PER", "I-PER", "O"], candidate: ["B-PER", "O", "O"])
        record.add(truth: ["B-LOC", "O"], reference: ["B-LOC", "O"], candidate: ["B-LOC", "O"])
        // The same entities, spelled otherwise.
        record.add(truth: nil, reference: ["I-PER", "O"], candidate: ["B-PER", "O"])
        let figures = record.figures
        #expect(figures.metrics.map(\.name) == ["entity F1", "precision", "recall", "tag accuracy"])
        #expect(
            figures.metrics[0].reference == 100 && figures.metrics[0].candidate == 50
                && figures.metrics[3].candidate == 80)
        #expect(figures.classes.map(\.name) == ["LOC", "PER"] && figures.classes.map(\.candidate.f1) == [1, 0])
        guard case .measured(let agreement) = figures.agreement else {
            Issue.record("none")
            return
        }
        #expect(agreement.equal == 2 && agreement.total == 3)
    }

    /// Parts of speech are no entities: "NN" has none of the letters, "I" and "SYM" alone are not enough.
    @Test func partsOfSpeech() {
        var record = TagRecord(labels: ["NN", "VB", "SYM", "IN", "O"])
        record.add(truth: ["NN", "VB"], reference: ["NN", "VB"], candidate: ["NN", "SYM"])
        let figures = record.figures
        #expect(figures.metrics.map(\.name) == ["tag accuracy"] && figures.metrics[0].candidate == 50)
        guard case .measured(let agreement) = figures.agreement else {
            Issue.record("none")
            return
        }
        #expect(agreement.equal == 0)
    }

    /// BILOU by seqeval's strict mode: its default mode would take every tag of "B-PER L-PER" for the same entity, and
    /// "U-LOC U-LOC" for one.
    @Test func bilou() {
        var record = TagRecord(labels: ["O", "B-PER", "I-PER", "L-PER", "U-PER", "U-LOC"])
        record.add(truth: ["U-LOC", "U-LOC"], reference: ["U-LOC", "U-LOC"], candidate: ["U-LOC", "O"])
        #expect(record.figures.metrics[2].candidate == 50)
    }

    @Test func answers() {
        func span(_ text: String) -> AnswerRecord.Span {
            AnswerRecord.Span(text: text, range: text.isEmpty ? nil : 0..<text.utf8.count)
        }
        var record = AnswerRecord()
        record.add(truth: ["the cat"], reference: span("cat"), candidate: span("cat sat"))
        record.add(truth: [], reference: span(""), candidate: span("dog"))
        let figures = record.figures
        #expect(
            figures.metrics.map(\.name) == [
                "exact match", "F1", "HasAns exact", "HasAns F1", "NoAns exact", "NoAns F1",
            ])
        #expect(figures.metrics[0].reference == 100 && figures.metrics[0].candidate == 0)
        #expect(
            figures.metrics[3].candidate.map { abs($0 - 200.0 / 3) < 1e-9 } == true && figures.metrics[5].candidate == 0
        )
        #expect(AnswerRecord().figures.noMetric == "no question of the data has an answer to compare with")
    }

    @Test func choices() {
        var record = ChoiceRecord(name: "accuracy")
        record.add(truth: 1, reference: 1, candidate: 0, of: 2)
        record.add(truth: 3, reference: 3, candidate: 3, of: 4)
        #expect(record.figures.metrics.first?.reference == 100 && record.figures.metrics.first?.candidate == 50)
        var single = ChoiceRecord(name: "accuracy")
        single.add(truth: 0, reference: 0, candidate: 0, of: 1)
        #expect(single.figures.noMetric == "no row has more than one choice")
    }

    @Test func rankings() {
        var record = RankingRecord()
        record.add(relevant: [1], reference: [0, 1, 2], candidate: [0, 3, 2])
        record.add(relevant: [0, 1], reference: [1, 1], candidate: [1, 1])
        let figures = record.figures
        #expect(figures.metrics.map(\.name) == ["MRR", "recall@1", "recall@5", "recall@10"])
        #expect(figures.metrics[0].reference == 50 && figures.metrics[0].candidate == 100 && figures.labelled == 1)
        #expect(RankingRecord().figures.noMetric == "no query has both relevant documents and others")
    }

    @Test func hiddenWords() {
        func guess(_ logits: [Float]) -> HiddenWordRecord.Guess {
            HiddenWordRecord.Guess(top: BestChoice.of(logits) ?? 0, word: MaskedWord(logits: logits, truth: 0))
        }
        var record = HiddenWordRecord()
        for _ in 0..<6 {
            record.add(reference: [guess([2, 1]), guess([0, 1])], candidate: [guess([2, 1]), guess([3, 1])])
        }
        let figures = record.figures
        #expect(figures.metrics.map(\.name) == ["masked words", "top-5 accuracy", "pseudo-perplexity"])
        #expect(figures.metrics[0].reference == 50 && figures.metrics[0].candidate == 100)
        #expect(figures.metrics[2].drop.map { $0 < 0 } == true && figures.metrics[2].interval != nil)
        guard case .measured(let agreement) = figures.agreement else {
            Issue.record("none")
            return
        }
        #expect(agreement.equal == 6 && agreement.total == 12)
    }
}
