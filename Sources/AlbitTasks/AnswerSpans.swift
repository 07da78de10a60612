import AlbitRuntime
import AlbitTokenizers

/// A run of tokens that may be the answer.
package struct AnswerSpan: Sendable, Equatable {
    /// Tokens of the sequence, last included.
    package let first: Int
    package let last: Int
    /// Probability of the start times that of the end.
    package let score: Float
}

/// Start and end logits of one sequence to spans of its context, as transformers' `QuestionAnsweringPipeline` (4.57)
/// does it: softmax over the context and [CLS], the best products of start and end within a longest answer.
package struct AnswerSpans {
    /// Best first.
    package let spans: [AnswerSpan]
    /// Probability that start and end both are [CLS]: SQuAD 2's "no answer".
    package let noAnswerScore: Float

    /// - Parameters:
    ///   - start, end: logits of every token of `encoding`.
    ///   - count: most spans to keep.
    ///   - maxTokens: longest answer in tokens.
    ///   - cls: id of [CLS]; the first token takes part as "no answer".
    package init(
        start: [Float], end: [Float], _ encoding: Encoding, count: Int, maxTokens: Int, cls: Int32?, kernel: Kernel
    ) {
        // Context, and [CLS] wherever it stands, as transformers has it.
        let candidates = encoding.segments.indices.filter { encoding.segments[$0] == 1 || encoding.ids[$0] == cls }
        let starts = Scores.softmax(candidates.map { start[$0] }, kernel: kernel)
        let ends = Scores.softmax(candidates.map { end[$0] }, kernel: kernel)
        var noAnswer: Float = 0
        var spans = BestList<AnswerSpan>(limit: count)
        for (i, first) in candidates.enumerated() {
            if first == 0 {
                noAnswer = starts[i] * ends[i]
                continue
            }
            guard encoding.segments[first] == 1 else { continue }
            // Candidates are in order of their tokens, so the loop ends where the answer gets too long.
            for j in i..<candidates.count {
                let last = candidates[j]
                guard last - first < maxTokens else { break }
                guard encoding.segments[last] == 1 else { continue }
                let score = starts[i] * ends[j]
                spans.add(AnswerSpan(first: first, last: last, score: score), score: score)
            }
        }
        self.spans = spans.elements
        noAnswerScore = noAnswer
    }

    /// The bytes of the context that a span covers, widened to whole words of the sequence.
    package static func wordRange(_ span: AnswerSpan, _ encoding: Encoding) -> Range<Int> {
        var (first, last) = (span.first, span.last)
        while first > 0, encoding.segments[first - 1] == 1, !encoding.startsWord[first] { first -= 1 }
        while last + 1 < encoding.count, encoding.segments[last + 1] == 1, !encoding.startsWord[last + 1] { last += 1 }
        let start = Int(encoding.starts[first])
        return start..<max(start, Int(encoding.ends[last]))
    }
}
