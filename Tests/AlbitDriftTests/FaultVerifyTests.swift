import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitTasks
import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitDrift
@testable import AlbitRuntime

/// Data as people have it, on which the first version measured wrongly, refused without reason or passed what was
/// broken. `Scripts/golden-faults.py` made heads and figures with transformers, scikit-learn, scipy, seqeval and the
/// rules of SQuAD's script.
struct FaultVerifyTests {
    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        let kind, file, head: String
        let metrics: [String: Double?]
        let candidate, code, says, columns, values, noMetric, ungated, title: String?
        let labels, undefined: [String]?
        let agreement: Double?
        let examples, labelled: Int?
        var testDescription: String { file + " " + head + (values.map { " " + $0 } ?? "") }
    }

    struct Ranking: Decodable, CustomTestStringConvertible, Sendable {
        let file, query: String
        let order: [String]
        let logits: [Double]
        var testDescription: String { file }
    }

    struct Golden: Decodable, Sendable {
        let tags, names: [String]
        let cases: [Case]
        let rankings: [Ranking]
    }

    static let golden: Golden = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Faults.json")
        // A file that does not decode fails every test that asks for it.
        guard let data = try? Data(contentsOf: file), let golden = try? JSONDecoder().decode(Golden.self, from: data)
        else { return Golden(tags: [], names: [], cases: [], rankings: []) }
        return golden
    }()

    /// Weights with another head do not own the memory of the rest: this one keeps it.
    private static let sample = Result { try Model(opening: TestData.samples + "/albert-tiny-sst2") }

    /// The sample's encoder with one of the heads of heads.npz, whose memory stays to the end of the process.
    static func model(_ head: String, labels: [String]? = nil) throws -> Model {
        let model = try sample.get()
        var card = model.card
        var weights = model.weights
        if head == "mean" {
            card.heads = []
            card.sentence = SentencePipeline(.mean)
            return model.with(card: card)
        }
        let linear = try Self.linear(head)
        switch head {
        case "answer": weights = weights.with(answer: linear)
        case "order": weights = weights.with(order: linear)
        default: weights = weights.with(classifier: linear)
        }
        card.problemType = nil
        switch head {
        case "tagger", "pos": card.heads = [.tokenClassification]
        case "answer": card.heads = [.questionAnswering]
        case "choice": card.heads = [.multipleChoice]
        case "order": card.heads = [.sentenceOrder]
        default: card.heads = [.sequenceClassification]
        }
        switch head {
        case "tagger": card.labels = golden.tags
        case "pos": card.labels = ["NNP", "VBZ", "RB"]
        case "labels", "broken":
            card.labels = golden.names
            card.problemType = .multiLabel
        case "classes": card.labels = labels ?? card.labels
        default: card.labels = []
        }
        return model.with(weights: weights).with(card: card)
    }

    private static func linear(_ name: String) throws -> Linear {
        let archive = try NumpyArchive(path: TestData.directory + "/heads.npz")
        let weight = try #require(try archive.array(name + ".weight"))
        let bias = try #require(try archive.array(name + ".bias"))
        let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: weight.values.count + bias.values.count)
        _ = values.initialize(from: weight.floats + bias.floats)
        let start = try #require(values.baseAddress)
        return Linear(
            weights: .float32(weight: start, bias: start + weight.values.count), rows: weight.shape[0],
            columns: weight.shape[1])
    }

    private static func report(_ it: Case) throws -> DriftReport {
        let reference = try model(it.head, labels: it.labels)
        let candidate = try it.candidate.map { try model($0) } ?? reference
        let settings = JudgeSettings(labelValues: it.values.flatMap { LabelReading.Values(rawValue: $0) })
        var comparison = try Comparison(
            reference: reference, candidate: candidate, settings: settings, kernel: .best, threads: 1)
        let reader = try ExampleReader(
            path: TestData.directory + "/tables/" + it.file, for: reference.card,
            choice: it.columns.map { try ColumnChoice($0) } ?? ColumnChoice())
        return try comparison.run(reader) { _, _ in }
    }

    @Test func theGoldenFileIsThere() {
        #expect(Self.golden.cases.count >= 55 && Self.golden.rankings.count == 4)
    }

    @Test(arguments: golden.cases) func figures(_ it: Case) throws {
        if let code = it.code {
            let found = fault { try Self.report(it) }
            #expect("\(found?.code ?? .dataEmpty)" == code, "\(String(describing: found))")
            #expect(found?.description.contains(it.says ?? "") == true && found?.code.exitCode == .input)
            return
        }
        let report = try Self.report(it)
        for (name, expected) in it.metrics {
            let metric = try #require(report.metrics.first { $0.name == name }, "\(name)")
            let found = try #require(metric.reference)
            let value = try #require(expected)
            // Figures of counts are equal; logits and vectors are float32 sums in another order than PyTorch's.
            let isCount = !["Pearson", "Spearman", "mean squared error"].contains { name.hasSuffix($0) }
            #expect(abs(found - value) <= (isCount ? 1e-9 : 2e-3) * max(1, abs(value)), "\(name): \(found), \(value)")
            let isUndefined = it.undefined?.contains(name) ?? false
            #expect((metric.candidate == nil) == isUndefined && metric.undefined.isEmpty != isUndefined)
        }
        if let agreement = it.agreement { #expect(report.agreement == agreement) }
        if let examples = it.examples { #expect(report.examples == examples) }
        if let labelled = it.labelled { #expect(report.figures.labelled == labelled) }
        if let reason = it.noMetric { #expect(report.figures.noMetric.contains(reason)) }
        if let title = it.title { #expect(DriftVerdict(report, gates: []).title == title) }
        if it.ungated != nil {
            let verdict = DriftVerdict(report, gates: [.minAgreement(99.9)])
            #expect(verdict.unjudged.map(\.code) == [.gateCannotFail] && verdict.reason.contains("--max-error"))
        }
        if it.candidate != nil {
            #expect(!DriftVerdict(report, gates: DriftLimits(isRecommended: true).gates(report)).violations.isEmpty)
        }
    }

    /// Documents come by their logits, whose sigmoids are all 1.
    @Test(arguments: golden.rankings) func rankings(_ it: Ranking) throws {
        let model = try Self.model("rerank")
        let tasks = try TaskSession(model, session: Session(weights: model.weights))
        let task = try #require(PairRanking(tasks.context))
        let texts = try String(
            contentsOfFile: TestData.directory + "/tables/" + it.file, encoding: .utf8
        ).split(separator: "\n").map { Array($0.utf8) }
        let found = try tasks.answer(of: task, to: ChoiceQuestion(Array(it.query.utf8), choices: texts))
        #expect(found.best(texts.count).map { String(decoding: texts[$0], as: UTF8.self) } == it.order)
        if it.file.hasSuffix("worst-first.txt") { #expect(found.scores == [1, 1] && it.logits[0] - it.logits[1] > 5) }
    }

    /// What a model cannot do is refused with the command that asks what it can; a tagger stays one with a pooler.
    @Test func aWrongHeadIsRefused() throws {
        let classifier = TaskContext(try Self.model("classes"))
        let (tagger, one) = (TaskContext(try Self.model("tagger")), TaskContext(try Self.model("one")))
        #expect(tagger.model.weights.pooler != nil)
        let refused: [(Fault?, String)] = [
            (fault { try TokenClassification(classifier) }, "'classify'"),
            (fault { try SequenceClassification(tagger) }, "'tag'"), (fault { try MultipleChoice(one) }, "'classify'"),
            (fault { try QuestionAnswering(classifier) }, "'classify'"), (fault { try MaskedWords(tagger) }, "'tag'"),
            (fault { try SentenceOrder(TaskContext(try Self.model("choice"))) }, "'choose'"),
            (fault { try MultipleChoice(TaskContext(try Self.model("answer"))) }, "'answer'"),
        ]
        for (found, command) in refused {
            #expect(found?.code == .taskNoHead && found?.code.exitCode == .usage)
            #expect(found?.description.contains("ask it with " + command) == true, "\(String(describing: found))")
            #expect(found?.description.contains("--") == false)
        }
    }

    /// A tagger's checkpoint that still stores its pooler, as several published ones do, is opened as a tagger.
    @Test func aStoredPoolerMakesNoClassifier() throws {
        let folder = try TestData.temporaryDirectory()
        let source = Zoo.directory + "/safetensors/base-tokcls"
        let bytes = try TestData.bytes(atPath: source + "/model.safetensors")
        let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
        var header = try #require(
            JSONSerialization.jsonObject(with: Data(bytes[8..<(8 + length)])) as? [String: Any])
        let width = try Model(opening: source).weights.configuration.hiddenSize
        let end = bytes.count - 8 - length
        let sizes = [4 * width * width, 4 * width]
        header["albert.pooler.weight"] = [
            "dtype": "F32", "shape": [width, width], "data_offsets": [end, end + sizes[0]],
        ]
        header["albert.pooler.bias"] = [
            "dtype": "F32", "shape": [width], "data_offsets": [end + sizes[0], end + sizes[0] + sizes[1]],
        ]
        let text = try JSONSerialization.data(withJSONObject: header)
        var file = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
        file += text + Data(bytes[(8 + length)...]) + Data(count: sizes[0] + sizes[1])
        try file.write(to: URL(filePath: folder + "/model.safetensors"))
        try FileManager.default.copyItem(atPath: source + "/config.json", toPath: folder + "/config.json")
        let model = try Model(opening: folder)
        #expect(model.card.heads == [.tokenClassification])
        #expect(fault { try SequenceClassification(TaskContext(model)) }.isA(.taskNoHead, "'tag'"))
    }
}
