import AlbitRuntime
import AlbitText

/// A sentence that was chosen for a summary.
package struct ChosenSentence: Sendable, Equatable {
    /// UTF-8 bytes of the text.
    package let range: Range<Int>
    /// 0...1, 1 for the best.
    package let score: Float
}

/// The sentences of a text.
package struct SentencePlan: TaskPlan {
    let ranges: [Range<Int>]
    fileprivate let sentences: EncodedTexts

    package var sequenceCount: Int { sentences.sequenceCount }
    package var truncations: [Int] { sentences.truncations }
    package func input(_ index: Int) -> EncoderInput { sentences.input(index) }
}

/// The sentences of a text that say most of it, by their vectors.
package struct Summarization: TextTask {
    /// How many sentences are kept.
    package enum Length: Sendable, Equatable {
        case sentences(Int)
        /// Of all sentences; one at least is kept.
        case share(Double)
    }

    private let embedding: SentenceEmbedding
    private let length: Length
    private let method: SentenceRanking.Method

    package init(
        _ embedding: SentenceEmbedding, length: Length = .share(0.2), method: SentenceRanking.Method = .lexRank
    ) {
        self.embedding = embedding
        self.length = length
        self.method = method
    }

    package var tokensRead: TokensRead { embedding.tokensRead }

    /// Throws for a text of too many sentences.
    package func prepare(_ text: [UInt8]) throws(Fault) -> SentencePlan {
        let ranges = SentenceSplitter.sentences(text)
        guard ranges.count <= SentenceRanking.maxSentences else {
            throw Fault(
                .textTooManySentences,
                "the text has " + String(ranges.count) + " sentences, more than the limit of "
                    + String(SentenceRanking.maxSentences), advice: "summarize its parts")
        }
        var texts: [EncodedText] = []
        for range in ranges { texts.append(try embedding.prepare(TaskText(Array(text[range])))) }
        return SentencePlan(ranges: ranges, sentences: EncodedTexts(texts))
    }

    /// A sentence's vector.
    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: SentencePlan) throws(Fault) -> [Float] {
        let sentence = plan.sentences.texts[index]
        return try embedding.answer(sentence, [embedding.read(sequence, 0, of: sentence)])
    }

    /// The chosen sentences in the order of the text.
    package func answer(_ plan: SentencePlan, _ vectors: [[Float]]) throws(Fault) -> [ChosenSentence] {
        let count =
            switch length {
            case .sentences(let count): count
            case .share(let share): max(1, Int((Double(vectors.count) * share).rounded()))
            }
        return SentenceRanking.choose(count, of: vectors, by: method).map {
            ChosenSentence(range: plan.ranges[$0.index], score: $0.score)
        }
    }
}
