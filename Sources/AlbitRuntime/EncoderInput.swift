import AlbitModel

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

    /// Throws the `RuntimeError` for what the model cannot take.
    func check(_ weights: EncoderWeights) throws(RuntimeError) {
        let configuration = weights.configuration
        guard typeIds.count == ids.count else {
            throw .unequalLengths(ids: ids.count, other: typeIds.count, what: "token types")
        }
        if let mask, mask.count != ids.count {
            throw .unequalLengths(ids: ids.count, other: mask.count, what: "mask values")
        }
        guard ids.count <= configuration.maxPositionEmbeddings else {
            throw .tooLong(length: ids.count, limit: configuration.maxPositionEmbeddings)
        }
        for id in ids where id < 0 || Int(id) >= configuration.vocabSize {
            throw .idOutOfRange(id: Int(id), vocabSize: configuration.vocabSize)
        }
        // A model without token types takes zeros, as Hugging Face's tokenizers always write them.
        for id in typeIds where id < 0 || Int(id) >= max(1, configuration.typeVocabSize) {
            throw .typeOutOfRange(id: Int(id), typeVocabSize: configuration.typeVocabSize)
        }
    }
}
