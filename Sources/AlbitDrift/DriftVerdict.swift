import AlbitText

/// What a report comes to, in a few words and one sentence.
package struct DriftVerdict: Sendable, Equatable {
    package enum Tone: String, Sendable {
        case good, bad, even
    }

    package let tone: Tone
    package let title: String
    package let reason: String

    /// Against the limits; without any, by whether the loss can be told from noise.
    package init(_ report: DriftReport, limits: DriftLimits) {
        let violations = limits.violations(report)
        if !violations.isEmpty {
            (tone, title, reason) = (.bad, "Do not ship", DriftVerdict.sentence(violations.joined(separator: "; ")))
            return
        }
        if !limits.isEmpty {
            (tone, title, reason) = (.good, "Ship", "All limits hold. " + DriftVerdict.summary(report))
            return
        }
        if let interval = report.metrics.first?.dropInterval {
            if interval.lowerBound > 0 {
                (tone, title) = (.bad, "Measurably worse")
            } else {
                (tone, title) = (.good, "No measurable loss")
            }
        } else {
            (tone, title) = (.even, "Measured, not judged")
        }
        reason = DriftVerdict.summary(report) + " No limit was given."
    }

    private static func summary(_ report: DriftReport) -> String {
        var parts: [String] = []
        if let metric = report.metrics.first {
            let (before, after) = (DecimalText.fixed(metric.reference, digits: 2), DecimalText.fixed(metric.candidate, digits: 2))
            let unit = metric.isPercent ? " %" : ""
            parts.append(metric.name + (before == after ? " stayed at " + after : " went from " + before + unit + " to " + after) + unit)
        }
        if let flips = report.flips {
            parts.append((flips == 0 ? "none" : String(flips)) + " of " + String(report.examples) + " answers changed")
        }
        if parts.isEmpty {
            parts.append("the last hidden state differs by " + DecimalText.fixed(100 * report.hidden.relativeL2, digits: 2) + " %")
        }
        return sentence(parts.joined(separator: "; "))
    }

    private static func sentence(_ text: String) -> String {
        guard let first = text.first else { return text }
        return first.uppercased() + text.dropFirst() + "."
    }
}
