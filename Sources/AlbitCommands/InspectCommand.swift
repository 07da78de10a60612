import AlbitModel
import AlbitText

/// `inspect`: the story of a file.
package struct InspectCommand {
    package var json = false
    /// List every tensor in the text form too.
    package var tensors = false

    package init(json: Bool, tensors: Bool) {
        self.json = json
        self.tensors = tensors
    }

    package func run(_ inspection: Inspection, output: Output) throws(Fault) {
        if json { try writeJSON(inspection, output) } else { try writeText(inspection, output) }
        try output.flush()
    }

    private func writeText(_ it: Inspection, _ output: Output) throws(Fault) {
        let c = it.configuration
        func row(_ name: String, _ value: String) throws(Fault) {
            try output.line(name + String(repeating: " ", count: max(1, 14 - name.utf8.count)) + value)
        }
        try row("file", it.path)
        try row("format", it.format)
        try row(
            "model",
            c.architecture.name + ", " + String(c.numHiddenLayers) + " layers in " + String(c.numHiddenGroups)
                + (c.numHiddenGroups == 1 ? " group" : " groups")
                + (c.innerGroupNum > 1 ? " of " + String(c.innerGroupNum) : ""))
        try row(
            "dimensions",
            "vocabulary " + String(c.vocabSize) + ", embedding " + String(c.embeddingSize) + ", hidden "
                + String(c.hiddenSize) + ", intermediate " + String(c.intermediateSize) + ", heads "
                + String(c.numAttentionHeads)
                + ", positions " + String(c.maxPositionEmbeddings))
        if let vocabulary = it.card.vocabulary { try row("vocabulary", vocabulary) }
        try row("activation", c.hiddenAct.name + ", LayerNorm epsilon " + c.layerNormEps.description)
        try row("configuration", it.configurationOrigin)
        for setting in it.settings { try row("settings", setting.summary) }
        try row("heads", it.heads.isEmpty ? "none" : it.heads.map { $0.name }.joined(separator: ", "))
        if !it.labels.isEmpty { try row("labels", it.labels.joined(separator: ", ")) }
        for (name, value) in it.card.sentenceRows(c) { try row(name, value) }
        try row("tokenizer", it.tokenizer.isEmpty ? "none" : it.tokenizer)
        try row("parameters", InspectCommand.grouped(it.uniqueParameters))
        try row(
            "bytes",
            InspectCommand.grouped(it.fileBytes) + " in the file, " + InspectCommand.grouped(it.uniqueBytes)
                + " in distinct tensors")
        for copy in it.merged {
            try row(
                "merged",
                String(copy.duplicates.count) + (copy.duplicates.count == 1 ? " copy of " : " copies of ") + copy.kept)
        }
        for tensor in it.ignored { try row("ignored", tensor.name + ": " + tensor.reason) }
        if let proof = it.proof { try row("proof", proof) }
        for note in it.notes { try row("note", note) }
        if let drift = it.drift { try row("drift", drift) }
        guard tensors else { return }
        for tensor in it.tensors {
            try output.line(
                "  " + tensor.name + "  " + tensor.dtype + " ["
                    + tensor.shape.map { String($0) }.joined(separator: ", ") + "]  "
                    + InspectCommand.grouped(tensor.bytes))
        }
    }

    private func writeJSON(_ it: Inspection, _ output: Output) throws(Fault) {
        var json = JSONWriter(indented: true)
        json.beginObject()
        json.member("format")
        json.string(it.format)
        json.member("architecture")
        json.string(it.configuration.architecture.name)
        json.member("configuration")
        json.beginObject()
        it.configuration.write(to: &json)
        json.endObject()
        json.member("configurationOrigin")
        json.string(it.configurationOrigin)
        json.member("heads")
        json.strings(it.heads.map { $0.name })
        json.member("labels")
        json.strings(it.labels)
        it.card.writeSentences(it.configuration, to: &json)
        json.member("vocabulary")
        if let vocabulary = it.card.vocabulary { json.string(vocabulary) } else { json.null() }
        json.member("tokenizer")
        if it.tokenizer.isEmpty { json.null() } else { json.string(it.tokenizer) }
        json.member("tensors")
        json.beginArray()
        for tensor in it.tensors {
            json.beginObject()
            json.member("name")
            json.string(tensor.name)
            json.member("dtype")
            json.string(tensor.dtype)
            json.member("shape")
            json.beginArray()
            for extent in tensor.shape { json.integer(extent) }
            json.endArray()
            json.member("bytes")
            json.integer(tensor.bytes)
            json.endObject()
        }
        json.endArray()
        json.member("uniqueParameters")
        json.integer(it.uniqueParameters)
        json.member("uniqueBytes")
        json.integer(it.uniqueBytes)
        json.member("fileBytes")
        json.integer(it.fileBytes)
        Inspection.write(merged: it.merged, ignored: it.ignored, to: &json)
        json.member("proof")
        if let proof = it.proof { json.string(proof) } else { json.null() }
        json.member("settings")
        json.beginArray()
        for file in it.settings {
            json.beginObject()
            json.member("file")
            json.string(file.file)
            json.member("used")
            json.strings(file.used)
            json.member("inert")
            json.beginArray()
            for key in file.inert {
                json.beginObject()
                json.member("name")
                json.string(key.name)
                json.member("reason")
                json.string(key.reason)
                json.endObject()
            }
            json.endArray()
            json.member("unknown")
            json.strings(file.unknown)
            json.endObject()
        }
        json.endArray()
        json.member("notes")
        json.strings(it.notes)
        json.member("drift")
        if let drift = it.drift { json.raw(drift) } else { json.null() }
        json.endObject()
        try output.line(json.text)
    }

    /// Digits in groups of three: 11,685,122.
    package static func grouped(_ value: Int) -> String {
        let digits = Array(String(value).utf8)
        var result: [UInt8] = []
        for (i, digit) in digits.enumerated() {
            if i > 0, (digits.count - i) % 3 == 0, result.last != UInt8(ascii: "-") { result.append(UInt8(ascii: ",")) }
            result.append(digit)
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension JSONWriter {
    package mutating func strings(_ values: [String]) {
        beginArray()
        for value in values { string(value) }
        endArray()
    }
}
