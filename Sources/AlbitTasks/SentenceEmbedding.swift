import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// One vector for each text.
package struct SentenceEmbedding: TextTask {
    package struct Options: Sendable {
        /// nil: the model's own pipeline, the mean where it has none.
        package var pipeline: SentencePipeline?
        /// Whether vectors are scaled to length 1 at the end, so that a dot product is the cosine.
        package var isNormalized = true
        /// What goes before every text; nil: the model's standard prompt, if it has one.
        package var prompt: [UInt8]?

        package init(pooling: SentencePooling? = nil, isNormalized: Bool = true) {
            pipeline = pooling.map { SentencePipeline($0) }
            self.isNormalized = isNormalized
        }
    }

    package let pipeline: SentencePipeline
    private let isNormalized: Bool
    private let context: TaskContext
    private let prompt: [UInt8]

    /// Throws where the pipeline needs a pooler or weights that the model does not have.
    package init(_ context: TaskContext, options: Options = Options()) throws(Fault) {
        self.context = context
        pipeline = options.pipeline ?? context.model.card.sentence ?? SentencePipeline(.mean)
        isNormalized = options.isNormalized
        prompt = options.prompt ?? context.model.card.prompts.standard.map { Array($0.text.utf8) } ?? []
        if pipeline.poolings.contains(.pooler) { try context.model.requirePooler() }
        for stage in pipeline.stages {
            guard case .normalize = stage else {
                throw Fault(
                    .taskUnsupportedPipeline, in: context.model.path,
                    "its sentence pipeline has a dense module or a LayerNorm, which "
                        + "this program does not run", advice: "name a pooling with --pooling")
            }
        }
    }

    /// Values of a vector.
    package var width: Int { pipeline.width(hiddenSize: context.model.weights.configuration.hiddenSize) }

    package var tokensRead: TokensRead { pipeline.readsFirstTokenOnly ? .first : .all }

    package func prepare(_ text: TaskText) throws(Fault) -> EncodedText {
        prompt.isEmpty
            ? try context.sequence(text) : try context.sequence(TaskText(prompt + text.text, pair: text.pair))
    }

    package func read(_ sequence: EncodedSequence, _ index: Int, of plan: EncodedText) throws(Fault) -> [Float] {
        let first = try firstPooled(of: sequence)
        var vector: [Float] = []
        for pooling in pipeline.poolings { vector += sequence.vector(pooling, from: first) ?? [] }
        return vector
    }

    package func answer(_ plan: EncodedText, _ vectors: [[Float]]) throws(Fault) -> [Float] {
        let normalizes = isNormalized || pipeline.stages.contains(.normalize)
        return normalizes ? SentenceVector.normalized(vectors[0]) : vectors[0]
    }

    /// The first token that takes part in poolings: the prompt's may be left out, with the frame before them.
    private func firstPooled(of sequence: EncodedSequence) throws(Fault) -> Int {
        guard !prompt.isEmpty, !pipeline.includesPrompt else { return 0 }
        return min(1 + (try context.tokens(prompt).count), sequence.count - 1)
    }
}
