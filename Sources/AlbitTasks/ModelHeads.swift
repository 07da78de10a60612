import AlbitModel
import AlbitRuntime
import AlbitText

// The heads of a model, as its card names them. What tensors happen to be there decides nothing: a tagger whose
// checkpoint still stores its pooler is a tagger.
extension Model {
    /// The matmul of a head; `width`: the outputs it must have. Throws for a head that the card does not name, telling
    /// what the model can be asked instead. Not for the masked-word head, which is more than a matmul.
    package func linear(_ head: Head, width: Int? = nil) throws(Fault) -> Linear {
        guard card.heads.contains(head), let linear = matmul(head) else { throw missing(head) }
        if head.readsPooled, weights.pooler == nil {
            throw Fault(.taskNoPooler, "the model has no pooler, which its " + head.name + " head reads")
        }
        if let width, linear.rows != width {
            throw Fault(
                .taskWrongWidth, "the " + head.name + " head answers " + String(linear.rows) + " values",
                expected: String(width))
        }
        return linear
    }

    /// The masked-word head. Throws for a model without it.
    package func predictionHead() throws(Fault) -> PredictionHead {
        guard card.heads.contains(.maskedLanguageModel), let prediction = weights.prediction else {
            throw missing(.maskedLanguageModel)
        }
        return prediction
    }

    /// Throws for a model whose pooled output is asked for and that has none.
    func requirePooler() throws(Fault) {
        if weights.pooler == nil {
            throw Fault(.taskNoPooler, "the model has no pooler", advice: "use --pooling mean or cls")
        }
    }

    /// Logits of every head but the masked-word one, whose rows are as wide as the vocabulary.
    package func allLogits(of sequence: EncodedSequence) -> [HeadLogits] {
        var result: [HeadLogits] = []
        for head in Head.allCases where card.heads.contains(head) {
            guard let linear = matmul(head) else { continue }
            let values = head.readsPooled ? sequence.pooledLogits(linear) : sequence.tokenLogits(linear)
            if let values { result.append(HeadLogits(head: head, width: linear.rows, values: values)) }
        }
        return result
    }

    private func matmul(_ head: Head) -> Linear? {
        switch head {
        case .sequenceClassification, .tokenClassification, .multipleChoice: weights.classifier
        case .questionAnswering: weights.answer
        case .sentenceOrder: weights.order
        case .maskedLanguageModel: nil
        }
    }

    private func missing(_ head: Head) -> Fault {
        var advice = "it has " + Head.names(card.heads)
        if let found = card.head { advice += "; ask it with '" + found.command + "'" }
        return Fault(.taskNoHead, "the model has no head for " + head.name, advice: advice)
    }
}

/// What a head answers for one sequence: one row of `width` values, or one for every token that was read.
package struct HeadLogits {
    package let head: Head
    package let width: Int
    package let values: [Float]
}
