import AlbitText
import Foundation
import Testing

@testable import AlbitDrift

/// Figures of scikit-learn, scipy, seqeval and SQuAD's script (`Scripts/golden-metrics.py`), met to 1e-9: sums in
/// another order differ by some 1e-15. With ALBIT_GOLDEN_METRICS, another file of the script.
struct GoldenMetricsTests {
    let cases: GoldenMetrics

    init() throws {
        let path = ProcessInfo.processInfo.environment["ALBIT_GOLDEN_METRICS"]
        let file =
            path.map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden.json")
        cases = try JSONDecoder().decode(GoldenMetrics.self, from: Data(contentsOf: file))
    }

    func equal(_ a: Double?, _ b: Double?, _ what: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        guard let b else {
            #expect(a == nil, "\(what) is defined", sourceLocation: sourceLocation)
            return
        }
        let a = try #require(a, "\(what)", sourceLocation: sourceLocation)
        #expect(abs(a - b) <= 1e-9 * max(1, abs(b)), "\(what): \(a) is not \(b)", sourceLocation: sourceLocation)
    }

    @Test func labels() throws {
        for (number, item) in cases.labels.enumerated() {
            var matrix = ConfusionMatrix(classes: item.classes)
            for (truth, predicted) in zip(item.truth, item.predicted) { matrix.add(truth: truth, predicted: predicted) }
            let counts = matrix.byClass
            #expect(matrix.counts == item.confusion)
            try equal(matrix.accuracy, item.accuracy, "accuracy \(number)")
            for index in 0..<item.classes {
                try equal(counts.precision(of: index), item.precision[index], "precision \(number)")
                try equal(counts.recall(of: index), item.recall[index], "recall \(number)")
                try equal(counts.f1(of: index), item.f1[index], "F1 \(number)")
            }
            for (place, figure) in [counts.precision, counts.recall, counts.f1].enumerated() {
                try equal(counts.macro(figure, over: counts.present), item.macro[place], "macro \(number)")
                try equal(counts.weighted(figure), item.weighted[place], "weighted \(number)")
            }
            for (place, figure) in [counts.microPrecision, counts.microRecall, counts.microF1].enumerated() {
                try equal(figure, item.micro[place], "micro \(number)")
            }
            if let binary = item.binary { try equal(counts.f1(of: 1), binary, "binary F1 \(number)") }
            try equal(counts.matthews, item.matthews, "Matthews \(number)")
            let paired = PairedLabels(
                truth: item.truth, reference: item.predicted, candidate: item.truth, classes: item.classes, names: [])
            let values = paired.values()
            try equal(values.reference[0], item.accuracy, "paired accuracy \(number)")
            try equal(values.reference[1], item.macro[2], "paired macro F1 \(number)")
            try equal(values.reference[2], item.weighted[2], "paired weighted F1 \(number)")
            try equal(values.reference[3], item.matthews, "paired Matthews \(number)")
        }
        #expect(cases.labels.count >= 16)
    }

    @Test func sets() throws {
        for (number, item) in cases.sets.enumerated() {
            var sets = LabelSets(classes: item.classes)
            for (truth, predicted) in zip(item.truth, item.predicted) { sets.add(truth: truth, predicted: predicted) }
            try equal(sets.microF1, item.microF1, "micro F1 \(number)")
            try equal(sets.macroF1, item.macroF1, "macro F1 \(number)")
            try equal(sets.exactMatch, item.exact, "exact match \(number)")
            for index in 0..<item.classes {
                try equal(sets.byClass.f1(of: index), item.f1[index], "F1 of \(index) \(number)")
            }
        }
        #expect(cases.sets.count >= 16)
    }

    @Test func values() throws {
        for (number, item) in cases.values.enumerated() {
            try equal(Correlation.pearson(item.x, item.y), item.pearson, "Pearson \(number)")
            try equal(Correlation.spearman(item.x, item.y), item.spearman, "Spearman \(number)")
            try equal(Correlation.meanSquaredError(item.x, item.y), item.squaredError, "squared error \(number)")
            let values = PairedValues(truth: item.x, reference: item.y, candidate: item.y).values()
            try equal(values.reference[0], item.pearson, "paired Pearson \(number)")
            try equal(values.candidate[1], item.spearman, "paired Spearman \(number)")
            try equal(values.candidate[2], item.squaredError, "paired squared error \(number)")
        }
        #expect(Correlation.pearson([1], [1]) == nil)
        #expect(Correlation.spearman([1, 1], [1, 2]) == nil)
        #expect(cases.values.count >= 16)
    }

    @Test func tags() throws {
        for (number, item) in cases.tags.enumerated() {
            let scheme = try #require(TagScheme(rawValue: item.scheme))
            for (mode, figures) in [(nil, item.default), (scheme, item.strict)] {
                var match = EntityMatch(scheme: mode)
                for (truth, predicted) in zip(item.truth, item.predicted) {
                    match.add(truth: truth, predicted: predicted)
                }
                let what = "\(mode?.rawValue ?? "default") \(number)"
                try equal(match.f1, figures.f1, "F1 \(what)")
                try equal(match.precision, figures.precision, "precision \(what)")
                try equal(match.recall, figures.recall, "recall \(what)")
                let types = match.types.map { String(decoding: $0, as: UTF8.self) }
                #expect(types.sorted() == figures.types.sorted(), "\(what)")
                for (type, f1) in zip(figures.types, figures.byType) {
                    let index = try #require(types.firstIndex(of: type))
                    try equal(match.counts.f1(of: index), f1, "F1 of \(type) \(what)")
                }
            }
        }
        #expect(cases.tags.count >= 16)
    }

    @Test func answers() throws {
        for (number, item) in cases.answers.enumerated() {
            var figures = AnswerFigures()
            for row in item.rows {
                #expect(Array(AnswerMatch.normalized(row.prediction).utf8) == Array(row.normalized.utf8))
                figures.add(row.prediction, answers: row.answers)
            }
            for (part, truth) in [
                (figures.total, item.total), (figures.withAnswer, item.withAnswer),
                (figures.withoutAnswer, item.withoutAnswer),
            ] {
                try equal(part.exact, truth.exact, "exact match \(number)")
                try equal(part.f1, truth.f1, "F1 \(number)")
            }
        }
        #expect(cases.answers.count >= 16)
    }

    @Test func vectors() throws {
        for (number, item) in cases.vectors.enumerated() {
            let cosines = zip(item.a, item.b).map { Cosine.of($0, $1) ?? .nan }
            for (found, truth) in zip(cosines, item.cosines) { try equal(found, truth, "cosine \(number)") }
            try equal(Correlation.pearson(cosines, item.scores), item.pearson, "Pearson \(number)")
            try equal(Correlation.spearman(cosines, item.scores), item.spearman, "Spearman \(number)")
            try equal(NearestNeighbours.overlap(item.a, item.b), item.neighbours, "neighbours \(number)")
        }
        #expect(cases.vectors.count >= 16)
    }

    @Test func choices() throws {
        for (number, item) in cases.choices.enumerated() {
            let right = zip(item.logits, item.truth).count { BestChoice.of($0) == $1 }
            try equal(Double(right) / Double(item.truth.count), item.accuracy, "accuracy \(number)")
        }
        #expect(BestChoice.of([]) == nil && BestChoice.of([1, .nan]) == nil)
        #expect(cases.choices.count >= 16)
    }

    @Test func hiddenWords() throws {
        for (number, item) in cases.hidden_words.enumerated() {
            var figures = MaskedWordFigures()
            for (logits, truth) in zip(item.logits, item.truth) {
                figures.add(MaskedWord(logits: logits, truth: truth))
            }
            try equal(figures.accuracy(top: 1), item.top1, "top 1 \(number)")
            try equal(figures.accuracy(top: 3), item.top3, "top 3 \(number)")
            try equal(figures.pseudoPerplexity, item.pseudoPerplexity, "pseudo-perplexity \(number)")
        }
        #expect(MaskedWordFigures().pseudoPerplexity == nil)
        #expect(cases.hidden_words.count >= 16)
    }

    @Test func rankings() throws {
        for (number, item) in cases.rankings.enumerated() {
            let rankings = item.queries.map { Ranking(scores: $0.scores, relevant: Set($0.relevant)) }
            func mean(_ figure: (Ranking) -> Double?) -> Double {
                rankings.reduce(0) { $0 + (figure($1) ?? .nan) } / Double(rankings.count)
            }
            try equal(mean { $0.recall(1) }, item.recall1, "recall@1 \(number)")
            try equal(mean { $0.recall(5) }, item.recall5, "recall@5 \(number)")
            try equal(mean(\.reciprocalRank), item.reciprocal, "MRR \(number)")
        }
        #expect(Ranking(scores: [1, 2], relevant: []).reciprocalRank == nil)
        #expect(cases.rankings.count >= 16)
    }

    @Test func mcNemar() throws {
        for item in cases.mcNemar {
            try equal(Statistics.mcNemar(onlyReference: item.only[0], onlyCandidate: item.only[1]), item.p, "p")
        }
    }
}
