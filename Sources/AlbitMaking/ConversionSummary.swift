import AlbitText

/// What `convert` made, of what, and what it left out.
package struct ConversionSummary {
    let output: String
    let weights: String
    let source: ImportSummary

    package var text: String {
        (["made         \(output), weights \(weights)", source.origin] + source.tensors).joined(separator: "\n")
    }

    package var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("output")
        json.string(output)
        json.member("weights")
        json.string(weights)
        source.write(to: &json)
        json.endObject()
        return json.text
    }
}
