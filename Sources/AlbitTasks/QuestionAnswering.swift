import AlbitModel
import AlbitRuntime
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

    /// The best answer of a list that was made without "no answer", where that may win after all.
    package func best(allowsNoAnswer: Bool) -> Answer? {
        let none = Answer(range: nil, score: noAnswerScore)
        guard let best = answers.first else { return allowsNoAnswer ? none : nil }
        return allowsNoAnswer && none.score > best.score ? none : best
    }
}

/// A question, and where its answer may be found.
package struct ContextQuestion: Sendable, Equatable {
    package let question: [UInt8]
    package let context: [UInt8]

    package init(_ question: [UInt8], in context: [UInt8]) {
        self.question = question
        self.context = context
    }
}

/// A question before every window of its context.
package struct QuestionWindows: TaskPlan {
    let context: [UInt8]
    private let question: TokenRun
    private let run: TokenRun
    private let windows: TokenWindows
    private let tokenizer: Tokenizer
    private let configuration: Configuration
    package let truncations: [Int]

    init(
        _ asked: ContextQuestion, question: TokenRun, truncated: Int, run: TokenRun, windows: TokenWindows,
        _ tokenizer: Tokenizer, _ configuration: Configuration
    ) {
        context = asked.context
        self.question = question
        self.run = run
        self.windows = windows
        self.tokenizer = tokenizer
        self.configuration = configuration
        truncations = [truncated]
    }

    package var sequenceCount: Int { windows.count }
    package func input(_ index: Int) -> EncoderInput { EncoderInput(encoding(index), configuration) }

    func encoding(_ index: Int) -> Encoding { tokenizer.encode(question, pair: run[windows.ranges[index]]) }
}

/// `AlbertForQuestionAnswering` (SQuAD 1 and 2): the part of a context that answers a question.
///
/// Contexts longer than the model are read in windows that overlap by `stride` tokens, in memory that depends on
/// the window, not on the context. The rules are those of transformers' `QuestionAnsweringPipeline` (4.57).
package struct QuestionAnswering: TextTask {
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

    private let context: TaskContext
    private let options: Options
    private let head: Linear

    /// Throws where the model has no such head.
    package init(_ context: TaskContext, options: Options = Options()) throws(Fault) {
        self.context = context
        self.options = options
        head = try context.model.linear(.questionAnswering, width: 2)
    }

    package func prepare(_ asked: ContextQuestion) throws(Fault) -> QuestionWindows {
        let tokenizer = try context.model.requireTokenizer()
        let limit = min(options.maxLength, context.maxLength)
        let room = limit - tokenizer.frameCount(pair: true)
        guard room > 1 else { throw context.noRoom(limit) }
        var question = try context.tokens(asked.question)
        // Half of the window at least is for the context.
        let truncated = max(0, question.count - room / 2)
        if truncated > 0 { question = question[0..<(room / 2)] }
        let run = try context.tokens(asked.context)
        let capacity = room - question.count
        return QuestionWindows(
            asked, question: question, truncated: truncated, run: run,
            windows: TokenWindows(count: run.count, capacity: capacity, overlap: min(options.stride, capacity / 2)),
            tokenizer,
            context.model.weights.configuration)
    }

    /// Start and end logit of every token of a window.
    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: QuestionWindows) throws(Fault) -> [Float] {
        sequence.tokenLogits(head)
    }

    package func answer(_ plan: QuestionWindows, _ windows: [[Float]]) throws(Fault) -> AnswerList {
        var found = FoundAnswers(context: plan.context)
        var noAnswer: Float = 1
        for (index, logits) in windows.enumerated() {
            let encoding = plan.encoding(index)
            let spans = AnswerSpans(
                start: encoding.ids.indices.map { logits[2 * $0] },
                end: encoding.ids.indices.map { logits[2 * $0 + 1] },
                encoding, count: 2 * options.top + 10, maxTokens: options.maxAnswerTokens,
                cls: context.model.tokenizer?.specialIDs.cls, kernel: context.kernel)
            noAnswer = min(noAnswer, spans.noAnswerScore)
            for span in spans.spans { found.add(AnswerSpans.wordRange(span, encoding), score: span.score) }
        }
        return AnswerList(
            answers: found.best(options.top, noAnswer: options.allowsNoAnswer ? noAnswer : nil), noAnswerScore: noAnswer
        )
    }
}

/// Answers of all windows, joined where their words are the same whatever their case.
package struct FoundAnswers {
    private let context: [UInt8]
    private var found: [(words: [UInt8], range: Range<Int>, score: Float)] = []

    package init(context: [UInt8]) { self.context = context }

    package mutating func add(_ range: Range<Int>, score: Float) {
        let words = UnicodeProperties.lowered(context[range.clamped(to: 0..<context.count)])
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
}
