import AlbitText

/// The outcome of a comparison: everything that text, JSON and page show.
package struct DriftReport: Sendable {
    /// A metric of both models: percent, or in the unit of the data, with its drop in points.
    package struct Metric: Sendable {
        package let name: String
        /// nil where it is undefined.
        package let reference: Double?
        package let candidate: Double?
        /// False for errors and perplexities, which have the unit of the data and where more is worse.
        package let isPercent: Bool
        /// Points by which the candidate is worse; nil where one of both is undefined.
        package let drop: Double?
        /// Of the drop, 95 %.
        package let interval: DropInterval?
        /// McNemar's p, of shares of right answers.
        package var mcNemar: Double?
        /// Why a value is undefined.
        package var undefined = ""

        init(_ metric: PairedMetric, reference: Double?, candidate: Double?, interval: DropInterval?) {
            name = metric.name
            self.reference = reference
            self.candidate = candidate
            isPercent = metric.scale == .percent
            let points = metric.pointsPerUnit / (metric.scale == .percent ? 100 : 1) * (metric.isHigherBetter ? 1 : -1)
            drop = reference.flatMap { a in candidate.map { points * (a - $0) } }
            self.interval = interval
        }
    }

    package var referencePath = ""
    package var candidatePath = ""
    package var dataPath = ""
    package var referenceBytes = 0
    package var candidateBytes = 0
    /// Bytes of weights in memory; 0: not known.
    package var referenceMemory = 0
    package var candidateMemory = 0
    /// SHA-256 of a model's file, or that of its source that it was made from; empty where none is known.
    package var referenceDigest = ""
    package var candidateDigest = ""
    package var examples = 0
    package var tokens = 0
    /// Pieces of both vocabularies; nil where they are one.
    package var pieces: (reference: Int, candidate: Int)?
    /// Examples that the two models read as different pieces; their hidden states are not compared.
    package var cutOtherwise = 0
    /// What was measured; nil for hidden states alone, as with goldens.
    package var head: MeasuredHead?
    /// What the answers are worth.
    package var figures = HeadFigures(agreement: .missing("no answers were compared"))
    /// Answers of both models that differ; nil where answers are numbers.
    package var flips: Int?
    /// Columns of the data that nothing was taken from.
    package var unusedColumns: [String] = []
    package var logits: Discrepancy?
    package var hidden = Discrepancy()
    /// Error of the hidden state after each applied layer.
    package var byIteration: [Discrepancy] = []
    /// Counts of largest logit errors in equal bins from 0 to `histogramTop`.
    package var histogram: [Int] = []
    package var histogramTop = 0.0
    package var sensitivity: SiteSensitivity?
    package var worst: [WorstExample] = []
    /// What the figures were measured with, a line each: program, digests of files.
    package var provenance: [String] = []
    package var kernel = ""
    package var seconds = 0.0

    package init() {}

    package var metrics: [Metric] { figures.metrics }

    /// What the outputs are called.
    package var output: String {
        head == .embedding || head == .ranking && logits != nil && figures.neighbourOverlap != nil ? "vector" : "logit"
    }

    /// Percent of equal answers.
    package var agreement: Double? {
        guard case .measured(let agreement) = figures.agreement else { return nil }
        return agreement.percent
    }

    /// What gates look at.
    package var quantities: GatedQuantities {
        let metric: GatedQuantities.Quantity<GatedQuantities.Metric>
        if let first = metrics.first, figures.noMetric.isEmpty {
            metric = .measured(GatedQuantities.Metric(name: first.name, drop: first.drop, interval: first.interval))
        } else {
            metric = .missing(figures.noMetric.isEmpty ? "no task metric was measured" : figures.noMetric)
        }
        let agreement: GatedQuantities.Quantity<Double> =
            switch figures.agreement {
            case .measured(let found): .measured(found.percent)
            case .missing(let reason): .missing(reason)
            }
        var errors: [(name: String, value: Double)] = hidden.count > 0 ? [("hidden state", hidden.relativeL2)] : []
        if let logits { errors.append((output, logits.relativeL2)) }
        return GatedQuantities(metric: metric, agreement: agreement, errors: errors)
    }
}
