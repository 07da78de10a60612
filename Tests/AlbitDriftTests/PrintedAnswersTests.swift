import AlbitCommands
import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers
import Foundation
import TestData
import Testing

@testable import AlbitDrift

/// What verification counts are the answers that the commands print: a file whose truth is what they printed is
/// answered without a fault. Models and texts are of no sense, so that no answer is right by chance.
@Suite struct PrintedAnswersTests {
    static let texts = PrintedData.texts

    private static func model(_ path: String, _ change: (inout ModelCard) -> Void = { _ in }) throws -> Model {
        let model = try Model(opening: Zoo.directory + "/" + path)
        let file = Zoo.directory + "/tokenizers/hf/tokenizer.json"
        var card = model.card
        change(&card)
        return model.with(tokenizer: Tokenizer(try TokenizerReader.read(TestData.bytes(atPath: file), path: file)))
            .with(card: card)
    }

    private static let options = TaskOptions(run: RunOptions(json: true, threads: 1))

    /// The metrics of a model on a file, by their names.
    private static func metrics(_ model: Model, _ data: String) throws -> [String: Double] {
        var comparison = try Comparison(reference: model, candidate: model, kernel: .best, threads: 1)
        let report = try comparison.run(ExampleReader(path: DataFileTests.file(data), for: model.card)) { _, _ in }
        #expect(report.agreement ?? 100 == 100)
        return Dictionary(
            report.metrics.compactMap { metric in metric.reference.map { (metric.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Every head: a file whose truths are what its command prints is answered without a fault.
    @Test(arguments: SabotageTests.cases) func everyHead(_ it: SabotageTests.Case) throws {
        guard it.measured != .words else { return }
        let model = try it.model()
        let data = try PrintedData.file(it.measured, model)
        let report = try SabotageTests.report(model, model, data)
        #expect(report.head == it.measured && report.agreement ?? 100 == 100)
        let metric = try #require(report.metrics.first)
        #expect(report.figures.labelled > 3, "\(report.figures.noMetric)")
        // Correlations are quotients of roots; all else counts.
        let isCorrelation = it.measured == .value || it.measured == .embedding
        #expect(abs(try #require(metric.reference) - 100) <= (isCorrelation ? 1e-4 : 0), "\(metric)")
    }

    /// Long texts are read in windows by both.
    @Test(arguments: [1, 40]) func entities(times: Int) throws {
        let model = try Self.model("safetensors/base-tokcls") { $0.labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"] }
        let texts = Self.texts.map { Array(repeating: $0, count: times).joined(separator: " ") }
        let printed = try PrintedData.objects {
            try TagCommand(options: Self.options).run(model, texts: texts, output: $0)
        }
        var rows = ["words\ttags"]
        for (text, answer) in zip(texts, printed) {
            var tags: [String] = []
            let entities = try #require(answer["entities"] as? [[String: Any]])
            for word in text.utf8.split(separator: 0x20) {
                let start = text.utf8.distance(from: text.utf8.startIndex, to: word.startIndex)
                let entity = entities.first { ($0["start"] as? Int ?? 0) <= start && start < ($0["end"] as? Int ?? 0) }
                let label = entity?["label"] as? String
                tags.append(label.map { (entity?["start"] as? Int == start ? "B-" : "I-") + $0 } ?? "O")
            }
            rows.append(text + "\t" + tags.joined(separator: " "))
        }
        #expect(Set(rows.joined(separator: " ").split(separator: " ")).isSuperset(of: ["O"]))
        #expect(try Self.metrics(model, rows.joined(separator: "\n") + "\n")["entity F1"] == 100)
    }

    @Test(arguments: [1, 90]) func answers(times: Int) throws {
        let model = try Self.model("safetensors/base-qa")
        let contexts = Self.texts.map { Array(repeating: $0, count: times).joined(separator: " ") }
        let pairs = contexts.flatMap { ["who receives the work", $0] }
        let printed = try PrintedData.objects {
            try AnswerCommand(options: Self.options).run(model, texts: pairs, output: $0)
        }
        var rows = ["question\tcontext\tanswer"]
        for (context, answer) in zip(contexts, printed) {
            rows.append("who receives the work\t" + context + "\t" + (try #require(answer["text"] as? String)))
        }
        #expect(try Self.metrics(model, rows.joined(separator: "\n") + "\n")["exact match"] == 100)
    }

    @Test func words() throws {
        let model = try Self.model("safetensors/base-pretraining")
        let tokenizer = try model.requireTokenizer()
        let session = try Session(weights: model.weights)
        let task = try HiddenWords(TaskContext(model))
        for text in Self.texts {
            let plan = try task.prepare(TaskContext(model).sequence(TaskText(text)))
            let guesses = try TaskSession(model, session: session).answer(
                of: task, to: TaskContext(model).sequence(TaskText(text)))
            #expect(guesses.count == plan.sequenceCount && guesses.count == tokenizer.tokens(Array(text.utf8)).count)
            // The last token of a text is hidden by writing [MASK] in its place where it is a word of its own.
            let words = text.split(separator: " ")
            guard tokenizer.tokens(Array(text.utf8)).startsWord.last == true else { continue }
            let masked = (words.dropLast() + ["[MASK]"]).joined(separator: " ")
            let printed = try PrintedData.objects {
                try FillCommand(options: Self.options, top: 1).run(model, texts: [masked], output: $0)
            }
            let candidates = try #require(printed[0]["candidates"] as? [[String: Any]])
            #expect(candidates.first?["id"] as? Int == guesses.last?.guess.top, "\(masked)")
        }
    }

    @Test(arguments: [SentencePooling.mean, .cls, .max]) func vectors(_ pooling: SentencePooling) throws {
        let model = try Self.model("safetensors/base-model") { $0.sentence = SentencePipeline(pooling) }
        let printed = try PrintedData.objects {
            try EmbedCommand(options: Self.options).run(model, texts: Self.texts, output: $0)
        }
        let context = TaskContext(model)
        let task = try TextVectors(context)
        let session = try Session(weights: model.weights)
        var vectors: [[Float]] = []
        for text in Self.texts {
            let plan = try task.prepare([Array(text.utf8)])
            let batch = try session.encode([plan.input(0)])
            let reading = try task.read(batch[0], 0, of: plan)
            vectors.append(try task.answer(plan, [reading])[0])
        }
        let expected = try printed.map { try #require($0["embedding"] as? [Double]).map { Float($0) } }
        #expect(vectors == expected)
    }
}
