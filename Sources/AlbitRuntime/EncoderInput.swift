import AlbitModel
import AlbitText

/// One sequence of token ids as the encoder takes it.
package struct EncoderInput: Sendable {
    package var ids: [Int32]
    /// Token types, as many as ids.
    package var typeIds: [Int32]
    /// Which positions exist; nil: all. Masked positions are left out of the computation, their hidden rows are 0.
    package var mask: [Bool]?

    package init(ids: [Int32], typeIds: [Int32]? = nil, mask: [Bool]? = nil) {
        self.ids = ids
        self.typeIds = typeIds ?? [Int32](repeating: 0, count: ids.count)
        self.mask = mask
    }

    /// Throws the `Fault` for what the model cannot take.
    func check(_ weights: EncoderWeights) throws(Fault) {
        let configuration = weights.configuration
        guard typeIds.count == ids.count else {
            throw Fault(
                .runtimeUnequalLengths, String(ids.count) + " ids but " + String(typeIds.count) + " token types")
        }
        if let mask, mask.count != ids.count {
            throw Fault(
                .runtimeUnequalLengths, String(ids.count) + " ids but " + String(mask.count) + " mask values")
        }
        guard ids.count <= configuration.maxPositionEmbeddings else {
            throw Fault(
                .runtimeTooLong,
                "a sequence of " + String(ids.count) + " tokens is longer than the model's "
                    + String(configuration.maxPositionEmbeddings) + " positions")
        }
        for id in ids where id < 0 || Int(id) >= configuration.vocabSize {
            throw Fault(
                .runtimeIdOutOfRange,
                "token id " + String(Int(id)) + " is outside 0 ..< "
                    + String(configuration.vocabSize), advice: "was it made with another tokenizer?")
        }
        // A model without token types takes zeros, as Hugging Face's tokenizers always write them.
        for id in typeIds where id < 0 || Int(id) >= max(1, configuration.typeVocabSize) {
            throw Fault(
                .runtimeTypeOutOfRange,
                "token type " + String(Int(id)) + " is outside 0 ..< "
                    + String(configuration.typeVocabSize))
        }
    }
}
