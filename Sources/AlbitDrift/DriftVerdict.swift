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
    /// Why limits cannot be judged: nothing that they look at was measured, or it cannot differ. None of them passes.
    package let unjudged: [Fault]

    /// The margin that is judged where nobody names one, in points.
    package static let standardMargin = 1.0

    /// Against the gates, all of which must hold; without any, by what the interval of the first metric tells. A gate
    /// on what cannot differ does not hold either.
    package init(_ report: DriftReport, gates: [Gate]) {
        let quantities = report.quantities
        var violations: [String] = []
        var unjudged: [Fault] = []
        for gate in gates {
            do throws(Fault) {
                if let violation = try gate.violation(quantities) { violations.append(violation) }
            } catch {
                unjudged.append(error)
            }
        }
        (self.violations, self.unjudged) = (violations, unjudged)
        if !violations.isEmpty || !unjudged.isEmpty {
            (tone, title, reason) = (
                .bad, violations.isEmpty ? "Cannot be judged" : "Do not ship",
                DriftVerdict.sentence((violations + unjudged.map(\.description)).joined(separator: "; "))
                    + DriftVerdict.collapse(report)
            )
            return
        }
        let said = DriftVerdict.said(report, margin: DriftVerdict.standardMargin)
        let isCollapsed = report.figures.isCollapsed
        if !gates.isEmpty {
            let limits = gates.map { "--\($0.option) \(DriftVerdict.number($0.limit))" }.joined(separator: ", ")
            (tone, title) = isCollapsed ? (.bad, "Within the limits, but one answer to everything") : (.good, "Ship")
            reason =
                "All limits hold (\(limits)). " + DriftVerdict.summary(report) + (said.map { " " + $0.text } ?? "")
                + DriftVerdict.collapse(report)
            return
        }
        (tone, title) =
            isCollapsed
            ? (.bad, "One answer to everything") : said.map { ($0.tone, $0.title) } ?? (.even, "Measured, not judged")
        reason =
            DriftVerdict.summary(report) + (said.map { " " + $0.text } ?? "") + DriftVerdict.collapse(report)
            + " No limit was given."
    }

    /// Throws where a limit does not hold, with all reasons, or cannot be judged.
    package func require() throws(Fault) {
        if violations.isEmpty, let fault = unjudged.first { throw fault }
        if !violations.isEmpty {
            throw Fault(
                .verifyOverLimit, (violations + unjudged.map(\.description)).joined(separator: "; "))
        }
    }

    /// In one line, for a terminal.
    package var line: String { title + ": " + reason }

    /// What the interval of the first metric tells.
    private static func said(_ report: DriftReport, margin: Double) -> (tone: Tone, title: String, text: String)? {
        guard let metric = report.metrics.first, report.figures.noMetric.isEmpty else { return nil }
        if metric.drop == nil {
            return (.bad, "Broken", sentence("\(metric.name) of the candidate is undefined: \(metric.undefined)"))
        }
        guard let interval = metric.interval else {
            return (
                .even, "Too few examples to tell",
                sentence(
                    DriftReport.count(report.figures.labelled, "example") + " cannot tell an interval of " + metric.name
                )
            )
        }
        let range =
            """
            the drop is between \(DriftReport.points(interval.lower)) and \
            \(DriftReport.points(interval.upper)) points (95 %)
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
        guard let kinds = report.figures.answerKinds, report.figures.isCollapsed else { return "" }
        return " The candidate gives every \(kinds.unit) the same answer; the reference gives \(kinds.reference)"
            + (kinds.reference == AnswerKinds<Int>.most ? " or more" : "") + " different ones."
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
            let all = DriftReport.count(report.examples, "answer")
            parts.append((flips == 0 ? "none" : String(flips)) + " of " + all + " changed")
        }
        if parts.isEmpty {
            parts.append(
                "the last hidden state differs by " + DecimalText.fixed(100 * report.hidden.relativeL2, digits: 2)
                    + " %")
        }
        return sentence(parts.joined(separator: "; "))
    }

    /// Without the ".0" of whole numbers.
    package static func number(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func sentence(_ text: String) -> String {
        guard let first = text.first else { return text }
        return first.uppercased() + text.dropFirst() + "."
    }
}
