import AlbitCommands
import AlbitImporters
import AlbitText

/// What became of the tensors of a source: used, merged or ignored, none dropped silently.
package struct ImportSummary {
    package let report: ImportReport
    /// What was kept of the vocabulary, in words; nil: all of it.
    package let vocabulary: String?

    init(_ source: AlbertSource) {
        report = source.report
        vocabulary = source.card.vocabulary
    }

    private var used: [String] { report.tensors.filter { $0.parameter != nil }.map(\.name) }

    var origin: String {
        "from         \(report.path): \(report.format), \(InspectCommand.grouped(report.fileBytes)) bytes"
    }

    var tensors: [String] {
        (vocabulary.map { ["vocabulary   " + $0] } ?? []) + (report.proof.map { ["proof        " + $0] } ?? []) + [
            "used         \(used.count) of \(report.tensors.count) tensors"
        ]
            + report.merged.map { "merged       \($0.duplicates.joined(separator: ", ")) into \($0.kept)" }
            + report.ignored.map { "ignored      \($0.name): \($0.reason)" }
    }

    /// The members `source`, `format`, `vocabulary`, `proof`, `used`, `merged` and `ignored`.
    func write(to json: inout JSONWriter) {
        json.member("source")
        json.string(report.path)
        json.member("format")
        json.string(report.format)
        json.member("vocabulary")
        if let vocabulary { json.string(vocabulary) } else { json.null() }
        json.member("proof")
        if let proof = report.proof { json.string(proof) } else { json.null() }
        json.member("used")
        json.strings(used)
        Inspection.write(
            merged: report.merged.map { ($0.kept, $0.duplicates) },
            ignored: report.ignored.map { ($0.name, $0.reason) }, to: &json)
    }
}
