import AlbitText

/// The outcome of a comparison: everything that text, JSON and page show.
package struct DriftReport: Sendable {
    /// Values and agreement in percent, drop in points.
    package struct Metric: Sendable {
        package let name: String
        package let reference: Double
        package let candidate: Double
        /// False for perplexities, where more is worse.
        package var isPercent = true
        package var drop: Double { isPercent ? reference - candidate : candidate - reference }
        /// 95 % bootstrap interval of the drop, and McNemar's p; nil where they do not apply.
        package var dropInterval: ClosedRange<Double>?
        package var mcNemar: Double?

        init(name: String, reference: Double, candidate: Double, isPercent: Bool = true) {
            self.name = name
            self.reference = reference
            self.candidate = candidate
            self.isPercent = isPercent
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
    package var examples = 0
    package var tokens = 0
    /// The first one decides.
    package var metrics: [Metric] = []
    /// Percent of equal labels, tags, answers or guesses; nil without a head.
    package var agreement: Double?
    package var flips: Int?
    /// What is counted there: label, sentence, answer, text.
    package var unit = "label"
    /// What models without a head that has labels are compared by: "vector" in place of "logit".
    package var output = "logit"
    /// Percent of nearest neighbours that stay the same; of embeddings.
    package var neighbourOverlap: Double?
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
}

/// Limits that a release must keep.
package struct DriftLimits: Sendable {
    /// Points of the task metric.
    package var maxDrop: Double?
    /// Percent of equal labels.
    package var minAgreement: Double?
    /// Relative error of the last hidden state.
    package var maxError: Double?

    package init(maxDrop: Double? = nil, minAgreement: Double? = nil, maxError: Double? = nil) {
        self.maxDrop = maxDrop
        self.minAgreement = minAgreement
        self.maxError = maxError
    }

    package var isEmpty: Bool { maxDrop == nil && minAgreement == nil && maxError == nil }

    /// One line for each limit that does not hold, or that could not be measured.
    package func violations(_ report: DriftReport) -> [String] {
        var lines: [String] = []
        if let maxDrop {
            if let metric = report.metrics.first {
                if !(metric.drop <= maxDrop) {
                    lines.append("\(metric.name) dropped by \(DecimalText.fixed(metric.drop, digits: 2)) points, the limit is \(maxDrop)")
                }
            } else {
                lines.append("--max-drop needs labels in the data and a head in the model")
            }
        }
        if let minAgreement {
            if let agreement = report.agreement {
                if !(agreement >= minAgreement) {
                    lines.append("the agreement is \(DecimalText.fixed(agreement, digits: 2)) %, the limit is \(minAgreement) %")
                }
            } else {
                lines.append("--min-agreement needs a head in the model")
            }
        }
        if let maxError, !(report.hidden.relativeL2 <= maxError) {
            lines.append("the hidden state's relative error is \(DecimalText.fixed(report.hidden.relativeL2, digits: 4)), the limit is \(maxError)")
        }
        return lines
    }
}
