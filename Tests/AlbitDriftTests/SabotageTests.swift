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

/// A candidate that is broken on purpose passes none of the gates that look at what was broken; one that equals its
/// reference passes all that `--gate` sets.
struct SabotageTests {
    static let texts = PrintedAnswersTests.texts

    /// A model of the zoo, which head is asked, and data for it, without truths: agreement and errors need none.
    struct Case: CustomTestStringConvertible, Sendable {
        let path: String
        var head: Head?
        var problemType: ProblemType?
        let measured: MeasuredHead
        var testDescription: String { "\(measured)" }

        var data: String {
            let pairs = zip(SabotageTests.texts, SabotageTests.texts.reversed())
            return switch measured {
            case .answers: "question\tcontext\n" + pairs.map { "who?\t\($0) \($1)\n" }.joined()
            case .choice:
                pairs.map { "{\"text\": \"\($0)\", \"choices\": [\"\($1)\", \"\($0)\", \"terms\"]}\n" }.joined()
            case .order: "text\tpair\n" + pairs.map { "\($0)\t\($1)\n" }.joined()
            default: "text\n" + SabotageTests.texts.map { $0 + "\n" }.joined()
            }
        }

        func model() throws -> Model {
            let model = try Model(opening: Zoo.directory + "/" + path)
            let file = Zoo.directory + "/tokenizers/hf/tokenizer.json"
            var card = model.card
            if let head, !card.use(head) { Issue.record("no \(head.name) head") }
            if let problemType { card.problemType = problemType }
            return model.with(tokenizer: Tokenizer(try TokenizerReader.read(TestData.bytes(atPath: file), path: file)))
                .with(card: card)
        }
    }

    static let cases = [
        Case(path: "torch/hf441_base-seqcls", measured: .label),
        Case(path: "torch/hf441_base-seqcls", problemType: .multiLabel, measured: .labels),
        Case(path: "safetensors/base-tokcls", measured: .tags), Case(path: "safetensors/base-qa", measured: .answers),
        Case(path: "safetensors/base-mc", measured: .choice),
        Case(path: "safetensors/base-pretraining", head: .sentenceOrder, measured: .order),
        Case(path: "safetensors/base-pretraining", head: .maskedLanguageModel, measured: .words),
        Case(path: "safetensors/base-model", measured: .embedding),
    ]

    static func report(_ reference: Model, _ candidate: Model, _ data: String) throws -> DriftReport {
        var comparison = try Comparison(reference: reference, candidate: candidate, kernel: .best, threads: 1)
        return try comparison.run(ExampleReader(path: DataFileTests.file(data), for: reference.card)) { _, _ in }
    }

    @Test(arguments: cases) func aModelThatEqualsItsReferencePasses(_ it: Case) throws {
        let model = try it.model()
        let report = try Self.report(model, model, it.data)
        #expect(report.head == it.measured)
        let gates = it.measured.recommendedGates(hasTruth: false)
        #expect(try !gates.isEmpty && DriftVerdict(report, gates: gates).violations == [])
    }

    /// All weights of the head are 0, or its rows stand in another order, or the encoder computes something else.
    @Test(arguments: cases) func aBrokenModelFails(_ it: Case) throws {
        let model = try it.model()
        var broken: [(String, Model, Memory)] = [try Self.noisy(model)]
        let head =
            it.measured == .answers
            ? model.weights.answer : it.measured == .order ? model.weights.order : model.weights.classifier
        if let head, it.measured != .words, it.measured != .embedding {
            for (name, change) in [("zeroed", { _, _, _ in 0 }), ("permuted", { $0[($1 + 1) % $2] })]
                as [(String, ([Float], Int, Int) -> Float)]
            {
                guard name == "zeroed" || head.rows > 1 else { continue }
                let memory = Memory(head) { row, column, values in
                    change((0..<head.rows).map { values[$0 * head.columns + column] }, row, head.rows)
                }
                let weights =
                    it.measured == .answers
                    ? model.weights.with(answer: memory.linear)
                    : it.measured == .order
                        ? model.weights.with(order: memory.linear) : model.weights.with(classifier: memory.linear)
                broken.append((name, model.with(weights: weights), memory))
            }
        }
        for (name, candidate, memory) in broken {
            try withExtendedLifetime(memory) {
                let report = try Self.report(model, candidate, it.data)
                let quantities = report.quantities
                for gate in it.measured.recommendedGates(hasTruth: false) {
                    let violation = try gate.violation(quantities)
                    // A permutation counts where it moves an answer; errors are always moved.
                    guard case .minAgreement = gate, (report.flips ?? 0) == 0 else {
                        #expect(violation != nil, "\(name) passes --\(gate.option)")
                        continue
                    }
                }
            }
        }
    }

    /// The same model with random numbers in place of the projection of its embeddings.
    private static func noisy(_ model: Model) throws -> (String, Model, Memory) {
        let projection = try #require(model.weights.projection)
        var random = SplitMix64(seed: 5)
        let memory = Memory(projection) { _, _, _ in Float(random.below(2001) - 1000) / 1000 }
        return ("noise", model.with(weights: model.weights.with(projection: memory.linear)), memory)
    }
}

/// Weights of a matmul that a test changed, bias 0.
final class Memory {
    let linear: Linear
    private let values: UnsafeMutablePointer<Float>

    init(_ other: Linear, _ change: (Int, Int, [Float]) -> Float) {
        let count = other.rows * other.columns
        var before = [Float](repeating: 0, count: count)
        if case .float32(let weight, _) = other.weights {
            before = Array(UnsafeBufferPointer(start: weight, count: count))
        }
        values = .allocate(capacity: count + other.rows)
        values.initialize(repeating: 0, count: count + other.rows)
        for row in 0..<other.rows {
            for column in 0..<other.columns { values[row * other.columns + column] = change(row, column, before) }
        }
        linear = Linear(
            weights: .float32(weight: values, bias: UnsafePointer(values + count)), rows: other.rows,
            columns: other.columns)
    }

    deinit { values.deallocate() }
}

extension EncoderWeights {
    /// Other parts in place of these; points into the same memory, which the caller keeps.
    func with(
        classifier: Linear? = nil, answer: Linear? = nil, order: Linear? = nil, projection: Linear? = nil
    ) -> EncoderWeights {
        EncoderWeights(
            configuration: configuration, wordEmbeddings: wordEmbeddings, positionEmbeddings: positionEmbeddings,
            tokenTypeEmbeddings: tokenTypeEmbeddings, embeddingNorm: embeddingNorm,
            projection: projection ?? self.projection, layers: layers,
            pooler: pooler, classifier: classifier ?? self.classifier, answer: answer ?? self.answer,
            order: order ?? self.order,
            prediction: prediction, isInt8: isInt8, precision: precision, attentionWeightPlanes: attentionWeightPlanes,
            file: file, owners: [])
    }
}
