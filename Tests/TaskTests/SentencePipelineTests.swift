import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import TestData
import Testing

/// What the card says of sentences is what `embed` does: each pooling by its definition over the encoder's own states.
@Suite struct SentencePipelineTests {
    static let text = TaskText("a longer text about the terms of this library")

    private static func vector(
        _ zoo: ZooTasks, _ pipeline: SentencePipeline, _ text: TaskText = text, prompt: String? = nil
    ) throws -> [Float] {
        var options = SentenceEmbedding.Options(isNormalized: false)
        options.pipeline = pipeline
        options.prompt = prompt.map { Array($0.utf8) }
        return try zoo.tasks.answer(of: SentenceEmbedding(zoo.context, options: options), to: text)
    }

    private static func states(_ zoo: ZooTasks, _ text: TaskText = text) throws -> [[Double]] {
        let states = try zoo.tasks.answer(of: TokenStateReading(zoo.context), to: text)
        let width = states.values.count / states.encoding.count
        return states.encoding.ids.indices.map { token in
            states.values[(token * width)..<((token + 1) * width)].map(Double.init)
        }
    }

    /// Sums in single precision, of a dozen values near 1.
    private static func isClose(_ found: [Float], _ expected: [Double]) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 }
    }

    @Test(arguments: SentencePooling.allCases) func poolingsAreWhatTheirNamesSay(_ pooling: SentencePooling) throws {
        let zoo = try ZooTasks("safetensors/base-model")
        let states = try Self.states(zoo)
        func folded(_ join: ([Double]) -> Double) -> [Double] {
            states[0].indices.map { dimension in join(states.map { $0[dimension] }) }
        }
        let n = Double(states.count)
        let expected: [Double]? =
            switch pooling {
            case .mean: folded { $0.reduce(0, +) / n }
            case .cls: states.first
            case .max: folded { $0.max() ?? 0 }
            case .meanSqrtLength: folded { $0.reduce(0, +) / n.squareRoot() }
            case .weightedMean:
                folded { column in
                    column.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element } / (n * (n + 1) / 2)
                }
            case .lastToken: states.last
            case .pooler: nil
            }
        let found = try Self.vector(zoo, SentencePipeline(pooling))
        if let expected { #expect(Self.isClose(found, expected)) }
        // Several are joined end to end, in their order.
        let mean = try Self.vector(zoo, SentencePipeline(.mean))
        #expect(try Self.vector(zoo, SentencePipeline(pooling, .mean)) == found + mean)
    }

    /// x - tanh x is of nearly equal numbers where x is small: values of the exact difference, in 60 digits.
    @Test func tanhshrinkKeepsItsDigits() {
        let cases: [(x: Float, expected: Double)] = [
            (9.999999747378752e-05, 3.333333067e-13), (-0.003000000026077032, -8.999967835e-09),
            (0.05000000074505806, 4.162504398e-05), (0.25, 5.081337596e-03),
            (-0.4999000132083893, -3.786149397e-02), (0.5, 3.788284274e-02), (0.8999999761581421, 1.837021176e-01),
            (-2, -1.035972420), (7.5, 6.500000612),
        ]
        for (x, expected) in cases {
            let found = Double(DenseActivation.tanhshrink.applied(to: [x], kernel: .best)[0])
            // From 0.5 on the difference has what tanh may err by (ScalarAccuracyTests) in it.
            let bound = 3e-7 * abs(expected) + (abs(x) < 0.5 ? 0 : 3.6e-7)
            #expect(abs(found - expected) <= bound, "\(x): \(found), not \(expected)")
        }
    }

    @Test func theCardDecidesUnlessAPoolingIsNamed() throws {
        let zoo = try ZooTasks("safetensors/base-model") { $0.sentence = SentencePipeline(.max, .cls) }
        let own = try zoo.tasks.answer(
            of: SentenceEmbedding(zoo.context, options: .init(isNormalized: true)), to: Self.text)
        // Asked for nothing, vectors are as the card has them.
        #expect(
            try zoo.tasks.answer(of: SentenceEmbedding(zoo.context), to: Self.text)
                == Self.vector(zoo, SentencePipeline(.max, .cls)))
        let joined = try Self.vector(zoo, SentencePipeline(.max, .cls))
        #expect(own == SentenceVector.normalized(joined) && own != joined)
        #expect(try SentenceEmbedding(zoo.context).width == own.count)
        let named = SentenceEmbedding.Options(pooling: .mean, isNormalized: false)
        #expect(
            try zoo.tasks.answer(of: SentenceEmbedding(zoo.context, options: named), to: Self.text)
                == Self.vector(zoo, SentencePipeline(.mean)))
    }

    @Test func aPromptGoesBeforeTheText() throws {
        let prompts = PromptList([Prompt(name: "query", text: "the question is ")], defaultName: "query")
        let zoo = try ZooTasks("safetensors/base-model") { $0.prompts = prompts }
        let whole = TaskText("the question is a longer text about the terms of this library")
        let plain = try ZooTasks("safetensors/base-model")
        let expected = try Self.vector(plain, SentencePipeline(.mean), whole)
        #expect(try Self.vector(zoo, SentencePipeline(.mean)) == expected)
        #expect(
            try Self.vector(zoo, SentencePipeline(.mean), prompt: "") == Self.vector(plain, SentencePipeline(.mean)))
        // Left out of the pooling, with the frame before it: the states of the text that follows, and of [SEP].
        let prompt = try plain.tasks.model.requireTokenizer().tokens(Array("the question is ".utf8))
        let states = try Self.states(plain, whole).dropFirst(1 + prompt.count)
        let mean = states[states.startIndex].indices.map { dimension in
            states.reduce(0) { $0 + $1[dimension] } / Double(states.count)
        }
        #expect(Self.isClose(try Self.vector(zoo, SentencePipeline(poolings: [.mean], includesPrompt: false)), mean))
    }

    @Test func theCardsLengthCutsTexts() throws {
        let zoo = try ZooTasks("safetensors/base-model") { $0.maxSequenceLength = 6 }
        #expect(zoo.context.maxLength == 6)
        #expect(try Self.states(zoo).count == 6 && zoo.tasks.truncatedTexts == 1)
        #expect(
            try ZooTasks("safetensors/base-model", maxLength: 9) { $0.maxSequenceLength = 6 }.context.maxLength == 9)
    }

    @Test func whatIsNotRunIsRefused() throws {
        let dense = DenseStage(inFeatures: 48, outFeatures: 8, hasBias: true, activation: .tanh)
        for stage in [SentenceStage.dense(dense), .layerNorm(epsilon: 1e-5)] {
            let zoo = try ZooTasks("safetensors/base-model") { $0.sentence = SentencePipeline(.mean, stages: [stage]) }
            // The card tells of weights that are not there.
            #expect(fault { try SentenceEmbedding(zoo.context) }.isA(.taskUnsupportedPipeline, "--pooling"))
            _ = try SentenceEmbedding(zoo.context, options: .init(pooling: .mean))
        }
    }
}

/// What a model can be asked is what its card says, whatever tensors are there.
@Suite struct CardTests {
    @Test func aTaggerThatStillStoresItsPoolerIsATagger() throws {
        let zoo = try ZooTasks("torch/hf441_base-seqcls") { $0.heads = [.tokenClassification] }
        let model = zoo.tasks.model
        #expect(model.weights.pooler != nil)
        #expect(fault { try SequenceClassification(zoo.context) }.isA(.taskNoHead, "'tag'"))
        let tagged = try zoo.tasks.answer(
            of: TokenClassification(zoo.context, aggregation: .none), to: Array("the license".utf8))
        #expect(tagged.entities.count >= 2)
        let sequence = try zoo.tasks.session.encode([zoo.context.sequence(TaskText("the license")).input(0)])[0]
        #expect(model.allLogits(of: sequence).map(\.head) == [.tokenClassification])
        #expect(model.allLogits(of: sequence).first?.values.count == 3 * sequence.count)
    }

    /// Every task on every head: the one that fits, and none else.
    @Test(arguments: [
        ("safetensors/base-tokcls", Head.tokenClassification), ("safetensors/base-qa", .questionAnswering),
        ("safetensors/base-mc", .multipleChoice), ("torch/hf441_base-seqcls", .sequenceClassification),
    ])
    func tasksAreRefusedByTheirHead(_ path: String, _ head: Head) throws {
        let context = try ZooTasks(path).context
        let faults: [(Head, Fault?)] = [
            (.sequenceClassification, fault { try SequenceClassification(context) }),
            (.tokenClassification, fault { try TokenClassification(context) }),
            (.multipleChoice, fault { try MultipleChoice(context) }),
            (.questionAnswering, fault { try QuestionAnswering(context) }),
            (.maskedLanguageModel, fault { try MaskedWords(context) }),
            (.sentenceOrder, fault { try SentenceOrder(context) }),
        ]
        for (asked, fault) in faults {
            #expect(
                asked == head ? fault == nil : fault.isA(.taskNoHead, asked.name, head.name, "'" + head.command + "'"))
        }
    }

    /// A card that names a head which its tensors cannot be.
    @Test func aHeadOfAnotherWidthIsRefused() throws {
        let zoo = try ZooTasks("torch/hf441_base-seqcls") { $0.heads = [.multipleChoice] }
        #expect(fault { try MultipleChoice(zoo.context) }.isA(.taskWrongWidth, "multiple-choice", "3", "1"))
    }

    /// A reranker's sigmoid is 1 for much that fits: candidates are still ordered by what the head says.
    @Test func saturatedScoresAreOrdered() {
        let found = CandidateScores(scores: [1, 1, 0.5, 1], ranks: [17.475, 22.908, 0, 20])
        #expect(found.best(3) == [1, 3, 0])
    }
}
