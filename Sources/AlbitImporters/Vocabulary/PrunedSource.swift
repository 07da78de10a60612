import AlbitModel
import AlbitText
import AlbitTokenizers

extension AlbertSource {
    /// The same model with the rows of its vocabulary that are kept: of the word embedding and of the masked-word head,
    /// which is tied to it, and the tokenizer's files likewise. `vocabulary` says in words what was kept.
    ///
    /// - Throws: `vocabularyWithoutRows` where the tokenizer has pieces that the model has no rows for, and what
    ///   reading the tokenizer's files throws.
    package func keeping(
        _ kept: KeptVocabulary, of draft: TokenizerDraft, vocabulary: String
    ) throws(Fault) -> AlbertSource {
        if let last = kept.ids.last, last >= configuration.vocabSize {
            throw Fault(
                .vocabularyWithoutRows, in: draft.path, at: "piece \(last)",
                "has no row in the model, which has \(configuration.vocabSize)",
                advice: "name the tokenizer that belongs to the weights with --tokenizer")
        }
        let files = try PrunedTokenizer.files(tokenizerFiles, of: draft, keeping: kept)
        return AlbertSource(self, rows: kept.ids, tokenizerFiles: files, vocabulary: vocabulary)
    }

    /// The order in which pieces are kept. `counts`: how often texts use each id.
    package func vocabularyOrder(
        _ draft: TokenizerDraft, _ tokenizer: Tokenizer, counts: [Int]
    ) throws(Fault) -> VocabularyOrder {
        VocabularyOrder(draft, tokenizer, counts: counts, named: try PrunedTokenizer.named(tokenizerFiles))
    }
}
