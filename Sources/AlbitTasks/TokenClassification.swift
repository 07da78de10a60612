import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// A text of any length in windows that overlap.
package struct WindowedText: TaskPlan {
    package let text: [UInt8]
    package let run: TokenRun
    let windows: TokenWindows
    private let tokenizer: Tokenizer
    private let configuration: Configuration

    init(
        _ text: [UInt8], _ run: TokenRun, _ windows: TokenWindows, _ tokenizer: Tokenizer,
        _ configuration: Configuration
    ) {
        self.text = text
        self.run = run
        self.windows = windows
        self.tokenizer = tokenizer
        self.configuration = configuration
    }

    package var sequenceCount: Int { windows.count }
    /// Nothing is left out.
    package var truncations: [Int] { [] }
    package func input(_ index: Int) -> EncoderInput { EncoderInput(encoding(index), configuration) }

    func encoding(_ index: Int) -> Encoding { tokenizer.encode(run[windows.ranges[index]]) }
}

/// What a tagger says of every token of a text, and of its parts.
package struct TaggedText {
    private let text: [UInt8]
    private let run: TokenRun
    private let scores: TokenScores
    private let grouping: EntityGrouping
    private let unknown: Int32?

    init(text: [UInt8], run: TokenRun, scores: TokenScores, grouping: EntityGrouping, unknown: Int32?) {
        self.text = text
        self.run = run
        self.scores = scores
        self.grouping = grouping
        self.unknown = unknown
    }

    /// What `tag` prints.
    package var entities: [Entity] { grouping.entities(run, scores: scores, in: text, unknown: unknown) }

    /// Label of every word of the text, in order, words being what the tokenizer takes for one.
    package var wordLabels: [Entity] { grouping.wordLabels(run, scores: scores, in: text, unknown: unknown) }

    /// Label of each of some parts of the text, in their order: that of the first token in it; nil where no token is.
    package func labels(of parts: [Range<Int>]) -> [Int?] {
        var token = 0
        return parts.map { part in
            while token < run.count, Int(run.ends[token]) <= part.lowerBound { token += 1 }
            guard token < run.count, Int(run.starts[token]) < part.upperBound else { return nil }
            return Scores.largest(scores[token][...])
        }
    }
}

/// `AlbertForTokenClassification`: labels of tokens, grouped to entities. Text longer than the model is read in
/// overlapping windows; a token takes the scores of the window in which most of its neighbours are seen.
package struct TokenClassification: TextTask {
    package let grouping: EntityGrouping
    /// Tokens that neighbouring windows share.
    private let stride: Int
    private let context: TaskContext
    private let classifier: Linear

    package static let defaultStride = 64

    /// Throws where the model has no such head.
    package init(
        _ context: TaskContext, aggregation: EntityAggregation = .word, stride: Int = TokenClassification.defaultStride
    ) throws(Fault) {
        self.context = context
        classifier = try context.model.linear(.tokenClassification)
        grouping = EntityGrouping(
            labels: context.model.card.labelNames(count: classifier.rows), aggregation: aggregation,
            marksContinuation: context.model.tokenizer?.tables.settings.kind == .wordPiece)
        self.stride = stride
    }

    package func prepare(_ text: [UInt8]) throws(Fault) -> WindowedText {
        let tokenizer = try context.model.requireTokenizer()
        let capacity = context.maxLength - tokenizer.frameCount(pair: false)
        guard capacity > 0 else { throw context.noRoom(context.maxLength) }
        let run = try context.tokens(text)
        let windows = TokenWindows(count: run.count, capacity: capacity, overlap: min(stride, capacity / 2))
        return WindowedText(text, run, windows, tokenizer, context.model.weights.configuration)
    }

    /// Logits [tokens][labels] of a window, frame included.
    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: WindowedText) throws(Fault) -> [Float] {
        sequence.tokenLogits(classifier)
    }

    package func answer(_ plan: WindowedText, _ windows: [[Float]]) throws(Fault) -> TaggedText {
        // The windows that see tokens best follow each other as the tokens do.
        var parts: [TokenScores.Part] = []
        for (window, logits) in windows.enumerated() {
            let tokens = plan.windows.ranges[window]
            let frame = plan.encoding(window).segments.prefix { $0 == Encoding.frame }.count
            var own = 0
            var first = tokens.lowerBound
            for token in tokens where plan.windows.window(of: token) == window {
                if own == 0 { first = token }
                own += 1
            }
            parts.append(TokenScores.Part(logits, firstRow: frame + first - tokens.lowerBound, count: own))
        }
        return TaggedText(
            text: plan.text, run: plan.run,
            scores: TokenScores(parts, width: classifier.rows, kernel: context.kernel), grouping: grouping,
            unknown: context.model.tokenizer?.specialIDs.unknown)
    }
}
