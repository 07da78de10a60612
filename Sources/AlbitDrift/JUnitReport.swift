import AlbitText

extension DriftReport {
    /// The gates as JUnit XML, one test case each, for CI systems. Without a gate one case that passes: the comparison.
    /// A gate on what cannot differ is an error.
    package func junit(gates: [Gate]) -> String {
        var cases = ""
        var (failures, errors) = (0, 0)
        for gate in gates {
            cases += "  <testcase classname=\"albit.verify\" name=\"\(gate.option)\""
            do throws(Fault) {
                if let reason = try gate.violation(quantities) {
                    failures += 1
                    cases += ">\n    <failure message=\"\(PageText.escaped(reason))\"/>\n  </testcase>\n"
                } else {
                    cases += "/>\n"
                }
            } catch {
                errors += 1
                cases += ">\n    <error message=\"\(PageText.escaped(error.description))\"/>\n  </testcase>\n"
            }
        }
        if gates.isEmpty { cases = "  <testcase classname=\"albit.verify\" name=\"comparison\"/>\n" }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="albit verify \(PageText.escaped(candidatePath))" tests="\(max(1, gates.count))" \
            failures="\(failures)" errors="\(errors)" time="\(DecimalText.fixed(seconds, digits: 3))">
            \(cases)</testsuite>

            """
    }
}
