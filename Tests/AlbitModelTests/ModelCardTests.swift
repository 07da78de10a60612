import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

/// What a card says stands in the file and is read back; what was never said before raises the format.
struct ModelCardTests {
    static let configuration = Configuration(
        vocabSize: 100, embeddingSize: 16, hiddenSize: 32, intermediateSize: 64, numAttentionHeads: 4,
        numHiddenLayers: 2)

    /// A header as a file.
    private static func file(_ build: (inout GGUFWriter) -> Void) throws -> GGUF {
        var header = GGUFWriter()
        build(&header)
        let path = try TestData.temporaryDirectory() + "/card.gguf"
        try Data(header.header()).write(to: URL(filePath: path))
        return try GGUF(file: MappedFile(path: path))
    }

    /// The card that comes back, and the format it was written in.
    private static func written(
        _ card: ModelCard, tensorsNeed version: Int = 1
    ) throws -> (
        card: ModelCard, format: Int?
    ) {
        let gguf = try file { card.write(to: &$0, configuration: configuration, tensorsNeed: version) }
        return (try ModelCard(gguf), try gguf.integer("albit.format_version"))
    }

    private static var plain: ModelCard {
        var card = ModelCard()
        card.name = "ALBERT 32, 2 layers from 1 stored"
        card.license = "apache-2.0"
        card.heads = [.sequenceClassification, .maskedLanguageModel]
        card.labels = ["NEGATIVE", "POSITIVE"]
        card.problemType = .multiLabel
        card.sentence = SentencePipeline(.cls, stages: [.normalize])
        card.origin = ModelOrigin(
            file: "model.safetensors", format: "safetensors", digest: String(repeating: "a", count: 64))
        return card
    }

    @Test func whatFormat1CouldSayIsStillFormat1() throws {
        let (card, format) = try Self.written(Self.plain)
        #expect(card == Self.plain && format == 1)
        #expect(try Self.written(Self.plain, tensorsNeed: 2).format == 2)
        let bare = try Self.written(ModelCard())
        #expect(bare.card == ModelCard() && bare.format == 1)
        for pooling in [SentencePooling.mean, .cls, .max, .pooler] {
            var card = ModelCard()
            card.sentence = SentencePipeline(pooling, stages: [.normalize])
            #expect(try Self.written(card) == (card, 1))
        }
        // Keys and their order are those of the first version.
        let keys = try Self.file { Self.plain.write(to: &$0, configuration: Self.configuration) }.metadata.map(\.key)
        #expect(
            keys == [
                "general.alignment", "general.architecture", "general.name", "general.license", "albert.vocab_size",
                "albert.context_length", "albert.embedding_length", "albert.block_count", "albert.feed_forward_length",
                "albert.attention.head_count", "albert.attention.layer_norm_epsilon", "albit.format_version",
                "albit.embedding_size", "albit.group_count", "albit.inner_group_count", "albit.hidden_act",
                "albit.type_vocab_size", "albit.heads", "albit.labels", "albit.problem_type", "albit.pooling",
                "albit.source.file", "albit.source.format", "albit.source.sha256",
            ])
    }

    /// Each new thing by itself, then all together.
    @Test func whatIsNewRaisesTheFormat() throws {
        let dense = DenseStage(inFeatures: 64, outFeatures: 16, hasBias: true, activation: .tanh)
        let prompts = PromptList(
            [Prompt(name: "query", text: "query: "), Prompt(name: "none", text: "")], defaultName: "query")
        let changes: [(inout ModelCard) -> Void] = [
            { $0.sentence = SentencePipeline(.mean, .max) },
            { $0.sentence = SentencePipeline(.weightedMean) },
            { $0.sentence = SentencePipeline(poolings: [.mean], includesPrompt: false) },
            { $0.sentence = SentencePipeline(.mean) }, { $0.similarity = .dot }, { $0.scoreActivation = .identity },
            { $0.sentence = SentencePipeline(poolings: [.mean], stages: [.normalize], keptWidth: 12) },
            {
                $0.sentence = SentencePipeline(
                    .lastToken, stages: [.dense(dense), .layerNorm(epsilon: 1e-5), .dense(dense), .normalize])
            },
            { $0.maxSequenceLength = 64 }, { $0.lowercases = true }, { $0.prompts = prompts },
        ]
        var all = ModelCard()
        for change in changes {
            var card = Self.plain
            change(&card)
            #expect(try Self.written(card, tensorsNeed: 2) == (card, 3))
            change(&all)
        }
        #expect(try Self.written(all) == (all, 3))
        #expect(all.sentence?.width(hiddenSize: 32) == 16)
        #expect(SentencePipeline(.cls, .mean).width(hiddenSize: 32) == 64)
    }

    @Test func theDriftIsReadWithoutWhatPadsIt() throws {
        let blank = try Self.file { ModelCard.reserveDrift(in: &$0) }
        #expect(try ModelCard(blank).drift == nil)
        let measured = try Self.file { $0.set("albit.drift", #"{"hidden": 0.02}"# + String(repeating: " ", count: 9)) }
        #expect(try ModelCard(measured).drift == #"{"hidden": 0.02}"#)
    }

    @Test func whatAFileCannotMeanIsRefused() throws {
        func refused(_ code: FaultCode, _ words: String..., build: (inout GGUFWriter) -> Void) throws {
            let gguf = try Self.file(build)
            let error = fault { try ModelCard(gguf) }
            #expect(error?.isA(code, words) == true, "\(String(describing: error))")
        }
        try refused(.modelBadValue, "albit.heads", "'telepathy'") { $0.set("albit.heads", ["telepathy"]) }
        try refused(.modelBadValue, "albit.heads") { $0.set("albit.heads", ["sentence-order", "sentence-order"]) }
        try refused(.modelBadValue, "albit.problem_type", "'guess'") { $0.set("albit.problem_type", "guess") }
        try refused(.modelBadValue, "albit.pooling", "'median'") { $0.set("albit.pooling", "median") }
        try refused(.modelBadValue, "albit.sentence.poolings", "'median'") {
            $0.set("albit.sentence.poolings", ["mean", "median"])
        }
        try refused(.modelBadValue, "albit.sentence.poolings") { $0.set("albit.sentence.poolings", [String]()) }
        try refused(.modelBadValue, "albit.max_sequence_length") { $0.set("albit.max_sequence_length", 0) }
        try refused(.modelWrongKeyType, "albit.lowercase", "a bool") { $0.set("albit.lowercase", 1) }
        try refused(.modelBadValue, "albit.prompts.texts", "0", "1") { $0.set("albit.prompts.names", ["query"]) }
        try refused(.modelBadValue, "albit.prompts.default") { $0.set("albit.prompts.default", "query") }
        for stages in [["dense"], ["layer_norm"], ["tanh"], [String](repeating: "normalize", count: 65)] {
            try refused(.modelBadValue, "albit.sentence.stages") {
                $0.set("albit.sentence.poolings", ["mean"])
                $0.set("albit.sentence.stages", stages)
            }
        }
        let widths: [(UInt32, UInt32, UInt8, String)] = [
            (0, 4, 1, "tanh"), (4, 70_000, 1, "tanh"), (4, 4, 2, "tanh"), (4, 4, 1, "swish"),
        ]
        for (inputs, outputs, bias, activation) in widths {
            try refused(.modelBadValue, "albit.sentence.dense") {
                $0.set("albit.sentence.poolings", ["mean"])
                $0.set("albit.sentence.dense.in", [inputs])
                $0.set("albit.sentence.dense.out", [outputs])
                $0.set("albit.sentence.dense.bias", [bias])
                $0.set("albit.sentence.dense.activation", [activation])
            }
        }
    }

    @Test func aHeadIsPutInUse() {
        var card = Self.plain
        #expect(card.head == .sequenceClassification)
        #expect(card.use(.maskedLanguageModel) && card.heads == [.maskedLanguageModel, .sequenceClassification])
        #expect(!card.use(.questionAnswering) && card.head == .maskedLanguageModel)
        #expect(ModelCard().head == nil)
    }

    @Test func labelsThatAreNotKnownHaveHuggingFacesNames() {
        #expect(Self.plain.labelNames(count: 3) == ["NEGATIVE", "POSITIVE", "LABEL_2"])
    }
}
