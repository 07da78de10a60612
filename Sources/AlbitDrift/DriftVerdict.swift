import AlbitText

/// What a report comes to, in a few words and one sentence.
package struct DriftVerdict: Sendable, Equatable {
    package enum Tone: String, Sendable {
        case good, bad, even
    }

    package let tone: Tone
    package let title: String
    package let reason: String
    /// A line for each limit that does not hold.
    package let violations: [String]

    /// The margin that is judged where nobody names one, in points.
    package static let standardMargin = 1.0

    /// Against the gates, all of which must hold; without any, by what the interval of the first metric tells. A gate
    /// on what cannot differ is a fault.
    package init(_ report: DriftReport, gates: [Gate]) throws(Fault) {
        let quantities = report.quantities
        var violations: [String] = []
        for gate in gates { if let violation = try gate.violation(quantities) { violations.append(violation) } }
        self.violations = violations
        if !violations.isEmpty {
            (tone, title, reason) = (
                .bad, "Do not ship",
                DriftVerdict.sentence(violations.joined(separator: "; ")) + DriftVerdict.collapse(report)
            )
            return
        }
        let said = DriftVerdict.said(report, margin: DriftVerdict.standardMargin)
        if !gates.isEmpty {
            let limits = gates.map { "--\($0.option) \(DriftVerdict.number($0.limit))" }.joined(separator: ", ")
            (tone, title) = (.good, "Ship")
            reason =
                "All limits hold (\(limits)). " + DriftVerdict.summary(report) + (said.map { " " + $0.text } ?? "")
                + DriftVerdict.collapse(report)
            return
        }
        (tone, title) = said.map { ($0.tone, $0.title) } ?? (.even, "Measured, not judged")
        reason =
            DriftVerdict.summary(report) + (said.map { " " + $0.text } ?? "") + DriftVerdict.collapse(report)
            + " No limit was given."
    }

    /// What the interval of the first metric tells.
    private static func said(_ report: DriftReport, margin: Double) -> (tone: Tone, title: String, text: String)? {
        guard let metric = report.metrics.first, report.figures.noMetric.isEmpty else { return nil }
        if metric.drop == nil {
            return (.bad, "Broken", sentence("\(metric.name) of the candidate is undefined: \(metric.undefined)"))
        }
        guard let interval = metric.interval else {
            return (
                .even, "Too few examples to tell",
                sentence("\(Int(report.figures.labelled)) examples are too few for an interval of \(metric.name)")
            )
        }
        let range =
            """
            the drop is between \(DecimalText.fixed(interval.lower, digits: 2)) and \
            \(DecimalText.fixed(interval.upper, digits: 2)) points (95 %)
            """
        switch DropVerdict(interval, margin: margin) {
        case .equivalent(let margin):
            return (.good, "Equivalent within \(number(margin)) point\(margin == 1 ? "" : "s")", sentence(range))
        case .worse: return (.bad, "Worse", sentence(range))
        case .better: return (.good, "Better", sentence(range))
        case .tooFew(let needed):
            let more = needed.map {
                "about \($0) would tell whether it is within \(number(margin)) point\(margin == 1 ? "" : "s")"
            }
            return (
                .even, "Too few examples to tell",
                sentence(([range] + [more].compactMap { $0 }).joined(separator: "; "))
            )
        }
    }

    /// One answer to everything is what a broken head gives: no headline may miss it.
    private static func collapse(_ report: DriftReport) -> String {
        guard let kinds = report.figures.answerKinds, kinds.candidate == 1, kinds.reference > 1 else { return "" }
        return
            """
             The candidate gives all \(report.examples) texts the same answer; the reference gives \(kinds.reference) \
            different ones.
            """
    }

    private static func summary(_ report: DriftReport) -> String {
        var parts: [String] = []
        if let metric = report.metrics.first, let reference = metric.reference, let candidate = metric.candidate {
            let (before, after) = (DecimalText.fixed(reference, digits: 2), DecimalText.fixed(candidate, digits: 2))
            let unit = metric.isPercent ? " %" : ""
            parts.append(
                metric.name + (before == after ? " stayed at " + after : " went from " + before + unit + " to " + after)
                    + unit)
        }
        if let flips = report.flips {
            parts.append((flips == 0 ? "none" : String(flips)) + " of " + String(report.examples) + " answers changed")
        }
        if parts.isEmpty {
            parts.append(
                "the last hidden state differs by " + DecimalText.fixed(100 * report.hidden.relativeL2, digits: 2)
                    + " %")
        }
        return sentence(parts.joined(separator: "; "))
    }

    /// Without the ".0" of whole numbers.
    static func number(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func sentence(_ text: String) -> String {
        guard let first = text.first else { return text }
        return first.uppercased() + text.dropFirst() + "."
    }
}
