import AlbitText
import Testing

@testable import AlbitDrift

/// What `verify` counts of a head's answers, against the same figures of scikit-learn, scipy, seqeval and SQuAD's
/// script.
struct GoldenRecordTests {
    let golden: GoldenMetricsTests
    var cases: GoldenMetrics { golden.cases }

    init() throws { golden = try GoldenMetricsTests() }

    /// The reference's figures in percent; the candidate answers the truth where that is possible.
    private func equal(_ figures: HeadFigures, _ name: String, _ share: Double?, scale: Double = 100) throws {
        let metric = try #require(figures.metrics.first { $0.name == name }, "\(name) \(figures.noMetric)")
        try golden.equal(metric.reference, share.map { scale * $0 }, name)
    }

    @Test func labels() throws {
        for item in cases.labels {
            var record = LabelRecord(classes: item.classes, names: (0..<item.classes).map { "c\($0)" })
            for (truth, found) in zip(item.truth, item.predicted) {
                record.add(truth: truth, reference: found, candidate: truth)
            }
            let figures = record.figures
            try equal(figures, "accuracy", item.accuracy)
            try equal(figures, "macro F1", item.macro[2])
            try equal(figures, "weighted F1", item.weighted[2])
            try equal(figures, "Matthews", item.matthews)
            if let binary = item.binary, item.truth.contains(1) || item.predicted.contains(1) {
                try equal(figures, "F1 of c1", binary)
            }
            #expect(figures.confusion[0].counts == item.confusion)
            for it in figures.classes {
                let index = try #require(Int(it.name.dropFirst()))
                try golden.equal(it.reference.precision, item.precision[index], "precision")
                try golden.equal(it.reference.recall, item.recall[index], "recall")
                try golden.equal(it.reference.f1, item.f1[index], "F1")
            }
        }
    }

    @Test func sets() throws {
        for item in cases.sets {
            var record = LabelSetRecord(names: (0..<item.classes).map { "c\($0)" })
            for (truth, found) in zip(item.truth, item.predicted) {
                record.add(truth: truth, reference: found, candidate: truth)
            }
            try equal(record.figures, "micro F1", item.microF1)
            try equal(record.figures, "macro F1", item.macroF1)
            try equal(record.figures, "exact match", item.exact)
        }
    }

    @Test func values() throws {
        for item in cases.values {
            var record = ValueRecord(isCosine: false)
            for (truth, found) in zip(item.x, item.y) { record.add(truth: truth, reference: found, candidate: truth) }
            try equal(record.figures, "Pearson", item.pearson)
            try equal(record.figures, "Spearman", item.spearman)
            try equal(record.figures, "mean squared error", item.squaredError, scale: 1)
            #expect(record.figures.noMetric.isEmpty == (item.pearson != nil))
        }
    }

    @Test func tags() throws {
        for item in cases.tags {
            let labels = Set(item.truth.joined()).union(item.predicted.joined()).sorted()
            var record = TagRecord(labels: labels)
            for (truth, found) in zip(item.truth, item.predicted) {
                record.add(truth: truth, reference: found, candidate: truth)
            }
            try equal(record.figures, "tag accuracy", item.accuracy)
            guard labels != ["O"] else { continue }
            let isStrict = labels.contains { $0.hasPrefix("U-") || $0.hasPrefix("L-") }
            let expected = isStrict ? item.strict : item.default
            try equal(record.figures, "entity F1", expected.f1)
            try equal(record.figures, "precision", expected.precision)
            try equal(record.figures, "recall", expected.recall)
        }
    }

    @Test func answers() throws {
        func span(_ text: String) -> AnswerRecord.Span { AnswerRecord.Span(text: text, range: nil) }
        for item in cases.answers {
            var record = AnswerRecord()
            for row in item.rows {
                record.add(truth: row.answers, reference: span(row.prediction), candidate: span(""))
            }
            try equal(record.figures, "exact match", item.total.exact)
            try equal(record.figures, "F1", item.total.f1)
            guard item.withAnswer.exact != nil, item.withoutAnswer.exact != nil else { continue }
            try equal(record.figures, "HasAns exact", item.withAnswer.exact)
            try equal(record.figures, "HasAns F1", item.withAnswer.f1)
            try equal(record.figures, "NoAns exact", item.withoutAnswer.exact)
            try equal(record.figures, "NoAns F1", item.withoutAnswer.f1)
        }
    }

    @Test func vectors() throws {
        for item in cases.vectors {
            var record = ValueRecord(isCosine: true)
            for (index, score) in item.scores.enumerated() {
                record.add(truth: score, reference: try #require(Cosine.of(item.a[index], item.b[index])), candidate: 0)
            }
            try equal(record.figures, "cosine Pearson", item.pearson)
            try equal(record.figures, "cosine Spearman", item.spearman)
        }
    }

    @Test func choicesAndOrders() throws {
        for (name, items) in [("accuracy", cases.choices), ("order accuracy", cases.orders)] {
            for item in items {
                var record = ChoiceRecord(name: name)
                for (logits, truth) in zip(item.logits, item.truth) {
                    let best = try #require(BestChoice.of(logits))
                    record.add(truth: truth, reference: best, candidate: truth, of: logits.count)
                }
                try equal(record.figures, name, item.accuracy)
            }
        }
        #expect(cases.orders.count >= 16)
    }

    @Test func hiddenWords() throws {
        for item in cases.hidden_words {
            var record = HiddenWordRecord()
            for (logits, truth) in zip(item.logits, item.truth) {
                let word = MaskedWord(logits: logits, truth: truth)
                let guess = HiddenWordRecord.Guess(top: BestChoice.of(logits) ?? 0, word: word)
                record.add(reference: [guess], candidate: [guess])
            }
            try equal(record.figures, "masked words", item.top1)
            try equal(record.figures, "top-5 accuracy", item.top5)
            try equal(record.figures, "pseudo-perplexity", item.pseudoPerplexity, scale: 1)
        }
    }

    @Test func rankings() throws {
        for item in cases.rankings {
            var record = RankingRecord()
            for query in item.queries {
                record.add(relevant: Set(query.relevant), reference: query.scores, candidate: query.scores)
            }
            for (name, expected) in item.counted {
                if let expected {
                    try equal(record.figures, name, expected)
                } else {
                    #expect(record.figures.metrics.isEmpty && !record.figures.noMetric.isEmpty)
                }
            }
        }
    }
}
