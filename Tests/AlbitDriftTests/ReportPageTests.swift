@testable import AlbitDrift
import AlbitModel
import Foundation
import TestData
import Testing

struct ReportPageTests {
    /// A report with everything that could overflow or break out: long words, markup, control characters.
    static func report() -> DriftReport {
        var report = DriftReport()
        report.referencePath = "models/<script>alert(1)</script>"
        report.candidatePath = String(repeating: "very-long-name", count: 20) + ".gguf"
        report.dataPath = "dev.tsv"
        (report.referenceBytes, report.candidateBytes) = (47_000_000, 12_700_000)
        (report.examples, report.tokens) = (872, 24_390)
        var accuracy = DriftReport.Metric(name: "accuracy", reference: 90, candidate: 89.5)
        accuracy.dropInterval = -0.2...1.2
        accuracy.mcNemar = 0.25
        report.metrics = [accuracy, DriftReport.Metric(name: "Matthews", reference: 80, candidate: 79)]
        (report.agreement, report.flips) = (99.5, 4)
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
            worst.add(WorstExample(
                line: line, text: "<b>&\u{1}" + String(repeating: "x", count: 300), label: "positive",
                reference: "positive (-1.00, 2.00)", candidate: "negative (0.10, -0.20)", error: Double(line), flipped: line % 2 == 0))
        }
        report.worst = worst.examples
        return report
    }

    @Test func verdicts() {
        let report = ReportPageTests.report()
        #expect(DriftVerdict(report, limits: DriftLimits(maxDrop: 1)).title == "Ship")
        let refused = DriftVerdict(report, limits: DriftLimits(maxDrop: 0.2))
        #expect(refused.title == "Do not ship")
        #expect(refused.reason == "Accuracy dropped by 0.50 points, the limit is 0.2.")
        #expect(DriftVerdict(report, limits: DriftLimits()).title == "No measurable loss")
        #expect(DriftVerdict(DriftReport(), limits: DriftLimits()).title == "Measured, not judged")
    }

    @Test func worstExamplesComeFlippedFirstThenByError() {
        #expect(ReportPageTests.report().worst.map(\.line) == [12, 10, 8, 6, 4, 2, 11, 9, 7, 5])
    }

    @Test func textFromFilesIsEscaped() {
        let page = ReportPageTests.report().page(limits: DriftLimits(), command: "albit verify 'a&b'")
        #expect(!page.contains("<script"))
        #expect(!page.contains("<b>&"))
        #expect(!page.unicodeScalars.contains("\u{1}"))
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("url("))
    }

    @Test func junitIsXMLWithACasePerLimit() throws {
        let xml = ReportPageTests.report().junit(limits: DriftLimits(maxDrop: 0.2, minAgreement: 99, maxError: 1))
        #expect(xml.contains("tests=\"3\" failures=\"1\""))
        #expect(xml.contains("<failure message=\"accuracy dropped by 0.50 points, the limit is 0.2\"/>"))
        let none = ReportPageTests.report().junit(limits: DriftLimits())
        #expect(none.contains("tests=\"1\" failures=\"0\""))
    }
}
