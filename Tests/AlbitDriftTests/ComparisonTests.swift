import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers
import TestData
import Testing

@testable import AlbitDrift

struct ComparisonTests {
    static func model(_ path: String, labels: [String]? = nil) throws -> Model {
        let model = try Model(opening: path)
        var card = model.card
        card.labels = labels ?? card.labels
        return model.with(card: card)
    }

    static let sample = TestData.samples + "/albert-tiny-sst2"

    func run(_ a: Model, _ b: Model, _ text: String) throws -> DriftReport {
        var comparison = try Comparison(reference: a, candidate: b, kernel: .best, threads: 1)
        return try comparison.run(ExampleReader(path: DataFileTests.file(text), for: a.card)) { _, _ in }
    }

    /// Both labels by id and by name; no drift at all, and every figure says so.
    @Test func aModelEqualsItself() throws {
        let model = try ComparisonTests.model(ComparisonTests.sample)
        let report = try run(model, model, "text\tlabel\na charming journey\t1\nawful\tNEGATIVE\ndull\t1\n")
        #expect(report.examples == 3)
        #expect(report.agreement == 100)
        #expect(report.hidden.relativeL2 == 0)
        #expect(report.logits?.maxAbs == 0)
        #expect(report.metrics.first?.drop == 0)
        #expect(report.metrics.first?.mcNemar == 1)
        #expect(report.byIteration.map(\.relativeL2) == [0, 0, 0, 0])
        let gates = [Gate.maxDrop(0), .minAgreement(100), .maxError(0)]
        #expect(DriftVerdict(report, gates: gates).violations.isEmpty)
    }

    /// Data for which the model has no head, and data without the labels that a metric needs.
    @Test func dataOfAnotherTaskIsAnError() throws {
        let model = try ComparisonTests.model(ComparisonTests.sample)
        let questions = fault { try run(model, model, "{\"question\": \"a\", \"context\": \"b\"}\n") }
        #expect(questions.isA(.comparisonNoHead, "questions"), "\(String(describing: questions))")
        let unlabelled = try DataFileTests.file("text\na\n")
        let probe = fault {
            try TaskProbe(reference: model, candidate: model, data: unlabelled, limit: 1, kernel: .best, threads: 1)
        }
        #expect(probe.isA(.comparisonNoTruth, unlabelled), "\(String(describing: probe))")
    }

    /// A wrong pair is an error, not a large drift.
    @Test func anotherModelIsAnError() throws {
        let model = try ComparisonTests.model(ComparisonTests.sample)
        let swapped = try ComparisonTests.model(ComparisonTests.sample, labels: ["POSITIVE", "NEGATIVE"])
        let labels = fault { try run(model, swapped, "text\na\n") }
        #expect(labels.isA(.comparisonOtherLabels, "NEGATIVE, POSITIVE"), "\(String(describing: labels))")
        let other = try ComparisonTests.model(Zoo.directory + "/safetensors/base-model")
        let sizes = fault { try run(model, other, "text\na\n") }
        #expect(sizes.isA(.comparisonOtherDimension), "\(String(describing: sizes))")
    }

    /// Models of one size may have heads for other tasks.
    @Test func anotherHeadIsAnError() throws {
        let answers = try ComparisonTests.model(Zoo.directory + "/safetensors/base-qa")
        let tagger = try ComparisonTests.model(Zoo.directory + "/safetensors/base-tokcls")
        let error = fault { try run(answers, tagger, "text\na\n") }
        #expect(error.isA(.comparisonOtherHead, "question-answering"), "\(String(describing: error))")
    }

    /// Sizes may agree where the words do not: ids would mean something else.
    @Test func anotherVocabularyIsAnError() throws {
        let model = try ComparisonTests.model(ComparisonTests.sample)
        let tables = try TokenizerReader.read(TestData.bytes("tokenizer/vocab.txt"), path: "vocab.txt")
        let other = model.with(tokenizer: Tokenizer(tables))
        let error = fault { try run(model, other, "text\na\n") }
        #expect(error.isA(.comparisonOtherVocabulary, "token 0 is '<pad>'", "'[PAD]'"), "\(String(describing: error))")
    }

    /// A limit in points holds for the reference itself, and not for a model that answers otherwise.
    @Test func aDropIsMeasured() throws {
        let model = try ComparisonTests.model(ComparisonTests.sample)
        let data = try DataFileTests.file(
            """
            text\tlabel\na charming journey\tPOSITIVE\nawful\tNEGATIVE\nbleak and \
            desperate\tNEGATIVE\nlovely\tPOSITIVE\n
            """
        )
        let probe = try TaskProbe(reference: model, candidate: model, data: data, limit: 0, kernel: .best, threads: 1)
        #expect(try probe.holds(model.weights))
        #expect(probe.found == "accuracy drops from 100.00 % to 100.00 %")
        // The same network with its two labels exchanged is wrong everywhere.
        let classifier = try #require(model.weights.classifier)
        guard case .float32(let weight, let bias) = classifier.weights else {
            Issue.record("not float32")
            return
        }
        let (columns, copy) = (
            classifier.columns, UnsafeMutablePointer<Float>.allocate(capacity: 2 * classifier.columns + 2)
        )
        defer { copy.deallocate() }
        for i in 0..<columns { (copy[i], copy[columns + i]) = (weight[columns + i], weight[i]) }
        let rest = copy + 2 * columns
        (rest[0], rest[1]) = (bias?[1] ?? 0, bias?[0] ?? 0)
        let exchanged = Linear(
            weights: .float32(weight: UnsafePointer(copy), bias: UnsafePointer(rest)), rows: 2, columns: columns)
        #expect(try !probe.holds(model.weights.with(classifier: exchanged)))
        #expect(probe.found == "accuracy drops from 100.00 % to 0.00 %")
    }

    @Test func unknownLabelsAreErrors() throws {
        let model = try ComparisonTests.model(ComparisonTests.sample)
        let error = fault { try run(model, model, "text\tlabel\na\tjoyful\n") }
        #expect(error.isA(.labelUnknown, "line 2", "'joyful'", "NEGATIVE, POSITIVE or 0 to 1"))
        let empty = fault { try run(model, model, "text\tlabel\n") }
        #expect(empty.isA(.dataEmpty))
        // One label is asked, sets are none.
        let several = fault { try run(model, model, "{\"text\": \"a\", \"label\": [0]}\n") }
        #expect(several.isA(.dataOtherForm) || several.isA(.exampleNotLabel), "\(String(describing: several))")
        let choices = try SabotageTests.model(.choice)
        let choice = fault {
            try run(choices, choices, "{\"text\": \"a\", \"choices\": [\"b\", \"c\"], \"label\": 2}\n")
        }
        #expect(choice.isA(.dataUnknownLabel, "0 to 1"), "\(String(describing: choice))")
    }

    /// "No answer" may win for every question where the data know such questions, whatever the truth of this one is:
    /// the same questions with and without truths get the same answers.
    @Test func truthsDoNotReachPredictions() throws {
        let model = try SabotageTests.model(.answers)
        let context = "the license of this library covers the work"
        func rows(_ answers: [String]) -> String {
            answers.map { "{\"question\": \"who?\", \"context\": \"\(context)\", \"answers\": \($0)}\n" }.joined()
        }
        // Of two equal questions, one with an answer and one without, exactly one is right.
        let printed = try run(model, model, rows(["[\"the work\"]", "[]"]))
        let figures = Dictionary(uniqueKeysWithValues: printed.metrics.map { ($0.name, $0.reference ?? -1) })
        #expect((figures["HasAns exact"] ?? 0) + (figures["NoAns exact"] ?? 0) <= 100)
        let unknown = try run(model, model, rows(["[]", "[]"]))
        #expect(
            unknown.metrics.isEmpty
                && unknown.figures.noMetric == "no question of the data has an answer to compare with")
    }
}
