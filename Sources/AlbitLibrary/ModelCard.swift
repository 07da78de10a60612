internal import AlbitModel
internal import AlbitTasks
internal import AlbitText

/// What is known of a model: what it answers, its sizes, where it comes from, and how far its answers drifted.
public struct ModelCard: Sendable, Equatable {
    /// Name for people, such as `ALBERT 768, 12 layers from 1 stored`.
    public let name: String
    /// `albert` or `bert`.
    public let architecture: String
    /// Licence of the weights, where the source told one.
    public let license: String?
    /// As ``Albert/heads``; the first is the one in use.
    public let heads: [String]
    /// As ``Albert/labels``.
    public let labels: [String]
    /// Pieces of the vocabulary.
    public let vocabularySize: Int
    /// Values of one hidden state.
    public let hiddenSize: Int
    /// Layers that are applied; ALBERT stores fewer.
    public let layers: Int
    /// Most tokens of one sequence, as ``Albert/maxLength``.
    public let maxLength: Int
    /// How a text becomes a vector, in words such as `mean, normalize`.
    public let pooling: String
    /// Values of a text's vector.
    public let embeddingSize: Int
    /// Words that go before a text, by the name of their use.
    public let prompts: [String: String]
    /// How vectors are compared: `cosine`, `dot`, or what the model names.
    public let similarity: String
    /// Whether ``Albert/match(_:among:top:)`` reads question and candidate together; else it compares vectors.
    public let readsPairs: Bool
    /// What a cross-encoder's logit passes through to be a score, such as `sigmoid`; nil where there is no such logit.
    public let scoreActivation: String?
    /// Digest of what an Albit file computes in its self test, in hexadecimal: files with the same digest give the
    /// same answers. Nil for a checkpoint.
    public let digest: String?
    /// Name of the file that the weights were made from; empty where it is not known.
    public let source: String
    /// SHA-256 of that file, in hexadecimal; empty where it is not known.
    public let sourceDigest: String
    /// Bytes of the file or files; 0 where that is not known.
    public let fileBytes: Int
    /// The drift that was measured when the weights were rounded, as JSON; nil where none was.
    public let drift: String?
}

extension Albert {
    /// What is known of the model.
    public var card: ModelCard {
        let (card, configuration) = (model.card, model.weights.configuration)
        let pipeline = card.sentence ?? SentencePipeline(.mean)
        let isScored = model.weights.classifier?.rows == 1 && PairRanking(context) != nil
        return ModelCard(
            name: card.name, architecture: configuration.architecture.name, license: card.license, heads: heads,
            labels: labels, vocabularySize: configuration.vocabSize, hiddenSize: configuration.hiddenSize,
            layers: configuration.appliedLayers, maxLength: maxLength, pooling: pipeline.name,
            embeddingSize: pipeline.width(hiddenSize: configuration.hiddenSize),
            prompts: Dictionary(card.prompts.prompts.map { ($0.name, $0.text) }) { first, _ in first },
            similarity: (card.similarity ?? .cosine).rawValue, readsPairs: PairRanking(context) != nil,
            scoreActivation: isScored ? (card.scoreActivation ?? .sigmoid).rawValue : nil,
            digest: (try? model.file?.gguf.string(ModelKey.selfTestDigest)) ?? nil, source: card.origin.file,
            sourceDigest: card.origin.digest, fileBytes: model.size.fileBytes, drift: card.drift)
    }
}
