import AlbitText

// The tables of the report page.
extension DriftReport {
    /// Metrics with their intervals.
    var metricTable: String {
        guard !metrics.isEmpty else {
            return figures.noMetric.isEmpty || head == nil
                ? ""
                : "<section><h2>On the task</h2><p class=\"note\">No metric, because "
                    + "\(PageText.escaped(figures.noMetric)).</p></section>"
        }
        func value(_ value: Double?, _ metric: Metric) -> String {
            value.map { DecimalText.fixed($0, digits: metric.isPercent ? 2 : 4) } ?? "undefined"
        }
        let rows = metrics.map { metric in
            let interval = metric.interval.map {
                DriftReport.points($0.lower) + " to " + DriftReport.points($0.upper)
            }
            return "<tr><td>\(PageText.escaped(metric.name))</td><td>\(value(metric.reference, metric))</td>"
                + "<td>\(value(metric.candidate, metric))</td>"
                + "<td>\(metric.drop.map { DriftReport.points($0) } ?? "–")</td><td>\(interval ?? "–")</td>"
                + "<td class=\"wide\">\(metric.mcNemar.map { DecimalText.fixed($0, digits: 3) } ?? "–")</td></tr>"
        }
        let undefined = metrics.filter { !$0.undefined.isEmpty }
            .map { " \($0.name) is undefined: \($0.undefined)." }.joined()
        let counted =
            figures.labelled == examples
            ? DriftReport.count(examples, "example")
            : "\(figures.labelled) of \(examples) examples, those with a truth,"
        return """
        <section><h2>On the task</h2><table><thead><tr><th>Percent, \
        points</th><th>Reference</th><th>Candidate</th><th>Drop</th>
        """
            + """
            <th>95 % interval</th><th class=\"wide\">McNemar p</th></tr></thead><tbody>\(rows.joined())</tbody></table>
            """
            + """
            <p class=\"note\">\(counted) of \(PageText.escaped(dataPath)).\(PageText.escaped(undefined)) An interval \
            that holds 0 may be noise.</p></section>
            """
    }

    /// Precision, recall and F1 of classes; those that changed most first where there are many.
    var classTable: String {
        guard figures.classes.count > 1 else { return "" }
        let most = 24
        let kept = figures.classes.count <= most ? figures.classes : Array(figures.classes.sorted {
            abs($0.reference.f1 - $0.candidate.f1) > abs($1.reference.f1 - $1.candidate.f1)
        }.prefix(most))
        func percent(_ share: Double) -> String { DecimalText.fixed(100 * share, digits: 1) }
        let rows = kept.map { it in
            "<tr><td>\(PageText.escaped(it.name))</td><td>\(it.count)</td><td>\(percent(it.reference.f1))</td>"
                + "<td>\(percent(it.candidate.f1))</td>"
                + "<td class=\"wide\">\(percent(it.reference.precision)) → \(percent(it.candidate.precision))</td>"
                + "<td class=\"wide\">\(percent(it.reference.recall)) → \(percent(it.candidate.recall))</td></tr>"
        }
        let note =
            kept.count < figures.classes.count
            ? "<p class=\"note\">The \(kept.count) of \(figures.classes.count) whose F1 changed most.</p>" : ""
        return """
        <section><h2>By class</h2><table><thead><tr><th>Percent</th><th>Count</th><th>F1 reference</th><th>F1 \
        candidate</th>
        """
            + """
            <th class=\"wide\">Precision</th><th \
            class=\"wide\">Recall</th></tr></thead><tbody>\(rows.joined())</tbody></table>\(note)</section>
            """
    }

    /// True classes by answered ones, of both models; only of as many classes as a page can show.
    var confusionTables: String {
        guard figures.confusion.count == 2, (2...10).contains(figures.classNames.count) else { return "" }
        let tables = zip(["Reference", "Candidate"], figures.confusion).map { title, matrix in
            let head = figures.classNames
            .map { "<th>\(PageText.escaped(DriftReport.shortened($0, to: 14)))</th>" }.joined()
            let rows = figures.classNames.indices.map { truth in
                let cells = figures.classNames.indices.map { guess in
                    "<td\(truth == guess ? " class=\"hit\"" : "")>\(matrix[truth, guess])</td>"
                }.joined()
                return """
                <tr><th>\(PageText.escaped(DriftReport.shortened(figures.classNames[truth], to: 14)))</th>\(cells)</tr>
                """
            }.joined()
            return """
            <figure><h2>\(title)</h2><div class=\"scroll\"><table \
            class=\"matrix\"><thead><tr><th>True</th>\(head)</tr></thead><tbody>\(rows)</tbody></table></div></figure>
            """
        }.joined()
        return """
        <section><h2>Confusion: rows are true, columns answered</h2><div class=\"pairs\">\(tables)</div></section>
        """
    }
}
