import AlbitText

extension DriftReport {
    /// The report for a terminal.
    package var text: String {
        var lines: [String] = []
        func row(_ name: String, _ value: String) {
            lines.append(name + String(repeating: " ", count: max(1, 16 - name.utf8.count)) + value)
        }
        row("reference", referencePath + (referenceBytes > 0 ? "  (" + DriftReport.megabytes(referenceBytes) + ")" : ""))
        row("candidate", candidatePath + "  (" + DriftReport.megabytes(candidateBytes) + ")")
        row("data", "\(dataPath): \(examples) examples, \(tokens) tokens")
        for metric in metrics {
            let unit = metric.isPercent ? " %" : ""
            var value = DecimalText.fixed(metric.reference, digits: 2) + unit + " -> " + DecimalText.fixed(metric.candidate, digits: 2) + unit
            if metric.isPercent { value += ", drop " + DecimalText.fixed(metric.drop, digits: 2) + " points" }
            if let interval = metric.dropInterval {
                value += " (95 %: " + DecimalText.fixed(interval.lowerBound, digits: 2) + " to "
                    + DecimalText.fixed(interval.upperBound, digits: 2) + ")"
            }
            if let p = metric.mcNemar { value += ", McNemar p = " + DecimalText.fixed(p, digits: 3) }
            row(metric.name, value)
        }
        if let agreement, let flips {
            row("agreement", DecimalText.fixed(agreement, digits: 2) + " % (" + String(flips) + " " + unit + (flips == 1 ? " differs)" : "s differ)"))
        }
        if let neighbourOverlap { row("neighbours", DecimalText.fixed(neighbourOverlap, digits: 2) + " % of the ten nearest stay the same") }
        if let logits {
            row(output + "s", "relative error " + DecimalText.fixed(logits.relativeL2, digits: 4) + ", largest difference "
                + DecimalText.fixed(logits.maxAbs, digits: 4))
        }
        row("hidden state", "relative error " + DecimalText.fixed(hidden.relativeL2, digits: 4) + ", cosine mean "
            + DecimalText.fixed(hidden.cosineMean, digits: 5) + ", least " + DecimalText.fixed(hidden.cosineMin, digits: 4))
        if !byIteration.isEmpty { row("by layer", byIteration.map { DecimalText.fixed($0.relativeL2, digits: 4) }.joined(separator: " ")) }
        if let example = worst.first {
            row("worst example", "line \(example.line): " + DriftReport.shortened(example.text))
            if !example.reference.isEmpty { row("", "reference " + example.reference + ", candidate " + example.candidate) }
        }
        return lines.joined(separator: "\n")
    }

    static func megabytes(_ bytes: Int) -> String { DecimalText.fixed(Double(bytes) / 1e6, digits: 2) + " MB" }

    static func shortened(_ text: String, to limit: Int = 100) -> String {
        text.unicodeScalars.count <= limit ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
    }
}
