import AlbitText

/// A limit that a release must keep.
package enum Gate: Sendable, Equatable {
    /// Points that the first metric may drop by, as measured.
    case maxDrop(Double)
    /// Points that the 95 % interval of the first metric's drop must lie within, on both sides.
    case equivalence(Double)
    /// Percent of equal answers.
    case minAgreement(Double)
    /// Relative error of the last hidden state and of the outputs: logits, or vectors.
    case maxError(Double)

    /// The option without its hyphens.
    package var option: String {
        switch self {
        case .maxDrop: "max-drop"
        case .equivalence: "equivalence"
        case .minAgreement: "min-agreement"
        case .maxError: "max-error"
        }
    }

    package var limit: Double {
        switch self {
        case .maxDrop(let limit), .equivalence(let limit), .minAgreement(let limit), .maxError(let limit): limit
        }
    }
}

/// What gates look at. A quantity that cannot differ is not there; then the reason is.
package struct GatedQuantities: Sendable {
    /// The first metric, in the words of a report.
    package struct Metric: Sendable {
        package let name: String
        /// nil where the candidate's value is undefined: a correlation with what is constant.
        package let drop: Double?
        package let interval: DropInterval?

        package init(name: String, drop: Double?, interval: DropInterval?) {
            (self.name, self.drop, self.interval) = (name, drop, interval)
        }
    }

    /// A quantity, or why there is none.
    package enum Quantity<Value: Sendable>: Sendable {
        case measured(Value)
        case missing(String)
    }

    package var metric: Quantity<Metric>
    /// Percent.
    package var agreement: Quantity<Double>
    /// Relative errors with their names; empty where nothing ran.
    package var errors: [(name: String, value: Double)]

    package init(metric: Quantity<Metric>, agreement: Quantity<Double>, errors: [(name: String, value: Double)]) {
        (self.metric, self.agreement, self.errors) = (metric, agreement, errors)
    }
}

extension Gate {
    /// nil where the limit holds, else what is wrong. A quantity that cannot differ, or was not measured, is a fault:
    /// no gate passes on it.
    package func violation(_ found: GatedQuantities) throws(Fault) -> String? {
        switch self {
        case .maxDrop(let limit):
            let metric = try Gate.require(found.metric, option)
            guard let drop = metric.drop else { return "\(metric.name) of the candidate is undefined" }
            return drop <= limit
                ? nil : "\(metric.name) dropped by \(DecimalText.fixed(drop, digits: 2)) points, the limit is \(limit)"
        case .equivalence(let margin):
            let metric = try Gate.require(found.metric, option)
            if metric.drop == nil { return "\(metric.name) of the candidate is undefined" }
            guard let interval = metric.interval else {
                throw Fault(
                    .gateCannotFail,
                    "--equivalence cannot be judged: too few examples for an interval of \(metric.name)",
                    advice: "give more data")
            }
            switch DropVerdict(interval, margin: margin) {
            case .equivalent: return nil
            case .worse:
                return
                    """
                    \(metric.name) is worse, and may have dropped by \(DecimalText.fixed(interval.upper, digits: 2)) \
                    points, the margin is \(margin)
                    """
            case .better:
                return
                    """
                    \(metric.name) is better, and may have risen by \(DecimalText.fixed(-interval.lower, digits: 2)) \
                    points, the margin is \(margin)
                    """
            case .tooFew(let needed):
                return "too few examples to tell whether \(metric.name) is equivalent within \(margin) points"
                    + (needed.map { "; about \($0) would" } ?? "")
            }
        case .minAgreement(let limit):
            let agreement = try Gate.require(found.agreement, option)
            return agreement >= limit
                ? nil
                : "the agreement is \(DecimalText.fixed(agreement, digits: 2)) %, "
                    + "the limit is \(DriftVerdict.number(limit)) %"
        case .maxError(let limit):
            guard !found.errors.isEmpty else {
                throw Fault(.gateCannotFail, "--max-error cannot be judged: nothing was compared")
            }
            let above = found.errors.filter { !($0.value <= limit) }
            if above.isEmpty { return nil }
            return above.map { "the \($0.name)'s relative error is \(DecimalText.fixed($0.value, digits: 4))" }.joined(
                separator: ", ")
                + ", the limit is \(limit)"
        }
    }

    private static func require<Value>(
        _ quantity: GatedQuantities.Quantity<Value>, _ option: String
    ) throws(Fault) -> Value {
        switch quantity {
        case .measured(let value): return value
        case .missing(let reason): throw Fault(.gateCannotFail, "--\(option) cannot be judged: \(reason)")
        }
    }
}
