import AlbitModel
import AlbitText

extension DriftReport {
    /// The report as one HTML page that needs no other file and no network. `command` is what reproduces it.
    package func page(_ verdict: DriftVerdict, gates: [Gate], command: String) -> String {
        let parts = [
            header(verdict), figureList, metricTable, classTable, confusionTables, charts(gates), worstExamples,
            """
            <section><h2>How to \
            reproduce</h2><pre>\(PageText.escaped(([command] + provenance).joined(separator: "\n")))</pre><p \
            class=\"note\">Kernel \(PageText.escaped(kernel)); 
            """
                + """
                all kernels and thread counts give the same figures. Intervals of paired drops: Tango's score interval \
                for shares of right answers, 
                """
                    + """
                    else \(PairedBootstrap.resamples) bootstrap draws with a fixed seed and a floor of that \
                    kind.</p></section>
                    """,
        ]
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" \
            content="width=device-width,initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(verdict.title): drift of \(PageText.escaped(candidatePath))</title>
            <style>\(PageStyle.css)</style></head>
            <body><main class="\(verdict.tone.rawValue)">
            \(parts.joined(separator: "\n"))
            </main></body></html>

            """
    }

    private func header(_ verdict: DriftVerdict) -> String {
        """
        <header><p class=\"kind\">Drift of \(PageText.escaped(candidatePath)) from \
        \(PageText.escaped(referencePath))</p>
        """
            + "<h1>\(verdict.title)</h1><p>\(PageText.escaped(verdict.reason))</p></header>"
    }

    private var figureList: String {
        var cells: [(name: String, value: String, note: String)] = []
        if let metric = metrics.first, figures.noMetric.isEmpty {
            cells.append(
                (
                    "Drop of " + metric.name, metric.drop.map { DriftReport.points($0) } ?? "undefined",
                    "points"
                ))
        }
        if case .measured(let found) = figures.agreement {
            cells.append(
                (
                    "Equal answers", DecimalText.fixed(found.percent, digits: 2) + " %",
                    found.differing
                ))
        }
        if let overlap = figures.neighbourOverlap {
            cells.append(("Same neighbours", DecimalText.fixed(overlap, digits: 2) + " %", "of the ten nearest"))
        }
        if let logits { cells.append((heading + " error", DriftReport.percent(logits.relativeL2), "relative L2")) }
        if let pieces {
            cells.append(
                (
                    "Read as other pieces", "\(cutOtherwise)",
                    "of \(examples); \(pieces.reference) -> \(pieces.candidate) pieces"
                ))
        }
        if hidden.count > 0 {
            cells.append(
                ("Hidden state error", DriftReport.percent(hidden.relativeL2), "relative L2, \(hidden.count) tokens"))
        }
        if referenceBytes > 0, candidateBytes > 0 {
            cells.append(
                ("File size", DriftReport.megabytes(candidateBytes), "from " + DriftReport.megabytes(referenceBytes)))
        }
        return "<dl class=\"figures\">"
            + cells.map {
                "<div><dt>\(PageText.escaped($0.name))</dt><dd>\($0.value)</dd><dt>\($0.note)</dt></div>"
            }.joined() + "</dl>"
    }

    private func charts(_ gates: [Gate]) -> String {
        let limit = gates.lazy.compactMap { if case .maxError(let limit) = $0 { limit } else { nil } }.first
        var figures =
            byIteration.isEmpty || hidden.count == 0
            ? []
            : [
                """
                <figure><h2>Error by iteration</h2><figcaption>Relative L2 of the hidden state after each applied layer
                """
                    + (limit == nil ? "" : "; the dashed line is the limit for the last")
                    + ".</figcaption>"
                    + PageChart.bars(
                        byIteration.map(\.relativeL2), names: byIteration.indices.map { String($0 + 1) }, limit: limit,
                        label: "Error by iteration") + "</figure>"
            ]
        if !histogram.isEmpty {
            let digits = PageChart.axis(histogramTop, isCount: false).digits
            let edges = (0...histogram.count).map {
                2 * $0 % histogram.count == 0
                    ? DecimalText.fixed(histogramTop * Double($0) / Double(histogram.count), digits: digits) : ""
            }
            figures.append(
                """
                <figure><h2>\(heading) error</h2><figcaption>Examples by the largest absolute difference in their \
                \(output)s.</figcaption>
                """
                    + PageChart.bars(
                        histogram.map { Double($0) }, names: edges, isCount: true,
                        label: "Distribution of \(output) error")
                    + "</figure>")
        }
        if let sensitivity {
            figures.append(
                """
                <figure><h2>Where the error comes from</h2><figcaption>Percent of the squared error that 8-bit inputs \
                of one site make, by 
                """
                    + "applied layer; framed: 16-bit already. Measured on \(sensitivity.tokens) tokens.</figcaption>"
                    + PageChart.grid(
                        sensitivity.shares.map { $0.map { 100 * $0 } },
                        framed: (0..<sensitivity.precision.layers).map { layer in
                            Site.allCases.map { sensitivity.precision[layer, $0] > .onePlane }
                        },
                        names: Site.allCases.map(\.name), label: "Error by site and layer") + "</figure>")
        }
        var pairs: [(name: String, value: Double, text: String)] = []
        if referenceBytes > 0, candidateBytes > 0 {
            pairs += [
                ("files, reference", Double(referenceBytes), DriftReport.megabytes(referenceBytes)),
                ("files, candidate", Double(candidateBytes), DriftReport.megabytes(candidateBytes)),
            ]
        }
        if referenceMemory > 0, candidateMemory > 0 {
            pairs += [
                ("weights in memory, reference", Double(referenceMemory), DriftReport.megabytes(referenceMemory)),
                ("weights in memory, candidate", Double(candidateMemory), DriftReport.megabytes(candidateMemory)),
            ]
        }
        if !pairs.isEmpty {
            figures.append(
                """
                <figure><h2>Size</h2><figcaption>Bytes on disk, and of the weights that a run maps or \
                holds.</figcaption>
                """
                    + PageChart.pair(pairs, label: "Size before and after") + "</figure>")
        }
        return figures.isEmpty ? "" : "<div class=\"charts\">" + figures.joined() + "</div>"
    }

    private var worstExamples: String {
        guard !worst.isEmpty else { return "" }
        let items = worst.map { example in
            let answers =
                example.reference.isEmpty
                ? ""
                : "<div class=\"pair\"><div><span>Reference</span>\(PageText.escaped(example.reference))</div>"
                    + "<div\(example.flipped ? " class=\"flip\"" : "")><span>Candidate</span>"
                    + "\(PageText.escaped(example.candidate))</div></div>"
            let label = example.label.map { ", labelled " + PageText.escaped($0) } ?? ""
            return
                """
                <li><p class=\"note\">Line \
                \(example.line)\(label)\(example.flipped ? ", <b class=\"flip\">answer changed</b>" : ""), 
                """
                    + "error \(DecimalText.fixed(example.error, digits: 4))</p>"
                    + "<p dir=\"auto\">\(PageText.escaped(DriftReport.shortened(example.text, to: 400)))</p>"
                    + "\(answers)</li>"
        }
        return "<section><h2>Worst examples</h2><ol>\(items.joined())</ol></section>"
    }

    private var heading: String { output == "logit" ? "Logit" : "Vector" }

    private static func percent(_ share: Double) -> String { DecimalText.fixed(100 * share, digits: 2) + " %" }
}
