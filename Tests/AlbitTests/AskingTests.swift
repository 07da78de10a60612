import Albit
import Foundation
import TestData
import Testing

/// Questions in passes of any mixture: the same bytes as by the methods that ask one thing.
@Suite struct AskingTests {
    private static let texts = [
        "a", "The harbour of Rotterdam was closed.", String(repeating: "long text ", count: 400),
    ]

    @Test func tokensAreCountedBeforeTheRun() throws {
        let model = try AlbertTests.zoo("torch/hf441_base-seqcls") { $0.maxLength = 8 }
        let short = try model.prepare(.classify("a"))
        #expect(try short.tokenCount == model.tokenize("a").count && short.truncatedTokens == 0)
        let long = try model.prepare(.classify(Self.texts[2]))
        let whole = try model.tokenize(Self.texts[2], whole: true).count
        #expect(long.tokenCount == 8 && long.truncatedTokens == whole - 8 && whole > 400)
        #expect(try model.tokenize(Self.texts[2]).count == 8)
    }

    /// Sequences of two kinds of question, a long text in windows among them, in passes that mix them.
    @Test func passesMixTasks() throws {
        let model = try AlbertTests.zoo("safetensors/base-tokcls") { $0.maxLength = 16 }
        let tags = try Self.texts.map { try model.prepare(.tag($0)) }
        let vectors = try Self.texts.map { try model.prepare(.embed($0)) }
        #expect(tags[2].sequences.count > 10 && tags[2].truncatedTokens == 0)
        let all = zip(tags, vectors).flatMap { $0.sequences + $1.sequences }
        var readings: [SequenceReading] = []
        for first in stride(from: 0, to: all.count, by: 7) {
            readings += try model.read(Array(all[first..<min(first + 7, all.count)]))
        }
        for (index, text) in Self.texts.enumerated() {
            let own = Array(readings.prefix(tags[index].sequences.count))
            readings.removeFirst(own.count)
            #expect(try tags[index].answer(from: own) == model.tag(text))
            #expect(try vectors[index].answer(from: [readings.removeFirst()]) == model.embed(text))
        }
    }

    @Test func everyQuestionIsAsItsMethod() throws {
        let pretrained = try AlbertTests.zoo("safetensors/base-pretraining")
        #expect(try pretrained.ask(.fillMask("The [MASK] is red.")) == pretrained.fillMask("The [MASK] is red."))
        #expect(
            try pretrained.ask(.probability(that: "b c", follows: "a"))
                == pretrained.probability(that: "b c", follows: "a"))
        #expect(try pretrained.ask(.summarize("One. Two is longer. Three.")).count == 1)
        let answerer = try AlbertTests.zoo("safetensors/base-qa")
        #expect(
            try answerer.ask([.answer("Which?", in: "Tokyo is big.", top: 2), .answer("Who?", in: "")])
                == [answerer.answer("Which?", in: "Tokyo is big.", top: 2), []])
        let chooser = try AlbertTests.zoo("safetensors/base-mc")
        #expect(try chooser.ask(.choose("a", among: ["b", "c"])) == chooser.choose("a", among: ["b", "c"]))
        #expect(chooser.card.readsPairs && chooser.card.scoreActivation == "sigmoid")
        let matches = try chooser.ask(.match("a", among: ["b", "c d"]))
        #expect(try matches == chooser.match("a", among: ["b", "c d"]) && matches[0].rawScore >= matches[1].rawScore)
        #expect(try chooser.ask(.match("a", among: [])).isEmpty)
    }

    @Test func similarityIsTheCosineOfVectors() throws {
        let model = try AlbertTests.zoo("safetensors/base-model")
        let vectors = try model.embed(Self.texts, normalized: true)
        let scores = try model.ask(.similarity(of: Self.texts[0], to: Self.texts))
        for (score, vector) in zip(scores, vectors) {
            let cosine = zip(vector, vectors[0]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            // Sums of 312 products in float32 and in double.
            #expect(abs(Double(score) - cosine) < 1e-5)
        }
        #expect(scores.count == 3 && !model.card.readsPairs && model.card.similarity == "cosine")
        #expect(model.card.embeddingSize == model.hiddenSize && model.card.maxLength == model.maxLength)
    }

    @Test func readingsOfOthersAreRefused() throws {
        let model = try AlbertTests.zoo("safetensors/base-model")
        let other = try AlbertTests.zoo("safetensors/base-model")
        let question = try model.prepare(.embed("a"))
        #expect(throws: AlbertError.self) { try other.read(question.sequences) }
        let readings = try model.read(model.prepare(.embed("b")).sequences)
        #expect(throws: AlbertError.self) { try question.answer(from: readings) }
        #expect(throws: AlbertError.self) { try question.answer(from: []) }
    }

    @Test func aCancelledTaskStops() async throws {
        let model = try AlbertTests.zoo("safetensors/base-model")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try model.ask([.embed("a")])
        }
        let error = await #expect(throws: AlbertError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }
}
