import AlbitCommands
import AlbitImporters
import AlbitQuantizer
import AlbitText

/// What `quantize` made, of what, and what it left out: nothing is dropped silently.
struct QuantizationSummary {
    let output: String
    let bytes: Int
    let preset: Preset
    /// The calibration data in words; empty without calibration.
    let calibration: String
    let report: ImportReport

    private var used: Int { report.tensors.count { $0.parameter != nil } }

    var text: String {
        var lines = [
            "made         \(output), \(InspectCommand.grouped(bytes)) bytes, preset \(preset.rawValue)",
            "from         \(report.path): \(report.format), \(InspectCommand.grouped(report.fileBytes)) bytes",
            "calibration  " + (calibration.isEmpty ? "none" : calibration),
            "used         \(used) of \(report.tensors.count) tensors",
        ]
        for copy in report.merged {
            lines.append("merged       \(copy.duplicates.joined(separator: ", ")) into \(copy.kept)")
        }
        for tensor in report.ignored { lines.append("ignored      \(tensor.name): \(tensor.reason)") }
        return lines.joined(separator: "\n")
    }

    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("output"); json.string(output)
        json.member("fileBytes"); json.integer(bytes)
        json.member("preset"); json.string(preset.rawValue)
        json.member("source"); json.string(report.path)
        json.member("format"); json.string(report.format)
        json.member("calibration")
        if calibration.isEmpty { json.null() } else { json.string(calibration) }
        json.member("used"); json.strings(report.tensors.filter { $0.parameter != nil }.map(\.name))
        json.member("merged")
        json.beginArray()
        for copy in report.merged {
            json.beginObject()
            json.member("kept"); json.string(copy.kept)
            json.member("duplicates"); json.strings(copy.duplicates)
            json.endObject()
        }
        json.endArray()
        json.member("ignored")
        json.beginArray()
        for tensor in report.ignored {
            json.beginObject()
            json.member("name"); json.string(tensor.name)
            json.member("reason"); json.string(tensor.reason)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }
}
