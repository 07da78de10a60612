/// A part of a text that answers a question.
public struct Answer: Sendable, Equatable {
    /// The words of the text; empty where "no answer" won.
    public let text: String
    /// Where they stand in the text that was given; nil: the text holds no answer.
    public let range: Range<String.Index>?
    /// 0...1; where the same words were found in several places their scores are added up, so that it may pass 1.
    public let score: Float
}

extension Albert {
    /// Finds the answer to a question in a text. The answer is a part of the text: an encoder does not write one.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - text: Where to look, of any length up to 64 MB; read in windows that overlap by 128 tokens.
    ///   - top: Answers to give at most, 1 or more.
    ///   - allowsNoAnswer: Whether "the text does not tell" may win (models trained on SQuAD 2).
    /// - Returns: The best answers, best first; none for a text without words.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingHead`` where the model has no head for questions,
    ///   ``AlbertError/Code/missingTokenizer``, ``AlbertError/Code/textTooLong`` for the question, or
    ///   ``AlbertError/Code/invalidArgument``.
    ///
    /// Source: `AlbertForQuestionAnswering` and `QuestionAnsweringPipeline` of transformers 4.57.
    public func answer(
        _ question: String, in text: String, top: Int = 1, allowsNoAnswer: Bool = false
    ) throws(AlbertError) -> [Answer] {
        try ask(.answer(question, in: text, top: top, allowsNoAnswer: allowsNoAnswer))
    }
}
