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
        let parameters = source.parameters
        let headPrefixes = ["classifier.", "qa_outputs.", "sop_classifier.", "predictions."]
        let hasHeads = parameters.contains { parameter in headPrefixes.contains { parameter.name.hasPrefix($0) } }
        let name = HuggingFaceName(configuration: source.configuration, hasHeads: hasHeads)
        let entries = entries(source)

        var header = "{\"__metadata__\":{\"format\":\"pt\"}"
        var offset = 0
        for parameter in entries {
            let bytes = parameter.shape.reduce(4, *)
            let shape = parameter.shape.map { String($0) }.joined(separator: ",")
            header += ",\"" + name(parameter.name) + "\":{\"dtype\":\"F32\",\"shape\":[" + shape
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
        for parameter in entries { try stream.copy(parameter.origin, elements: parameter.shape.reduce(1, *)) }
        try file.finish()
    }

    /// What is written, and the parameter that it is read from: Hugging Face's BERT shares no layers, so a shared one is
    /// written as often as it is applied.
    private static func entries<Source: ParameterSource>(_ source: Source) -> [(name: String, origin: String, shape: [Int])] {
        let configuration = source.configuration
        let whole = source.parameters.map { (name: $0.name, origin: $0.name, shape: $0.shape) }
        guard configuration.architecture == .bert, configuration.storedLayers < configuration.appliedLayers else { return whole }
        let layers = "encoder.albert_layer_groups."
        let first = whole.firstIndex { $0.name.hasPrefix(layers) } ?? whole.count
        var result = whole.filter { !$0.name.hasPrefix(layers) }
        var copies: [(name: String, origin: String, shape: [Int])] = []
        for step in 0..<configuration.appliedLayers {
            for part in ParameterName.Layer.allCases {
                let origin = ParameterName.layer(configuration.storedLayer(at: step), part, innerGroups: configuration.innerGroupNum)
                guard let shape = source.shape(of: origin) else { continue }
                copies.append((ParameterName.layer(step, part, innerGroups: 1), origin, shape))
            }
        }
        result.insert(contentsOf: copies, at: first)
        return result
    }
}
