import AlbitText

extension DriftReport {
    /// The limits as JUnit XML, one test case each, for CI systems. Without a limit one case that passes: the comparison.
    package func junit(limits: DriftLimits) -> String {
        var single = [(name: String, limits: DriftLimits)]()
        if limits.maxDrop != nil { single.append(("max-drop", DriftLimits(maxDrop: limits.maxDrop))) }
        if limits.minAgreement != nil { single.append(("min-agreement", DriftLimits(minAgreement: limits.minAgreement))) }
        if limits.maxError != nil { single.append(("max-error", DriftLimits(maxError: limits.maxError))) }
        if single.isEmpty { single.append(("comparison", DriftLimits())) }
        var cases = ""
        var failures = 0
        for (name, limit) in single {
            let reasons = limit.violations(self)
            cases += "  <testcase classname=\"albit.verify\" name=\"\(name)\""
            if reasons.isEmpty {
                cases += "/>\n"
            } else {
                failures += 1
                cases += ">\n    <failure message=\"\(PageText.escaped(reasons.joined(separator: "; ")))\"/>\n  </testcase>\n"
            }
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="albit verify \(PageText.escaped(candidatePath))" tests="\(single.count)" failures="\(failures)" errors="0" time="\(DecimalText.fixed(seconds, digits: 3))">
            \(cases)</testsuite>

            """
    }
}
