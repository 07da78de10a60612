import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitDrift

struct ReportPageTests {
    /// A report with everything that could overflow or break out: long words, markup, control characters.
    static func report() -> DriftReport {
        var report = DriftReport()
        report.referencePath = "models/<script>alert(1)</script>"
        report.candidatePath = String(repeating: "very-long-name", count: 20) + ".gguf"
        report.dataPath = "dev.tsv"
        (report.referenceBytes, report.candidateBytes) = (47_000_000, 12_700_000)
        (report.examples, report.tokens) = (872, 24_390)
        var record = LabelRecord(
            classes: 2, names: ["negative", "<b>positive</b>" + String(repeating: "y", count: 80)])
        for index in 0..<872 {
            let truth = index % 2
            let reference = index % 10 == 0 ? 1 - truth : truth
            // One answer in 218 that the reference got right is wrong.
            record.add(truth: truth, reference: reference, candidate: index % 218 == 1 ? 1 - truth : reference)
        }
        report.head = .label
        report.figures = record.figures
        report.flips = 4
        report.unusedColumns = ["<i>id</i>"]
        var error = Discrepancy()
        error.add([1, 2, 3.1], reference: [1, 2, 3])
        report.logits = error
        report.hidden = error
        report.byIteration = Array(repeating: error, count: 24)
        (report.histogram, report.histogramTop) = ((0..<24).map { 24 - $0 }, 0.5)
        report.kernel = "scalar"
        (report.referenceMemory, report.candidateMemory) = (46_800_000, 8_800_000)
        var shares: [[Double]] = []
        var precision = PrecisionMap(.onePlane, layers: 24)
        for layer in 0..<24 {
            let least = Double(layer - 4) / 100
            shares.append([least, least + 0.002, least + 0.004, least + 0.006, least + 0.008])
            guard layer > 20 else { continue }
            precision[layer, .attentionQKV] = .twoByTwo
            precision[layer, .attention] = .twoPlanes
        }
        report.sensitivity = SiteSensitivity(shares: shares, precision: precision, tokens: 512)
        report.provenance = ["# albit", String(repeating: "f", count: 64) + "  model.gguf"]
        var worst = WorstExamples()
        for line in 1...12 {
            worst.add(
                WorstExample(
                    line: line, text: "<b>&\u{1}" + String(repeating: "x", count: 300), label: "positive",
                    reference: "positive (-1.00, 2.00)", candidate: "negative (0.10, -0.20)", error: Double(line),
                    flipped: line % 2 == 0))
        }
        report.worst = worst.examples
        return report
    }

    static func page(_ gates: [Gate], command: String) -> String {
        let report = report()
        return report.page(DriftVerdict(report, gates: gates), gates: gates, command: command)
    }

    @Test func verdicts() {
        let report = ReportPageTests.report()
        #expect(DriftVerdict(report, gates: [.maxDrop(1)]).title == "Ship")
        let refused = DriftVerdict(report, gates: [.maxDrop(0.2)])
        #expect(refused.title == "Do not ship")
        #expect(refused.reason == "Accuracy dropped by 0.46 points, the limit is 0.2.")
        // 4 of 872 lost, none gained: from 0.06 to 1.17 points.
        #expect(DriftVerdict(report, gates: []).title == "Worse")
        #expect(DriftVerdict(report, gates: [.equivalence(2)]).title == "Ship")
        #expect(DriftVerdict(DriftReport(), gates: []).title == "Measured, not judged")
        let nothing = DriftVerdict(DriftReport(), gates: [.maxDrop(100)])
        #expect(nothing.unjudged.map(\.code) == [.gateCannotFail] && nothing.title == "Cannot be judged")
        #expect(throws: Fault.self) { try nothing.require() }
    }

    @Test func worstExamplesComeFlippedFirstThenByError() {
        #expect(ReportPageTests.report().worst.map(\.line) == [12, 10, 8, 6, 4, 2, 11, 9, 7, 5])
    }

    @Test func textFromFilesIsEscaped() {
        let page = ReportPageTests.page([], command: "albit verify 'a&b'")
        #expect(!page.contains("<script"))
        #expect(!page.contains("<b>&"))
        #expect(!page.unicodeScalars.contains("\u{1}"))
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("url("))
    }

    @Test func junitIsXMLWithACasePerLimit() {
        let xml = ReportPageTests.report().junit(gates: [.maxDrop(0.2), .minAgreement(99), .maxError(1)])
        #expect(xml.contains("tests=\"3\" failures=\"1\""))
        #expect(xml.contains("<failure message=\"accuracy dropped by 0.46 points, the limit is 0.2\"/>"))
        let none = ReportPageTests.report().junit(gates: [])
        #expect(none.contains("tests=\"1\" failures=\"0\""))
    }
}
