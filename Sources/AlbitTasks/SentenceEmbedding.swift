import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// One vector for each text.
package struct SentenceEmbedding: TextTask {
    package struct Options: Sendable {
        /// nil: the model's own pipeline, the mean where it has none.
        package var pipeline: SentencePipeline?
        /// Whether vectors are scaled to length 1 at the end, so that a dot product is the cosine; false: no more than
        /// the pipeline does by itself. nil: as the model's own pipeline has it; yes where a pooling is named, and for
        /// a model without a pipeline.
        package var isNormalized: Bool?
        /// What goes before every text; nil: the model's standard prompt, if it has one.
        package var prompt: [UInt8]?

        package init(pooling: SentencePooling? = nil, isNormalized: Bool? = nil) {
            pipeline = pooling.map { SentencePipeline($0) }
            self.isNormalized = isNormalized
        }
    }

    /// With all that `Options` change of the model's own.
    package let pipeline: SentencePipeline
    private let context: TaskContext
    private let stages: [SentenceStageWeights]
    private let prompt: [UInt8]
    /// Tokens of the prompt with the frame before them, where they take no part in poolings; else 0.
    private let leftOut: Int

    /// Throws where the pipeline needs a pooler or weights that the model does not have.
    package init(_ context: TaskContext, options: Options = Options()) throws(Fault) {
        self.context = context
        let model = context.model
        var pipeline = options.pipeline ?? model.card.sentence ?? SentencePipeline(.mean)
        let isOwn = options.pipeline == nil && model.card.sentence != nil
        var stages = isOwn ? model.weights.sentence : []
        if isOwn, stages.count != pipeline.stages.count {
            throw Fault(
                .taskUnsupportedPipeline, in: model.path,
                "its card tells of the sentence pipeline '" + pipeline.name + "', whose weights are not there",
                advice: "name a pooling with --pooling")
        }
        let isScaled = options.isNormalized ?? !isOwn
        if isScaled, pipeline.stages.last != .normalize || pipeline.keptWidth != nil {
            pipeline.stages.append(.normalize)
            stages.append(.normalize)
        }
        self.pipeline = pipeline
        self.stages = stages
        prompt = options.prompt ?? model.card.prompts.standard.map { Array($0.text.utf8) } ?? []
        if pipeline.poolings.contains(.pooler) { try model.requirePooler() }
        leftOut = prompt.isEmpty || pipeline.includesPrompt ? 0 : try SentenceEmbedding.tokens(of: prompt, context)
    }

    /// Tokens of a prompt by itself with its frame, but for one token of the frame behind it: what
    /// sentence-transformers leaves out of poolings.
    private static func tokens(of prompt: [UInt8], _ context: TaskContext) throws(Fault) -> Int {
        guard let encoding = try context.sequence(TaskText(prompt)).encoding else { return 0 }
        return encoding.count - (encoding.segments.last == Encoding.frame ? 1 : 0)
    }

    /// Values of a vector.
    package var width: Int { pipeline.width(hiddenSize: context.model.weights.configuration.hiddenSize) }

    package var tokensRead: TokensRead { pipeline.readsFirstTokenOnly ? .first : .all }

    package func prepare(_ text: TaskText) throws(Fault) -> EncodedText {
        prompt.isEmpty
            ? try context.sequence(text) : try context.sequence(TaskText(prompt + text.text, pair: text.pair))
    }

    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedText) throws(Fault) -> [Float] {
        // Ids that were given have no prompt before them.
        let first = plan.encoding == nil ? 0 : leftOut
        guard first == 0 || first < sequence.count else {
            throw Fault(
                .taskNoRoom, "the prompt leaves no token of the text, and takes no part in the vector itself",
                advice: "use a larger --max-length")
        }
        var vector: [Float] = []
        for pooling in pipeline.poolings { vector += sequence.vector(pooling, from: first) ?? [] }
        return vector
    }

    package func answer(_ plan: EncodedText, _ vectors: [[Float]]) throws(Fault) -> [Float] {
        var vector = vectors[0]
        // What is cut off is no part of the length that a person asks to be 1.
        let own = min(context.model.card.sentence?.stages.count ?? 0, stages.count)
        for stage in pipeline.keptWidth == nil ? stages[...] : stages[..<own] {
            vector = stage.applied(to: vector, kernel: context.kernel)
        }
        guard let kept = pipeline.keptWidth else { return vector }
        if kept < vector.count { vector.removeLast(vector.count - kept) }
        for stage in stages[own...] { vector = stage.applied(to: vector, kernel: context.kernel) }
        return vector
    }
}
