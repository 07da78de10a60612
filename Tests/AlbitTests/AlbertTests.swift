import Albit
import Foundation
import TestData
import Testing

/// The public interface on small models by other writers, against what transformers says of them.
@Suite struct AlbertTests {
    static let sample = TestData.samples + "/albert-tiny-sst2"

    /// A model of the zoo in float32, with the zoo's tokenizer.
    static func zoo(_ model: String, _ change: (inout Albert.Options) -> Void = { _ in }) throws -> Albert {
        var options = Albert.Options()
        options.threads = 1
        options.tokenizer = Zoo.directory + "/tokenizers/hf/tokenizer.json"
        change(&options)
        return try Albert(contentsOf: Zoo.directory + "/" + model, options: options)
    }

    /// Cases that Scripts/golden-tasks.py wrote with transformers.
    private func golden<Case: Decodable>(_ name: String, _ model: String) throws -> [Case] where Case: GoldenCase {
        let path = URL(filePath: TestData.directory).deletingLastPathComponent().appending(
            path: "TaskTests/Data/\(name).json")
        let cases = try JSONDecoder().decode(GoldenFile<Case>.self, from: Data(contentsOf: path)).cases.filter {
            $0.model == model
        }
        try #require(cases.count >= 10)
        return cases
    }

    protocol GoldenCase { var model: String { get } }
    private struct GoldenFile<Case: Decodable>: Decodable { let cases: [Case] }

    /// Float32 sums in another order: far below what changes an answer.
    private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 }
    }

    @Test func aCheckpointTellsWhatItIs() throws {
        let model = try Albert(contentsOf: Self.sample)
        #expect(model.labels == ["NEGATIVE", "POSITIVE"] && model.heads == ["sequence-classification"])
        #expect(model.maxLength == 512 && model.hiddenSize == 312 && !model.isQuantized && !model.kernel.isEmpty)
        let answer = try model.classify("a charming and often affecting journey")
        #expect(
            answer.label == "POSITIVE" && answer.score > 0.99 && answer.scores.count == 2 && answer.logits.count == 2)
    }

    struct ClassificationCase: GoldenCase, Decodable {
        let model, text, problemType, label: String
        let pair: String?
        let scores: [Float]
    }

    @Test func classify() throws {
        let model = try Self.zoo("torch/hf441_base-seqcls")
        let cases: [ClassificationCase] = try golden("sequence-classification", "torch/hf441_base-seqcls")
        for golden in cases where golden.problemType == "single_label_classification" {
            let answer = try model.classify(golden.text, pair: golden.pair)
            #expect(isClose(answer.scores, golden.scores), "\(golden.text)")
            #expect(answer.label == golden.label && answer.scores.max() == answer.score)
        }
        let texts = cases.map(\.text)
        #expect(try model.classify(texts) == texts.map { try model.classify($0) })
    }

    @Test func tag() throws {
        let text = "🙂 The harbour of Rotterdam was closed"
        let entities = try Self.zoo("safetensors/base-tokcls").tag(text)
        #expect(!entities.isEmpty)
        for entity in entities { #expect(String(text[entity.range]) == entity.text && (0...1).contains(entity.score)) }
    }

    @Test func answer() throws {
        let model = try Self.zoo("safetensors/base-qa")
        let text = "Tokyo 東京 is the capital of Japan."
        let answers = try model.answer("Which city?", in: text, top: 3, allowsNoAnswer: true)
        #expect(answers.count == 3 && answers.map(\.score) == answers.map(\.score).sorted(by: >))
        for answer in answers { #expect(answer.range.map { String(text[$0]) } ?? "" == answer.text) }
        #expect(try model.answer("Which city?", in: "").isEmpty)
    }

    struct MaskCase: GoldenCase, Decodable {
        struct Candidate: Decodable {
            let id: Int
            let score: Float
        }
        let model, text: String
        let masks: [[Candidate]]
    }

    @Test func fillMask() throws {
        let model = try Self.zoo("safetensors/base-pretraining")
        let cases: [MaskCase] = try golden("masked-language-model", "safetensors/base-pretraining")
        for golden in cases {
            let found = try model.fillMask(golden.text)
            #expect(found.map { $0.map(\.id) } == golden.masks.map { $0.map(\.id) })
            #expect(isClose(found.flatMap { $0.map(\.score) }, golden.masks.flatMap { $0.map(\.score) }))
            #expect(found.joined().allSatisfy { !$0.text.hasPrefix("\u{2581}") })
        }
    }

    struct OrderCase: GoldenCase, Decodable {
        let model, text, pair: String
        let score: Float
    }

    struct ChoiceCase: GoldenCase, Decodable {
        let model, text: String
        let choices: [String]
        let index: Int
        let scores: [Float]
    }

    @Test func orderAndChoice() throws {
        let pretrained = try Self.zoo("safetensors/base-pretraining")
        let orders: [OrderCase] = try golden("sentence-order", "safetensors/base-pretraining")
        for golden in orders {
            #expect(isClose([try pretrained.probability(that: golden.pair, follows: golden.text)], [golden.score]))
        }
        let chooser = try Self.zoo("safetensors/base-mc")
        let choices: [ChoiceCase] = try golden("multiple-choice", "safetensors/base-mc")
        for golden in choices {
            let choice = try chooser.choose(golden.text, among: golden.choices)
            #expect(choice.index == golden.index && isClose(choice.scores, golden.scores))
        }
    }

    struct EmbeddingCase: GoldenCase, Decodable {
        let model, text, pooling: String
        let normalized: Bool
        let embedding: [Float]
    }

    @Test func embed() throws {
        let model = try Self.zoo("safetensors/base-model")
        let cases: [EmbeddingCase] = try golden("embedding", "safetensors/base-model")
        for golden in cases {
            let pooling = try #require(Pooling(rawValue: golden.pooling))
            #expect(
                isClose(try model.embed(golden.text, pooling: pooling, normalized: golden.normalized), golden.embedding)
            )
        }
    }

    /// Prompts by their names, as `embed --prompt` has them.
    @Test func prompts() throws {
        let model = try Albert(contentsOf: SentenceZoo.directory + "/prompt-default")
        let rows = SentenceZoo.rows.filter { $0.input == "prompt-default" && $0.embeddings != nil }
        #expect(!rows.isEmpty)
        for row in rows {
            let (texts, expected) = (try #require(row.texts), try #require(row.embeddings))
            for (vector, wanted) in zip(try model.embed(texts, prompt: row.prompt), expected) {
                #expect(isClose(vector, wanted), "\(row)")
            }
        }
        #expect(try model.embed("one", prompt: "") != model.embed("one", prompt: "query"))
        #expect(throws: AlbertError.self) { try model.embed("one", prompt: "quarry") }
    }

    @Test func tokensAndHiddenStates() throws {
        let model = try Albert(contentsOf: Self.sample)
        let text = "a charming 🙂 journey"
        let tokens = try model.tokenize(text)
        #expect(tokens.first?.piece == "[CLS]" && tokens.first?.range == nil && tokens[1].id == 21)
        #expect(tokens.compactMap { $0.range.map { String(text[$0]) } }.contains("charming"))
        let states = try model.encode(text)
        #expect(states.tokens == tokens && states.values.count == tokens.count * 312 && states.digest.count == 64)
        #expect(Array(states[1]) == Array(states.values[312..<624]) && states[tokens.count].isEmpty)
    }

    @Test func summaryAndMatch() throws {
        let model = try Albert(contentsOf: Self.sample)
        let text = "The film is a delight. It is long. Nobody laughed at the end. The actors are good."
        let summary = try model.summarize(text, sentences: 2)
        #expect(summary.count == 2 && summary.map(\.score).max() == 1)
        #expect(summary[0].range.upperBound <= summary[1].range.lowerBound)
        for sentence in summary { #expect(String(text[sentence.range]) == sentence.text) }
        #expect(try model.summarize(text).count == 1 && model.summarize("").isEmpty)
        #expect(try model.summarize(text, sentences: 9, method: .mmr).count == 4)
        let matches = try model.match("a good film", among: ["one", "a good film", "three"], top: 2)
        #expect(
            matches.count == 2 && matches[0].index == 1 && matches[0].text == "a good film" && matches[0].score > 0.999)
    }

    /// The digest does not depend on kernel, threads, or what other threads ask meanwhile.
    @Test func manyThreadsGetTheAnswersOfOne() async throws {
        let model = try Albert(contentsOf: Self.sample)
        let texts = (1...12).map { String(repeating: "a charming journey ", count: $0) }
        var options = Albert.Options()
        (options.threads, options.kernel) = (1, "scalar")
        let scalar = try Albert(contentsOf: Self.sample, options: options)
        let expected = try texts.map { try scalar.encode($0).digest }
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for round in 0..<60 { group.addTask { (round % 12, try model.encode(texts[round % 12]).digest) } }
            for try await (index, digest) in group { #expect(digest == expected[index]) }
        }
    }
}
