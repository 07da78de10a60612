import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// One of the two models that are compared: weights, tokenizer and what its outputs are called.
package struct Contender {
    package let path: String
    package let weights: EncoderWeights
    package let tokenizer: Tokenizer?
    package let labels: [String]
    package let problemType: String?
    /// How an embedding is made of hidden states: mean, cls, max or pooler; nil: mean.
    package let pooling: String?
    /// Bytes of its file or files.
    package let bytes: Int
    /// Bytes of the weights that a run holds in memory or maps; 0 where it is not known.
    package let memory: Int

    package init(
        path: String, weights: EncoderWeights, tokenizer: Tokenizer?, labels: [String], problemType: String?, pooling: String? = nil, bytes: Int, memory: Int = 0
    ) {
        self.memory = memory
        self.pooling = pooling
        self.path = path
        self.weights = weights
        self.tokenizer = tokenizer
        self.labels = labels
        self.problemType = problemType
        self.bytes = bytes
    }
}

extension Contender {
    /// An example as ids, and whether its end was left out. Throws where it is text and there is no tokenizer.
    package func encoderInput(
        _ example: Example, _ path: String, tokenizer: Tokenizer?
    ) throws(Fault) -> (input: EncoderInput, isTruncated: Bool) {
        switch example.input {
        case .ids(let ids, let typeIds):
            return (EncoderInput(ids: ids, typeIds: typeIds), false)
        case .text(let text, let pair):
            guard let tokenizer else {
                throw Fault(
                    .dataNeedsTokenizer, in: path, at: "line \(example.line)",
                    "is text, but the model has no tokenizer", advice: "give ids")
            }
            let encoding = tokenizer.encode(text, pair: pair, maxLength: weights.configuration.maxPositionEmbeddings)
            let typeIds = weights.configuration.typeVocabSize > 1 ? encoding.typeIDs : nil
            return (EncoderInput(ids: encoding.ids, typeIds: typeIds), encoding.truncatedCount > 0)
        }
    }

    /// Throws where the other is not the same model in another precision.
    func requireSame(as other: Contender) throws(Fault) {
        let (a, b) = (weights.configuration, other.weights.configuration)
        let dimensions = [
            ("vocab_size", a.vocabSize, b.vocabSize), ("embedding_size", a.embeddingSize, b.embeddingSize),
            ("hidden_size", a.hiddenSize, b.hiddenSize), ("intermediate_size", a.intermediateSize, b.intermediateSize),
            ("num_attention_heads", a.numAttentionHeads, b.numAttentionHeads),
            ("the number of applied layers", a.appliedLayers, b.appliedLayers),
        ]
        for (name, x, y) in dimensions where x != y {
            throw Fault(
                .comparisonOtherDimension,
                "these are two different models: \(name) is \(String(x)) in the reference and \(String(y)) in "
                    + "the candidate")
        }
        func heads(_ weights: EncoderWeights) -> String {
            let parts = [
                weights.classifier.map { "a classifier of \($0.rows) labels" }, weights.answer.map { _ in "an answer head" },
                weights.order.map { _ in "a sentence-order head" }, weights.prediction.map { _ in "a masked-word head" },
            ].compactMap { $0 }
            return parts.isEmpty ? "no head" : parts.joined(separator: ", ")
        }
        guard heads(weights) == heads(other.weights) else {
            throw Fault(
                .comparisonOtherHead,
                "these are two different models: the reference has \(heads(weights)), the candidate "
                    + "\(heads(other.weights))")
        }
        if let a = tokenizer, let b = other.tokenizer {
            for id in 0..<max(a.count, b.count) {
                let (x, y) = (a.piece(Int32(id)), b.piece(Int32(id)))
                if x != y {
                    throw Fault(
                        .comparisonOtherVocabulary,
                        "these are two different models: token \(id) is '\(String(decoding: x, as: UTF8.self))' "
                            + "in the reference and '\(String(decoding: y, as: UTF8.self))' in the candidate")
                }
            }
        }
        if !labels.isEmpty, !other.labels.isEmpty, labels != other.labels {
            throw Fault(
                .comparisonOtherLabels,
                "these are two different models: the reference's labels are \(labels.joined(separator: ", ")), "
                    + "the candidate's \(other.labels.joined(separator: ", "))")
        }
    }
}
