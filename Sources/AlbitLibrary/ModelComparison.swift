internal import AlbitDrift
internal import AlbitMaking

/// How far a model is from its original, measured by ``Albert/verify(_:_:data:options:progress:)``.
public struct ModelComparison: Sendable {
    /// A measure of right answers, of both models on the same data.
    public struct Metric: Sendable, Equatable {
        /// Such as `accuracy`, `F1` or `pseudo-perplexity`.
        public let name: String
        /// Of the reference: percent, but for perplexities.
        public let reference: Double
        /// Of the candidate.
        public let candidate: Double
        /// By how much the candidate is worse: points, but for perplexities.
        public let drop: Double
        /// 95 % interval of the paired drop; nil where there is none.
        public let dropInterval: ClosedRange<Double>?
    }

    /// Examples and their tokens.
    public let examples: Int
    /// Tokens of all examples.
    public let tokens: Int
    /// Examples that the two models read as different pieces, as one of them has a part of the other's vocabulary.
    public let cutOtherwise: Int
    /// Measures of right answers; empty for data without labels. The first one is what
    /// ``Albert/VerifyOptions/maxDrop`` limits.
    public let metrics: [Metric]
    /// Percent of equal labels, tags, answers or guesses; nil for a model without a head.
    public let agreement: Double?
    /// Examples that the two answer differently; nil for a model without a head.
    public let flips: Int?
    /// Relative error (L2) of the last hidden state, on the examples that both models read as the same pieces; not a
    /// number where there is none.
    public let hiddenError: Double
    /// A line for each limit that does not hold, or that the data cannot tell; empty where all hold.
    public let violations: [String]
    /// What one should know about the data, such as texts that were cut.
    public let notes: [String]
    /// The report that `albit verify` prints.
    public let text: String
    /// The same as JSON, as `albit verify --json` prints it.
    public let json: String
}

extension Albert {
    /// How two models are compared. Names are those of the options of `albit verify`.
    public struct VerifyOptions: Sendable {
        /// Most points that the task metric may drop.
        public var maxDrop: Double?
        /// Least percentage of equal labels.
        public var minAgreement: Double?
        /// Largest relative error of the last hidden state and of the logits or vectors.
        public var maxError: Double?
        /// What the files of the models do not tell, and how to compute. ``Albert/Options/maxLength`` and
        /// ``Albert/Options/strict`` have no meaning here and must not be set.
        public var source = Options()

        /// Without limits.
        public init() {}
    }

    /// Tells how far a model is from its original, on real data.
    ///
    /// It reads the data to their end and blocks, so call it from a task that may be busy; where that task is
    /// cancelled, it ends with ``AlbertError/Code/cancelled``.
    ///
    /// - Parameters:
    ///   - reference: A checkpoint in any format, run in float32, or an Albit file.
    ///   - candidate: The model to judge, mostly an Albit file.
    ///   - data: TSV or CSV with a header, JSON lines, CoNLL or SQuAD.
    ///   - options: Limits, and what the models' files do not tell.
    ///   - progress: Called on the same thread, often.
    /// - Returns: The figures, and which limits do not hold: that is no error.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/cancelled``, ``AlbertError/Code/unreadableModel``,
    ///   ``AlbertError/Code/unreadableData``, ``AlbertError/Code/invalidArgument``, also for models that are not of one
    ///   kind, or ``AlbertError/Code/machine``.
    public static func verify(
        _ reference: String, _ candidate: String, data: String, options: VerifyOptions = VerifyOptions(),
        progress: @escaping (Progress) -> Void = { _ in }
    ) throws(AlbertError) -> ModelComparison {
        var verification = Verification(reference: reference, candidate: candidate, data: data)
        let limits = DriftLimits(
            maxDrop: options.maxDrop, minAgreement: options.minAgreement, maxError: options.maxError)
        verification.source = try options.source.importOptions()
        verification.compute = try options.source.computeChoice()
        var notes: [String] = []
        do {
            let report = try verification.run(observer: observer(progress) { notes.append($0) })
            let verdict = DriftVerdict(report, gates: limits.gates(report))
            return ModelComparison(
                examples: report.examples, tokens: report.tokens, cutOtherwise: report.cutOtherwise,
                metrics: report.metrics.compactMap { metric in
                    // A correlation with what is constant has no value; the text says so.
                    guard let reference = metric.reference, let candidate = metric.candidate, let drop = metric.drop
                    else { return nil }
                    return ModelComparison.Metric(
                        name: metric.name, reference: reference, candidate: candidate, drop: drop,
                        dropInterval: metric.interval.map { $0.lower...$0.upper })
                },
                agreement: report.agreement, flips: report.flips,
                hiddenError: report.hidden.count > 0 ? report.hidden.relativeL2 : .nan,
                violations: verdict.violations + verdict.unjudged.map(\.description), notes: notes,
                text: report.text(verdict), json: report.json(verdict))
        } catch {
            throw AlbertError(error)
        }
    }
}
