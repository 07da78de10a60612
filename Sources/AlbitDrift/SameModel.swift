import AlbitModel
import AlbitTasks
import AlbitText

extension Model {
    /// Throws where the other is not the same model in another precision, or with a part of its vocabulary: then gives
    /// what they have in common.
    func requireSame(as other: Model) throws(Fault) -> SharedPieces? {
        let shared = tokenizer.flatMap { a in other.tokenizer.flatMap { SharedPieces(a, $0) } }
        let (a, b) = (weights.configuration, other.weights.configuration)
        let dimensions = [
            ("vocab_size", a.vocabSize, shared == nil ? b.vocabSize : a.vocabSize),
            ("embedding_size", a.embeddingSize, b.embeddingSize),
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
        guard heads == other.heads else {
            throw Fault(
                .comparisonOtherHead,
                "these are two different models: the reference has \(heads), the candidate \(other.heads)")
        }
        if shared == nil, let a = tokenizer, let b = other.tokenizer {
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
        let (names, otherNames) = (card.labels, other.card.labels)
        if !names.isEmpty, !otherNames.isEmpty, names != otherNames {
            throw Fault(
                .comparisonOtherLabels,
                "these are two different models: the reference's labels are \(names.joined(separator: ", ")), "
                    + "the candidate's \(otherNames.joined(separator: ", "))")
        }
        return shared
    }

    /// The heads in words, whichever is in use.
    private var heads: String {
        let parts = Head.allCases.filter(card.heads.contains).map { head in
            switch head {
            case .sequenceClassification, .tokenClassification, .multipleChoice:
                "\(head.name) of \(weights.classifier?.rows ?? 0) labels"
            default: head.name
            }
        }
        return parts.isEmpty ? "no head" : parts.joined(separator: ", ")
    }

    /// The same model with the tokenizer and the labels of another where it has none itself.
    func completed(by other: Model) -> Model {
        var card = card
        if card.labels.isEmpty { card.labels = other.card.labels }
        return with(tokenizer: tokenizer ?? other.tokenizer).with(card: card)
    }
}
