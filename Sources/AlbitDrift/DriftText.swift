import AlbitText

extension DriftReport {
    /// The report for a terminal; what it comes to stands last.
    package func text(_ verdict: DriftVerdict) -> String {
        var lines: [String] = []
        func row(_ name: String, _ value: String) {
            lines.append(name + String(repeating: " ", count: max(1, 16 - name.utf8.count)) + value)
        }
        row(
            "reference", referencePath + (referenceBytes > 0 ? "  (" + DriftReport.megabytes(referenceBytes) + ")" : "")
        )
        row("candidate", candidatePath + "  (" + DriftReport.megabytes(candidateBytes) + ")")
        row(
            "data",
            "\(dataPath): \(DriftReport.count(examples, "example"))"
                + (head != nil && figures.labelled != examples ? " (\(figures.labelled) with a truth)" : "")
                + ", \(tokens) tokens")
        if let pieces {
            row(
                "vocabulary",
                "\(pieces.reference) -> \(pieces.candidate) pieces; "
                    + DriftReport.count(cutOtherwise, "example") + " of \(examples) no longer "
                    + (cutOtherwise == 1 ? "becomes" : "become") + " the same pieces")
        }
        if !unusedColumns.isEmpty {
            row("not used", "column" + (unusedColumns.count == 1 ? " " : "s ") + unusedColumns.joined(separator: ", "))
        }
        for metric in metrics { row(metric.name, DriftReport.text(metric)) }
        if head != nil, !figures.noMetric.isEmpty { row("no metric", "because " + figures.noMetric) }
        switch figures.agreement {
        case .measured(let found):
            row("agreement", DecimalText.fixed(found.percent, digits: 2) + " % (" + found.differing + ")")
        case .missing(let reason): if head != nil { row("agreement", "none: " + reason) }
        }
        if let overlap = figures.neighbourOverlap {
            row("neighbours", DecimalText.fixed(overlap, digits: 2) + " % of the ten nearest stay the same")
        }
        if let logits {
            row(
                output + "s",
                "relative error " + DecimalText.fixed(logits.relativeL2, digits: 4) + ", largest difference "
                    + DecimalText.fixed(logits.maxAbs, digits: 4))
        }
        if hidden.count == 0 { row("hidden state", "not compared: no example becomes the same pieces") }
        if hidden.count > 0 {
            row(
                "hidden state",
                "relative error " + DecimalText.fixed(hidden.relativeL2, digits: 4) + ", cosine mean "
                    + DecimalText.fixed(hidden.cosineMean, digits: 5) + ", least "
                    + DecimalText.fixed(hidden.cosineMin, digits: 4)
                    + (cutOtherwise > 0 ? ", of \(examples - cutOtherwise) examples with the same pieces" : ""))
        }
        if !byIteration.isEmpty, hidden.count > 0 {
            row("by layer", byIteration.map { DecimalText.fixed($0.relativeL2, digits: 4) }.joined(separator: " "))
        }
        if let example = worst.first {
            row("worst example", "line \(example.line): " + DriftReport.shortened(example.text))
            if !example.reference.isEmpty {
                row("", "reference " + example.reference + ", candidate " + example.candidate)
            }
        }
        row("verdict", verdict.line)
        return lines.joined(separator: "\n")
    }

    /// `88.30 % -> 88.19 %, drop 0.11 points (95 %: -0.33 to 0.56), McNemar p = 1.000`
    private static func text(_ metric: Metric) -> String {
        func value(_ value: Double?) -> String {
            value.map { DecimalText.fixed($0, digits: metric.isPercent ? 2 : 4) + (metric.isPercent ? " %" : "") }
                ?? "undefined"
        }
        var text = value(metric.reference) + " -> " + value(metric.candidate)
        if !metric.undefined.isEmpty { text += ": " + metric.undefined }
        if let drop = metric.drop { text += ", drop " + DriftReport.points(drop) + " points" }
        if let interval = metric.interval {
            text +=
                " (95 %: " + DriftReport.points(interval.lower) + " to " + DriftReport.points(interval.upper) + ")"
        }
        if let p = metric.mcNemar { text += ", McNemar p = " + DecimalText.fixed(p, digits: 3) }
        return text
    }

    /// Points to two digits, none of them "-0.00".
    static func points(_ value: Double) -> String {
        let text = DecimalText.fixed(value, digits: 2)
        return text == "-0.00" ? "0.00" : text
    }

    /// `1 example`, `2 examples`.
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    static func megabytes(_ bytes: Int) -> String { DecimalText.fixed(Double(bytes) / 1e6, digits: 2) + " MB" }

    static func shortened(_ text: String, to limit: Int = 100) -> String {
        text.unicodeScalars.count <= limit
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
    }
}
