import AlbitText

/// Limits that a release must keep, as a person gives them; several are one verdict.
package struct DriftLimits: Sendable {
    /// Points of the first metric, as measured.
    package var maxDrop: Double?
    /// Points within which the 95 % interval of that drop must lie.
    package var equivalence: Double?
    /// Percent of equal answers.
    package var minAgreement: Double?
    /// Relative error of the last hidden state and of the outputs.
    package var maxError: Double?
    /// Whether the recommended gates for the head are set where none of the kind is given.
    package var isRecommended = false

    package init(
        maxDrop: Double? = nil, equivalence: Double? = nil, minAgreement: Double? = nil, maxError: Double? = nil,
        isRecommended: Bool = false
    ) {
        self.maxDrop = maxDrop
        self.equivalence = equivalence
        self.minAgreement = minAgreement
        self.maxError = maxError
        self.isRecommended = isRecommended
    }

    /// Those that were given.
    package var given: [Gate] {
        [
            maxDrop.map { Gate.maxDrop($0) }, equivalence.map { .equivalence($0) },
            minAgreement.map { .minAgreement($0) },
            maxError.map { .maxError($0) },
        ].compactMap { $0 }
    }

    /// The gates for what was measured.
    package func gates(_ report: DriftReport) -> [Gate] {
        guard isRecommended else { return given }
        let hasTruth = report.figures.noMetric.isEmpty && !report.metrics.isEmpty
        let recommended = report.head.map { $0.recommendedGates(hasTruth: hasTruth) } ?? [.maxError(0.1)]
        return given + recommended.filter { gate in !given.contains { $0.option == gate.option } }
    }
}
