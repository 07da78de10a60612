/// A tokenizer as its own files describe it, before it is laid out for the model file.
package struct TokenizerDraft {
    /// What messages call the file.
    package var path: String
    package var pieces: [[UInt8]]
    /// Log probabilities; empty for WordPiece.
    package var scores: [Float] = []
    /// `PieceType` of each piece; empty means all are normal.
    package var types: [UInt8] = []
    /// SentencePiece's precompiled character map; empty where there is none.
    package var charsmap: [UInt8] = []
    package var settings: TokenizerSettings
    /// The steps of a `tokenizer.json`; nil for the tokenizer of a SentencePiece model.
    package var pipeline: TokenizerPipeline?
    /// Scores as doubles, where the model is a `tokenizer.json`'s; else empty.
    package var exactScores: [Double] = []
    /// Pieces of the model; those behind are added tokens, which the model does not know. nil: all are.
    package var modelCount: Int?
    package var specialTokens: [SpecialToken] = []
    package var specialIDs = SpecialIDs()
    package var template: TokenTemplate

    package init(path: String, pieces: [[UInt8]], settings: TokenizerSettings, template: TokenTemplate) {
        self.path = path
        self.pieces = pieces
        self.settings = settings
        self.template = template
    }
}
