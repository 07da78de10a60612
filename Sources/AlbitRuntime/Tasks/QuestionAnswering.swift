import AlbitModel
import AlbitText
import AlbitTokenizers

/// An answer found in a context.
package struct Answer: Sendable, Equatable {
    /// UTF-8 bytes of the context; nil: the context holds no answer.
    package let range: Range<Int>?
    /// 0...1; answers of the same words from several places or windows are added up, so the sum may pass 1.
    package let score: Float
}

/// What is found for one question.
package struct AnswerList: Sendable, Equatable {
    /// Best first; at least one unless the context is empty and no answer is allowed.
    package let answers: [Answer]
    /// The least probability of "no answer" over all windows.
    package let noAnswerScore: Float
}

/// `AlbertForQuestionAnswering` (SQuAD 1 and 2): the part of a context that answers a question.
///
/// Contexts longer than the model are read in windows that overlap by `stride` tokens, in memory that depends on
/// the window, not on the context. The rules are those of transformers' `QuestionAnsweringPipeline` (4.57).
package struct QuestionAnswering {
    package struct Options: Sendable {
        /// Answers to keep.
        package var top = 1
        /// Tokens that neighbouring windows share.
        package var stride = 128
        /// Longest answer in tokens.
        package var maxAnswerTokens = 15
        /// Tokens of a window, question and frame among them.
        package var maxLength = 384
        /// Whether "no answer" may win (SQuAD 2).
        package var allowsNoAnswer = false

        package init() {}
    }

    package let tasks: TaskSession
    package let options: Options
    private let head: Linear

    package init(_ tasks: TaskSession, options: Options = Options()) throws(Fault) {
        self.tasks = tasks
        self.options = options
        head = try tasks.require(tasks.session.weights.answer, .questionAnswering, width: 2)
    }

    package func answer(_ question: [UInt8], in context: [UInt8]) throws(Fault) -> AnswerList {
        let room = min(options.maxLength, tasks.maxLength) - tasks.tokenizer.frameCount(pair: true)
        guard room > 1 else {
            throw Fault(
                .taskNoRoom, String(min(options.maxLength, tasks.maxLength)) + " tokens leave no room for text",
                advice: "use a larger --max-length")
        }
        var asked = tasks.tokenizer.tokens(question)
        // Half of the window at least is for the context.
        try tasks.note(truncated: max(0, asked.count - room / 2))
        if asked.count > room / 2 { asked = asked[0..<(room / 2)] }
        let tokens = tasks.tokenizer.tokens(context)
        let capacity = room - asked.count
        let windows = TokenWindows.ranges(count: tokens.count, capacity: capacity, overlap: min(options.stride, capacity / 2))
        var found = FoundAnswers(context: context)
        var noAnswer: Float = 1
        // One window at a time: the whole context in windows would be a multiple of it.
        for window in windows {
            let encoding = tasks.tokenizer.encode(asked, pair: tokens[window])
            var encoded = tasks.encoded([encoding])
            while let (_, sequence) = try encoded.next() {
                let logits = tasks.session.apply(head, rows: tasks.session.rows(of: sequence))
                let spans = AnswerSpans(
                    start: encoding.ids.indices.map { logits[2 * $0] }, end: encoding.ids.indices.map { logits[2 * $0 + 1] },
                    encoding, count: 2 * options.top + 10, maxTokens: options.maxAnswerTokens,
                    cls: tasks.tokenizer.specialIDs.cls, kernel: tasks.kernel)
                noAnswer = min(noAnswer, spans.noAnswerScore)
                for span in spans.spans { found.add(AnswerSpans.wordRange(span, encoding), score: span.score) }
            }
        }
        return AnswerList(
            answers: found.best(options.top, noAnswer: options.allowsNoAnswer ? noAnswer : nil), noAnswerScore: noAnswer)
    }
}

/// Answers of all windows, joined where their words are the same whatever their case.
package struct FoundAnswers {
    private let context: [UInt8]
    private var found: [(words: [UInt8], range: Range<Int>, score: Float)] = []

    package init(context: [UInt8]) { self.context = context }

    package mutating func add(_ range: Range<Int>, score: Float) {
        let words = FoundAnswers.lowered(context[range.clamped(to: 0..<context.count)])
        for index in found.indices where found[index].words == words {
            found[index].score += score
            return
        }
        found.append((words, range, score))
    }

    /// The best ones, the earlier found first of equal scores.
    package func best(_ count: Int, noAnswer: Float?) -> [Answer] {
        var answers = found.map { Answer(range: $0.range, score: $0.score) }
        if let noAnswer { answers.append(Answer(range: nil, score: noAnswer)) }
        return Scores.largest(answers.map { $0.score }, count: count).map { answers[$0] }
    }

    private static func lowered(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        bytes.withUnsafeBytes { buffer in
            var at = 0
            while at < buffer.count {
                guard let (code, count) = UTF8Bytes.decode(buffer, at: at) else {
                    result.append(buffer[at])
                    at += 1
                    continue
                }
                UTF8Bytes.append(UnicodeProperties.lower(code), to: &result)
                at += count
            }
        }
        return result
    }
}
