import AlbitModel
import AlbitText

/// Writes `model.safetensors` as Hugging Face lays it out: float32, one copy of each parameter.
///
/// Source: the safetensors format section of its README.
package enum SafetensorsExporter {
    /// Throws the source's errors or those of the output file.
    package static func write<Source: ParameterSource>(
        _ source: Source, to path: String, overwrite: Bool
    ) throws(Fault) {
        try write(source, entries(source), to: path, overwrite: overwrite)
    }

    /// Some parameters under names.
    static func write<Source: ParameterSource>(
        _ source: Source, _ entries: [(name: String, origin: Parameter, shape: [Int])], to path: String, overwrite: Bool
    ) throws(Fault) {
        var header = "{\"__metadata__\":{\"format\":\"pt\"}"
        var offset = 0
        for entry in entries {
            let bytes = entry.shape.reduce(4, *)
            let shape = entry.shape.map { String($0) }.joined(separator: ",")
            header +=
                ",\"" + entry.name + "\":{\"dtype\":\"F32\",\"shape\":[" + shape
                + "],\"data_offsets\":[" + String(offset) + "," + String(offset + bytes) + "]}"
            offset += bytes
        }
        header += "}"
        // Padded with spaces so that the data begins at a multiple of 8, as the reference writer does.
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)

        let file = try OutputFile(path: path, overwrite: overwrite)
        let stream = ParameterStream(source: source, file: file)
        try stream.write(withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) })
        try stream.write(Array(header.utf8))
        for entry in entries { try stream.copy(entry.origin, elements: entry.shape.reduce(1, *)) }
        try file.finish()
    }

    /// What is written, and the parameter that it is read from: Hugging Face's BERT shares no layers, so a shared one
    /// is written as often as it is applied.
    private static func entries<Source: ParameterSource>(
        _ source: Source
    ) -> [(name: String, origin: Parameter, shape: [Int])] {
        let configuration = source.configuration
        let isUnshared =
            configuration.architecture == .bert && configuration.storedLayers < configuration.appliedLayers
        // Those of a sentence pipeline have files of their own.
        let parameters = source.parameters.filter { !$0.isOfSentences }
        let names = HuggingFaceNames(parameters, configuration)
        var entries: [(name: String, origin: Parameter, shape: [Int])] = []
        var hasLayers = false
        for parameter in parameters {
            let shape = source.shape(of: parameter) ?? []
            guard isUnshared, case .layer? = parameter.module else {
                entries.append((names[parameter], parameter, shape))
                continue
            }
            if hasLayers { continue }
            hasLayers = true
            for step in 0..<configuration.appliedLayers {
                for module in LayerModule.allCases {
                    for make in [Parameter.weight, Parameter.bias] {
                        let origin = make(.layer(configuration.storedLayer(at: step), module))
                        guard let shape = source.shape(of: origin) else { continue }
                        entries.append((names[make(.layer(step, module))], origin, shape))
                    }
                }
            }
        }
        return entries
    }
}
