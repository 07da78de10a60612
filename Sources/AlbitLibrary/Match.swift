/// A candidate that fits a question.
public struct Match: Sendable, Equatable {
    /// Place among the candidates, from 0.
    public let index: Int
    /// The candidate.
    public let text: String
    /// How well it fits, 0...1: a probability where the model reads question and candidate together, else the cosine of
    /// their vectors, 0 for those below. A model that says how it scores (a cross-encoder's activation, the similarity
    /// of a sentence model) gives just that.
    public let score: Float
    /// What matches are ordered by: the logit that the score is made of, or the similarity of the vectors as it is.
    public let rawScore: Float
}

extension Albert {
    /// Finds which of some candidates (answers, intents, paragraphs) fit a question.
    ///
    /// A model with a pair head (a reranker, multiple choice, entailment) reads question and candidate together; any
    /// other compares their vectors. For many questions over the same candidates, keep their vectors
    /// (``embed(_:pooling:normalized:prompt:)-([String],_,_,_)``) and compare those.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - candidates: Any number of them.
    ///   - top: Matches to give at most, 1 or more.
    /// - Returns: The best matches, best first, the earlier candidate first of equal ones.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/invalidArgument`` for `top` below 1,
    ///   ``AlbertError/Code/missingTokenizer`` or ``AlbertError/Code/textTooLong``.
    ///
    /// Source: Reimers and Gurevych, "Sentence-BERT" (2019); Nogueira and Cho, "Passage Re-ranking with BERT" (2019).
    public func match(_ question: String, among candidates: [String], top: Int = 5) throws(AlbertError) -> [Match] {
        try ask(.match(question, among: candidates, top: top))
    }
}
