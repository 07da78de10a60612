import AlbitCommands
import AlbitDrift
import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitText

/// What `quantize` made, of what, and what it left out: nothing is dropped silently.
package struct QuantizationSummary {
    let output: String
    package let bytes: Int
    let preset: Preset
    /// The calibration data in words; empty without calibration.
    package let calibration: String
    /// What was measured; nil without calibration.
    package let drift: DriftReport?
    /// What a search raised; nil where none was asked for or needed.
    let raised: PrecisionTuning.Raised?
    /// What a search for a size chose; nil where none was asked for.
    package let size: SizeSearch.Choice?
    package let source: ImportSummary
    /// Whether limits were given, which then held from the start where nothing was raised.
    let isSearched: Bool

    /// Sites whose precision a search raised.
    package var raisedSites: Int { raised?.sites ?? 0 }

    package var text: String {
        var lines = [
            "made         \(output), \(InspectCommand.grouped(bytes)) bytes, preset \(preset.rawValue)",
            source.origin,
            "calibration  " + (calibration.isEmpty ? "none" : calibration),
            "drift        "
                + (drift.map {
                    "hidden state differs by \(DecimalText.fixed($0.hidden.relativeL2, digits: 4)) on \($0.dataPath)"
                } ?? "not measured"),
        ]
        lines += (size?.words ?? []) + raisedLines + source.tensors
        return lines.joined(separator: "\n")
    }

    /// What a search did, and what it costs.
    private var raisedLines: [String] {
        guard let raised else { return isSearched ? ["precision    nothing raised: the limits hold as it is"] : [] }
        let cost = PrecisionCost(raised.configuration)
        let (before, after) = (
            cost.multiplications(raised.base, length: raised.length),
            cost.multiplications(raised.choice.precision, length: raised.length)
        )
        var lines = [
            """
            precision    raised at \(raised.sites) of \(raised.base.places.count) sites after \(raised.trials) trials: \
            error 
            """
                + DecimalText.fixed(raised.before, digits: 4) + " -> "
                + DecimalText.fixed(raised.choice.trial.error, digits: 4),
            "cost         " + DecimalText.fixed(Double(after) / Double(before), digits: 2)
                + " times the multiplications at "
                + "\(raised.length) tokens, " + DecimalText.fixed(raised.milliseconds.before, digits: 1) + " ms -> "
                + DecimalText.fixed(raised.milliseconds.after, digits: 1) + " ms",
        ]
        for site in Site.allCases {
            for (precision, words) in [
                (SitePrecision.twoPlanes, "16-bit inputs"), (.twoByTwo, "16-bit inputs and weights"),
            ] {
                let steps = (0..<raised.configuration.appliedLayers).filter {
                    raised.choice.precision[$0, site] == precision && raised.base[$0, site] < precision
                }
                if !steps.isEmpty {
                    lines.append(
                        "  " + site.name + String(repeating: " ", count: 12 - site.name.utf8.count)
                            + words + " at layers " + steps.map { String($0 + 1) }.joined(separator: " "))
                }
            }
        }
        return lines
    }

    package var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("output")
        json.string(output)
        json.member("fileBytes")
        json.integer(bytes)
        json.member("preset")
        json.string(preset.rawValue)
        json.member("calibration")
        if calibration.isEmpty { json.null() } else { json.string(calibration) }
        json.member("drift")
        if let drift { json.raw(drift.summary) } else { json.null() }
        json.member("size")
        if let size { size.write(to: &json) } else { json.null() }
        json.member("precision")
        if let raised {
            json.beginObject()
            json.member("sites")
            json.integer(raised.base.places.count)
            json.member("raised")
            json.integer(raised.sites)
            json.member("trials")
            json.integer(raised.trials)
            json.member("errorBefore")
            json.number(raised.before)
            json.member("error")
            json.number(raised.choice.trial.error)
            let cost = PrecisionCost(raised.configuration)
            json.member("multiplicationsBefore")
            json.integer(cost.multiplications(raised.base, length: raised.length))
            json.member("multiplications")
            json.integer(cost.multiplications(raised.choice.precision, length: raised.length))
            json.member("medianMsBefore")
            json.number(raised.milliseconds.before)
            json.member("medianMs")
            json.number(raised.milliseconds.after)
            json.member("planes")
            json.beginArray()
            for planes in raised.choice.precision.bytes { json.integer(Int(planes)) }
            json.endArray()
            json.endObject()
        } else {
            json.null()
        }
        source.write(to: &json)
        json.endObject()
        return json.text
    }
}
